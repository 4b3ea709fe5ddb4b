//! Buckets, but for what is in them.

use serde::{Deserialize, Serialize};
use types::{Region, Timestamp};

use super::{Entity, Tag};

/// A bucket and its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bucket {
    pub bucket_name: String,
    pub region: Region,
    pub creation_date: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl Entity for Bucket {
    const KIND: &'static str = "bucket";

    fn name(&self) -> &str {
        &self.bucket_name
    }
}

//! Service quotas that differ from their defaults, and requests to raise them.

use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::Entity;

/// A quota that was raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AppliedQuota {
    /// `REGION/SERVICE/CODE`
    pub place: String,
    pub value: u64,
}

/// A request to raise a quota.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QuotaRequest {
    pub id: String,
    /// `REGION/SERVICE/CODE`
    pub place: String,
    pub desired_value: u64,
    pub created: Timestamp,
}

impl Entity for AppliedQuota {
    const KIND: &'static str = "quota";

    fn name(&self) -> &str {
        &self.place
    }
}

impl Entity for QuotaRequest {
    const KIND: &'static str = "quota-request";

    fn name(&self) -> &str {
        &self.id
    }
}

//! Buckets, but for what is in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{Region, Timestamp, UniqueId};

use super::{Entity, PolicyText, Tag};
use crate::s3::acl::Acl;

/// A bucket and its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bucket {
    pub bucket_name: String,
    pub region: Region,
    pub creation_date: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// As given. Principals of this account are held to their unique ids, see `trusted_ids`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::policy::resource")]
    pub policy: Option<PolicyText>,
    /// Unique ids that ARNs in the policy stood for when it was written, by ARN.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trusted_ids: BTreeMap<String, UniqueId>,
    /// `None` where it was deleted: then nothing is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_access_block: Option<PublicAccessBlock>,
    /// `None` where it was deleted: then it is as it was before there was such a setting, see [`Bucket::ownership`].
    #[serde(default = "new_ownership")]
    pub object_ownership: Option<ObjectOwnership>,
    /// `None` is the owner's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acl: Option<Acl>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cors_rules: Vec<CorsRule>,
}

/// What of public access is kept out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PublicAccessBlock {
    /// No access control list that is public is taken.
    pub block_public_acls: bool,
    /// Those that are there grant nothing to the public.
    pub ignore_public_acls: bool,
    /// No policy that is public is taken.
    pub block_public_policy: bool,
    /// One that is there grants nothing beyond the account.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// Of new buckets.
    pub const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// Whose objects are, and whether access control lists count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectOwnership {
    /// The bucket owner's, and lists count for nothing.
    #[default]
    BucketOwnerEnforced,
    BucketOwnerPreferred,
    ObjectWriter,
}

/// Which pages of other origins may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CorsRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_headers: Vec<String>,
    pub allowed_methods: Vec<String>,
    pub allowed_origins: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expose_headers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<i64>,
}

impl Bucket {
    /// A new one, as private as AWS makes them.
    pub fn new(bucket_name: String, region: Region, creation_date: Timestamp) -> Self {
        Self {
            bucket_name,
            region,
            creation_date,
            tags: Vec::new(),
            policy: None,
            trusted_ids: BTreeMap::new(),
            public_access_block: Some(PublicAccessBlock::ALL),
            object_ownership: new_ownership(),
            acl: None,
            cors_rules: Vec::new(),
        }
    }

    /// What of public access is kept out; nothing where nothing is set.
    pub fn blocked(&self) -> PublicAccessBlock {
        self.public_access_block.unwrap_or_default()
    }

    /// Whose objects are: their writers', where nothing is set.
    pub fn ownership(&self) -> ObjectOwnership {
        self.object_ownership.unwrap_or(ObjectOwnership::ObjectWriter)
    }

    /// Whether access control lists count.
    pub fn has_acls(&self) -> bool {
        self.ownership() != ObjectOwnership::BucketOwnerEnforced
    }
}

/// Of new buckets.
fn new_ownership() -> Option<ObjectOwnership> {
    Some(ObjectOwnership::default())
}

impl ObjectOwnership {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::ObjectWriter => "ObjectWriter",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::BucketOwnerEnforced, Self::BucketOwnerPreferred, Self::ObjectWriter]
            .into_iter()
            .find(|ownership| ownership.as_str() == name)
    }
}

impl Entity for Bucket {
    const KIND: &'static str = "bucket";

    fn name(&self) -> &str {
        &self.bucket_name
    }
}

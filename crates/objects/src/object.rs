//! What is known of an object besides its bytes, and what a request may require of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::{Checksum, ChecksumAlgorithm, ObjectError};

/// An object as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Without quotes: MD5 in hexadecimal, with `-` and the count of parts behind it for what was uploaded in parts.
    pub etag: String,
    pub last_modified: Timestamp,
    pub checksum: Option<Checksum>,
    /// How many parts it was uploaded in; `None` where it came in one request.
    pub parts: Option<u32>,
    pub attributes: Attributes,
}

/// What its writer said of an object. It is kept as it came; what may be said is the gateway's matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website_redirect_location: Option<String>,
    /// `None` is STANDARD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// `None` is AES256, which AWS applies to all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_side_encryption: Option<String>,
    /// Names without `x-amz-meta-`, in lower case.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// In the order in which they were given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
    /// Canonical id, or account, of whoever owns it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// In the form of whoever checks it; `None` is private.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl: Option<serde_json::Value>,
}

/// An object to put, but for its body.
#[derive(Clone, Debug, Default)]
pub struct NewObject {
    pub attributes: Attributes,
    /// Which of the checksums that the body was drafted with is kept.
    pub checksum: Option<ChecksumAlgorithm>,
    pub condition: PutCondition,
}

/// What must hold for a write to take place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutCondition {
    /// `If-None-Match: *`: there is no object of this key.
    pub absent: bool,
    /// `If-Match`: there is one with this ETag. `*` is any.
    pub etag: Option<String>,
}

/// What must hold for a removal to take place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoveCondition {
    /// `If-Match`: it has this ETag. `*` is any.
    pub etag: Option<String>,
}

impl PutCondition {
    /// Holds the condition against the ETag of what is there.
    pub(crate) fn check(&self, found: Option<&str>) -> Result<(), ObjectError> {
        if self.absent && found.is_some() {
            return Err(ObjectError::PreconditionFailed("If-None-Match"));
        }
        match (&self.etag, found) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(ObjectError::NoSuchKey),
            (Some(wanted), Some(found)) => matches(wanted, found, "If-Match"),
        }
    }
}

impl RemoveCondition {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn check(&self, found: &str) -> Result<(), ObjectError> {
        self.etag.as_deref().map_or(Ok(()), |wanted| matches(wanted, found, "If-Match"))
    }
}

/// Quotes around an ETag are no part of it.
pub(crate) fn bare(etag: &str) -> &str {
    etag.strip_prefix('"').and_then(|etag| etag.strip_suffix('"')).unwrap_or(etag)
}

fn matches(wanted: &str, found: &str, condition: &'static str) -> Result<(), ObjectError> {
    let holds = wanted == "*" || bare(wanted) == found;
    if holds { Ok(()) } else { Err(ObjectError::PreconditionFailed(condition)) }
}

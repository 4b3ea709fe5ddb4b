//! What EC2 keeps of an account beside its instances.

use serde::{Deserialize, Serialize};
use types::Timestamp;
use types::instance::{Endpoint, HopLimit, Switch, Tokens};

use super::{Entity, Tag};

/// A key pair of a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyPairRecord {
    /// `key-` and 17 hexadecimal digits.
    pub key_pair_id: String,
    pub region: String,
    pub key_name: String,
    /// `rsa` or `ed25519`.
    pub key_type: String,
    pub key_fingerprint: String,
    /// In OpenSSH's form. The private key is its owner's alone.
    pub public_key: String,
    pub create_time: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Tags of a thing that the account has without keeping it: of its network, or an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceTags {
    /// Such as `vpc-` and 17 hexadecimal digits.
    pub resource_id: String,
    pub region: String,
    /// In the order of their keys.
    pub tags: Vec<Tag>,
}

/// What instances of a region get that say nothing of their metadata options; `None` is no preference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MetadataDefaults {
    pub region: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens: Option<Tokens>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_put_response_hop_limit: Option<HopLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_metadata_tags: Option<Switch>,
    /// Whether instances must be launched with tokens required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens_enforced: Option<Switch>,
}

impl Entity for KeyPairRecord {
    const KIND: &'static str = "key-pair";

    fn name(&self) -> &str {
        &self.key_pair_id
    }
}

impl Entity for ResourceTags {
    const KIND: &'static str = "resource-tags";

    fn name(&self) -> &str {
        &self.resource_id
    }
}

impl Entity for MetadataDefaults {
    const KIND: &'static str = "metadata-defaults";

    fn name(&self) -> &str {
        &self.region
    }
}

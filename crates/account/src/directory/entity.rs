//! The entities, named as in IAM's API.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use types::{AccountId, Arn, Secret, Timestamp, UniqueId};

use super::{Entity, PolicyText};

/// The account and its root user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountRecord {
    pub account_id: AccountId,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The newest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_report: Option<CredentialReport>,
    /// By serial number, of MFA devices that were deleted: one made anew under the same name goes on counting.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mfa_verifications: BTreeMap<String, Verifications>,
}

/// A credential report as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialReport {
    pub generated_at: Timestamp,
    /// CSV.
    pub content: String,
}

impl AccountRecord {
    /// The record of a new account.
    pub fn new(account_id: AccountId, created_at: Timestamp) -> Self {
        Self {
            account_id,
            created_at,
            alias: None,
            credential_report: None,
            mfa_verifications: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub user_name: String,
    /// Starts and ends with `/`.
    pub path: String,
    pub user_id: UniqueId,
    pub arn: Arn,
    pub create_date: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<Boundary>,
    /// By name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inline_policies: BTreeMap<String, PolicyText>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attached_policies: BTreeSet<Arn>,
    /// Names of groups.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    pub group_name: String,
    pub path: String,
    pub group_id: UniqueId,
    pub arn: Arn,
    pub create_date: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inline_policies: BTreeMap<String, PolicyText>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attached_policies: BTreeSet<Arn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    pub role_name: String,
    pub path: String,
    pub role_id: UniqueId,
    pub arn: Arn,
    pub create_date: Timestamp,
    /// As given. Principals of this account are held to their unique ids, see `trusted_ids`.
    #[serde(deserialize_with = "super::policy::trust")]
    pub assume_role_policy_document: PolicyText,
    /// Unique ids that ARNs in the trust policy stood for when it was written, by ARN: an entity made anew under the same name
    /// is not trusted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trusted_ids: BTreeMap<String, UniqueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seconds, 3600 to 43200.
    pub max_session_duration: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<Boundary>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inline_policies: BTreeMap<String, PolicyText>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attached_policies: BTreeSet<Arn>,
    /// Made by CreateServiceLinkedRole: the service alone may change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_service: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicy {
    pub policy_name: String,
    pub path: String,
    pub policy_id: UniqueId,
    pub arn: Arn,
    pub create_date: Timestamp,
    pub update_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The number in the newest version's id, which is never used again.
    pub last_version: u32,
    pub default_version: u32,
    /// By number: `v1` is 1. At most five.
    pub versions: BTreeMap<u32, PolicyVersion>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersion {
    pub document: PolicyText,
    pub create_date: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    pub instance_profile_name: String,
    pub path: String,
    pub instance_profile_id: UniqueId,
    pub arn: Arn,
    pub create_date: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The name of its role, of which there is at most one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// A long-term key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    pub access_key_id: String,
    #[serde(serialize_with = "exposed", deserialize_with = "secret")]
    pub secret_access_key: Secret<String>,
    /// `None` for a key of the root user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    pub status: KeyStatus,
    pub create_date: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    Active,
    Inactive,
}

/// A virtual MFA device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaDevice {
    /// `arn:aws:iam::A:mfa/name`
    pub serial_number: String,
    /// The Base32 text.
    #[serde(serialize_with = "exposed", deserialize_with = "secret")]
    pub seed: Secret<String>,
    pub create_date: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Whose it is since `enable_date`; root's where the user is `None` and there is a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_date: Option<Timestamp>,
    /// By how many steps of 30 seconds the device's clock is ahead.
    #[serde(default)]
    pub step_difference: i64,
    /// The later step of the last pair that enabled or resynchronised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_pair: Option<u64>,
    /// The steps whose codes were taken, as long as one could be shown again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub used_steps: BTreeSet<u64>,
    #[serde(default)]
    pub verifications: Verifications,
}

/// How many codes were checked in one span of three minutes, right or wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Verifications {
    /// The number of the span since the epoch.
    pub span: u64,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcProvider {
    /// `arn:aws:iam::A:oidc-provider/issuer`
    pub arn: Arn,
    /// Without `https://`.
    pub url: String,
    pub client_ids: BTreeSet<String>,
    /// A JSON Web Key Set (RFC 7517), given locally.
    pub keys: String,
    pub create_date: Timestamp,
}

/// A policy that bounds what others allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Boundary(pub Arn);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: String,
    pub value: String,
}

macro_rules! entities {
    ($($entity:ty, $kind:literal, $name:ident;)+) => {$(
        impl Entity for $entity {
            const KIND: &'static str = $kind;

            fn name(&self) -> &str {
                self.$name.as_ref()
            }
        }
    )+};
}

entities! {
    User, "user", user_name;
    Group, "group", group_name;
    Role, "role", role_name;
    ManagedPolicy, "policy", policy_name;
    InstanceProfile, "instance-profile", instance_profile_name;
    AccessKey, "access-key", access_key_id;
    MfaDevice, "mfa", serial_number;
}

impl Entity for AccountRecord {
    const KIND: &'static str = "account";

    fn name(&self) -> &str {
        "account"
    }
}

impl Entity for OidcProvider {
    const KIND: &'static str = "oidc-provider";

    fn name(&self) -> &str {
        self.arn.as_str()
    }
}

/// The store's file is its owner's alone, as are the master keys beside it.
fn exposed<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret<String>, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

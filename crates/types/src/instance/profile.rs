//! The instance profile attached to an instance and the role in it.

use serde::{Deserialize, Serialize};

use crate::{Arn, Timestamp, UniqueId};

/// An instance profile, as far as its instance sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    pub arn: Arn,
    pub id: UniqueId,
    /// When it was associated: role credentials are issued from here on.
    pub associated_at: Timestamp,
    /// `iip-assoc-` and 17 hexadecimal digits; `None` where it follows from the instance and the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub association_id: Option<String>,
    /// `false` once the profile was deleted while attached: `iam/info` then says `InstanceProfileNotFound`.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub exists: bool,
    /// `None` after the role was removed from the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ProfileRole>,
}

/// The role in an instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileRole {
    pub role_name: String,
    pub arn: Arn,
    pub role_id: UniqueId,
    /// Whether the role's trust policy lets EC2 assume it; if not, credentials are an error document
    /// (`AssumeRoleUnauthorizedAccess`).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub trusts_ec2: bool,
}

fn yes() -> bool {
    true
}

fn is_yes(flag: &bool) -> bool {
    *flag
}

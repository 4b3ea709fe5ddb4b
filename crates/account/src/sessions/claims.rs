//! What a session token says of its holder: the principal, and where the credentials came from.
//!
//! The names are those of the condition keys that policies test (facts/account.md section 2.5).

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use types::{AccountId, Arn, InstanceId, Timestamp, UniqueId};

/// Claims of one session. They never change: a changed role gets new sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    #[serde(rename = "a")]
    pub account_id: AccountId,
    #[serde(rename = "p")]
    pub principal: SessionPrincipal,
    /// `sts:RoleSessionName`: the instance id.
    #[serde(rename = "n")]
    pub session_name: InstanceId,
    /// `ec2:SourceInstanceARN`
    #[serde(rename = "s")]
    pub source_instance_arn: Arn,
    /// `aws:EC2InstanceSourceVPC`
    #[serde(rename = "v")]
    pub source_vpc: String,
    /// `aws:EC2InstanceSourcePrivateIPv4`; `None` on an instance that has IPv6 alone.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub source_private_ipv4: Option<Ipv4Addr>,
    /// `ec2:RoleDelivery`; `None` for what a container endpoint handed out, to which no condition key of EC2 applies.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub role_delivery: Option<RoleDelivery>,
    /// `aws:TokenIssueTime`
    #[serde(rename = "t")]
    pub issued_at: Timestamp,
    #[serde(rename = "e")]
    pub expires_at: Timestamp,
    /// When an MFA code was accepted; never for an instance.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub mfa_authenticated_at: Option<Timestamp>,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionPrincipal {
    #[serde(rename = "r")]
    Role(SessionRole),
    /// The instance itself, `aws:ec2-instance`.
    #[serde(rename = "i")]
    InstanceIdentity,
}

/// A role, by name and by the unique id that a role made anew does not share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRole {
    #[serde(rename = "a")]
    pub arn: Arn,
    #[serde(rename = "u")]
    pub id: UniqueId,
}

/// The metadata version by which credentials are fetched: the value of `ec2:RoleDelivery`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RoleDelivery {
    #[serde(rename = "1.0")]
    V1,
    #[serde(rename = "2.0")]
    V2,
}

impl SessionClaims {
    /// The session's ARN, as `sts:GetCallerIdentity` shows it. A role's path is not part of it.
    pub fn arn(&self) -> Arn {
        let partition = self.source_instance_arn.as_str().split(':').nth(1).unwrap_or("aws");
        let text = format!(
            "arn:{partition}:sts::{}:assumed-role/{}/{}",
            self.account_id,
            self.principal.role_name(),
            self.session_name
        );
        text.parse().expect("made of parts of ARNs")
    }

    /// `UserId`: the principal's unique id and the session name.
    pub fn user_id(&self) -> String {
        match &self.principal {
            SessionPrincipal::Role(role) => format!("{}:{}", role.id, self.session_name),
            SessionPrincipal::InstanceIdentity => {
                format!("{}:{INSTANCE_IDENTITY}:{}", self.account_id, self.session_name)
            }
        }
    }
}

impl SessionPrincipal {
    /// The role's name in the session's ARN.
    pub fn role_name(&self) -> &str {
        match self {
            Self::Role(role) => role.arn.resource().rsplit('/').next().unwrap_or_default(),
            Self::InstanceIdentity => INSTANCE_IDENTITY,
        }
    }
}

impl RoleDelivery {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

const INSTANCE_IDENTITY: &str = "aws:ec2-instance";

//! What a session token says of its holder: the principal, what bounds it, and where the credentials came from.
//!
//! Rule: claims never change. What may change, a role's policies, its tags, its being there, is looked up when the session is used.
//! The names are those of the condition keys that policies test (facts/account.md sections 2.5 and 2.6).

use std::net::Ipv4Addr;

use types::{AccountId, Arn, Timestamp, UniqueId};

/// Claims of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionClaims {
    pub account_id: AccountId,
    pub principal: SessionPrincipal,
    /// `sts:RoleSessionName`, an instance's id, or the name of a federated user; empty for sessions of GetSessionToken.
    pub session_name: String,
    /// `aws:TokenIssueTime`
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// When an MFA code was accepted.
    pub mfa_authenticated_at: Option<Timestamp>,
    /// The instance that fetched the credentials.
    pub origin: Option<InstanceOrigin>,
    /// The text of the inline session policy.
    pub policy: Option<String>,
    /// The managed policies that bound the session as well.
    pub policy_arns: Vec<Arn>,
    /// `aws:PrincipalTag/*`, over those of the role or user; with what was handed on from the session before.
    pub tags: Vec<SessionTag>,
    /// Which of them go on to the next session of a chain.
    pub transitive_tag_keys: Vec<String>,
    /// `aws:SourceIdentity`
    pub source_identity: Option<String>,
    /// A session of a role asked for it.
    pub is_chained: bool,
    /// Who vouched for the holder: AssumeRoleWithWebIdentity.
    pub federated: Option<FederatedOrigin>,
}

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionPrincipal {
    Role(SessionRole),
    /// The instance itself, `aws:ec2-instance`.
    InstanceIdentity,
    /// GetSessionToken of a user.
    User(SessionUser),
    /// GetSessionToken of the root user.
    Root,
    /// GetFederationToken, by this user or, where there is none, by the root user.
    Federated(Option<SessionUser>),
}

/// A role, by name and by the unique id that a role made anew does not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRole {
    pub arn: Arn,
    pub id: UniqueId,
}

/// A user likewise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionUser {
    pub arn: Arn,
    pub id: UniqueId,
}

/// Where an instance's credentials were fetched: what no request says, and no thief can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceOrigin {
    /// `ec2:SourceInstanceARN`
    pub source_instance_arn: Arn,
    /// `aws:EC2InstanceSourceVPC`
    pub source_vpc: String,
    /// `aws:EC2InstanceSourcePrivateIPv4`; `None` on an instance that has IPv6 alone.
    pub source_private_ipv4: Option<Ipv4Addr>,
    /// `ec2:RoleDelivery`; `None` for what a container endpoint handed out, to which no condition key of EC2 applies.
    pub role_delivery: Option<RoleDelivery>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTag {
    pub key: String,
    pub value: String,
}

/// What an identity provider said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederatedOrigin {
    /// `aws:FederatedProvider`: the provider's ARN, or the domain of one that AWS knows by itself.
    pub provider: String,
    /// The token's `sub`.
    pub subject: String,
    /// The token's `aud` (`azp` where it has one).
    pub audience: String,
}

/// The metadata version by which credentials are fetched: the value of `ec2:RoleDelivery`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleDelivery {
    V1,
    V2,
}

impl SessionClaims {
    /// Claims that say no more than they must.
    pub fn new(
        account_id: AccountId,
        principal: SessionPrincipal,
        session_name: impl Into<String>,
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            account_id,
            principal,
            session_name: session_name.into(),
            issued_at,
            expires_at,
            mfa_authenticated_at: None,
            origin: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            is_chained: false,
            federated: None,
        }
    }

    /// The session's ARN, as `sts:GetCallerIdentity` shows it. A role's path is not part of it.
    pub fn arn(&self) -> Arn {
        let resource = match &self.principal {
            SessionPrincipal::User(user) => return user.arn.clone(),
            SessionPrincipal::Root => return self.made_arn("iam", "root"),
            SessionPrincipal::Federated(_) => format!("federated-user/{}", self.session_name),
            SessionPrincipal::Role(role) => {
                format!("assumed-role/{}/{}", role.name(), self.session_name)
            }
            SessionPrincipal::InstanceIdentity => {
                format!("assumed-role/{INSTANCE_IDENTITY}/{}", self.session_name)
            }
        };
        self.made_arn("sts", &resource)
    }

    /// `UserId`: the principal's unique id and the session name.
    pub fn user_id(&self) -> String {
        match &self.principal {
            SessionPrincipal::Role(role) => format!("{}:{}", role.id, self.session_name),
            SessionPrincipal::InstanceIdentity => {
                format!("{}:{INSTANCE_IDENTITY}:{}", self.account_id, self.session_name)
            }
            SessionPrincipal::User(user) => user.id.to_string(),
            SessionPrincipal::Root => self.account_id.to_string(),
            SessionPrincipal::Federated(_) => format!("{}:{}", self.account_id, self.session_name),
        }
    }

    /// Whether session policies bound it.
    pub fn has_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    fn made_arn(&self, service: &str, resource: &str) -> Arn {
        let text = format!("arn:{}:{service}::{}:{resource}", self.partition(), self.account_id);
        text.parse().expect("made of parts of ARNs and of a checked session name")
    }

    fn partition(&self) -> &str {
        let named = match &self.principal {
            SessionPrincipal::Role(role) => Some(&role.arn),
            SessionPrincipal::User(user) | SessionPrincipal::Federated(Some(user)) => Some(&user.arn),
            SessionPrincipal::InstanceIdentity => {
                self.origin.as_ref().map(|origin| &origin.source_instance_arn)
            }
            SessionPrincipal::Root | SessionPrincipal::Federated(None) => None,
        };
        named.and_then(|arn| arn.as_str().split(':').nth(1)).unwrap_or("aws")
    }
}

impl SessionRole {
    /// The role's name, without its path.
    pub fn name(&self) -> &str {
        self.arn.resource().rsplit('/').next().unwrap_or_default()
    }
}

impl SessionUser {
    /// The user's name when the session began.
    pub fn name(&self) -> &str {
        self.arn.resource().rsplit('/').next().unwrap_or_default()
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

/// The name of the role that an instance is to itself.
pub(crate) const INSTANCE_IDENTITY: &str = "aws:ec2-instance";

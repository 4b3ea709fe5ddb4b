//! Who asks.

use types::{AccountId, Arn};

/// A principal as policies know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The account's root user.
    Root { account: AccountId },
    /// An IAM user, also through a session of GetSessionToken.
    User { account: AccountId, arn: Arn, unique_id: String },
    /// A session of a role.
    RoleSession { account: AccountId, role_arn: Arn, role_id: String, session_arn: Arn },
    /// A session of GetFederationToken.
    FederatedUser { account: AccountId, arn: Arn },
    /// Who holds a token of an identity provider, such as an OIDC provider's ARN: AssumeRoleWithWebIdentity.
    Federated { provider: String },
    /// A service of AWS, such as `ec2.amazonaws.com`.
    Service { name: String },
    /// A request that nobody signed.
    Anonymous,
}

impl Principal {
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::RoleSession { account, .. }
            | Self::FederatedUser { account, .. } => Some(*account),
            Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => None,
        }
    }
}

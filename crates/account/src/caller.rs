//! Who signed a request, and what the account knows of him.
//!
//! Rule: a caller is found anew for every request, in the newest directory: who was deleted since his credentials were issued is
//! nobody any more (facts/account.md section 2.6).

use std::sync::Arc;

use policy::Principal;
use types::{AccountId, Arn, Partition};

use crate::directory::{Directory, Role, User};
use crate::sessions::{INSTANCE_IDENTITY, Session, SessionPrincipal, SessionRole, SessionUser};

/// An authenticated caller.
#[derive(Clone, Debug)]
pub enum Caller {
    /// The root user, with a long-term key or a session of GetSessionToken.
    Root { partition: Partition, account_id: AccountId, access_key_id: String, session: Option<Arc<Session>> },
    /// An IAM user, with a long-term key or a session of GetSessionToken.
    User { account_id: AccountId, user: Arc<User>, access_key_id: String, session: Option<Arc<Session>> },
    /// A session of a role that is still there.
    Role { role: Arc<Role>, access_key_id: String, session: Arc<Session> },
    /// A session of GetFederationToken, by this user; by the root user where there is none.
    Federated { user: Option<Arc<User>>, access_key_id: String, session: Arc<Session> },
    /// The identity of an instance itself, which nothing is attached to.
    InstanceIdentity { access_key_id: String, session: Arc<Session> },
    /// Who holds a token of an identity provider: while AssumeRoleWithWebIdentity is decided.
    WebIdentity(WebIdentity),
    /// Nobody signed: for the operations of STS that take no signature.
    Anonymous,
}

/// What a verified token of an identity provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity {
    /// As trust policies name it under `Federated`: an ARN.
    pub provider: String,
}

impl Caller {
    /// Who `session`, presented with `access_key_id`, is today; `None` where its user or role is gone, or another entity bears the
    /// name now.
    pub fn of_session(directory: &Directory, access_key_id: &str, session: Arc<Session>) -> Option<Self> {
        let access_key_id = access_key_id.to_owned();
        let account_id = session.claims.account_id;
        Some(match &session.claims.principal {
            SessionPrincipal::Role(claimed) => {
                Self::Role { role: role(directory, claimed)?, access_key_id, session }
            }
            SessionPrincipal::User(claimed) => {
                let user = user(directory, claimed)?;
                Self::User { account_id, user, access_key_id, session: Some(session) }
            }
            SessionPrincipal::Federated(by) => {
                let user = match by {
                    Some(claimed) => Some(user(directory, claimed)?),
                    None => None,
                };
                Self::Federated { user, access_key_id, session }
            }
            SessionPrincipal::Root => Self::Root {
                partition: directory.partition(),
                account_id,
                access_key_id,
                session: Some(session),
            },
            SessionPrincipal::InstanceIdentity => Self::InstanceIdentity { access_key_id, session },
        })
    }

    /// `None` for those who are of no account.
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::Root { account_id, .. } | Self::User { account_id, .. } => Some(*account_id),
            Self::Role { session, .. }
            | Self::Federated { session, .. }
            | Self::InstanceIdentity { session, .. } => Some(session.claims.account_id),
            Self::WebIdentity(_) | Self::Anonymous => None,
        }
    }

    /// As GetCallerIdentity shows it.
    pub fn arn(&self) -> Option<Arn> {
        match self {
            Self::Root { partition, account_id, .. } => Some(Arn::iam(*partition, *account_id, "root")),
            Self::User { user, .. } => Some(user.arn.clone()),
            Self::Role { session, .. }
            | Self::Federated { session, .. }
            | Self::InstanceIdentity { session, .. } => Some(session.claims.arn()),
            Self::WebIdentity(_) | Self::Anonymous => None,
        }
    }

    /// `UserId` of GetCallerIdentity, and `aws:userid`.
    pub fn user_id(&self) -> Option<String> {
        match self {
            Self::Root { account_id, .. } => Some(account_id.to_string()),
            Self::User { user, .. } => Some(user.user_id.to_string()),
            Self::Role { session, .. }
            | Self::Federated { session, .. }
            | Self::InstanceIdentity { session, .. } => Some(session.claims.user_id()),
            Self::WebIdentity(_) | Self::Anonymous => None,
        }
    }

    pub fn access_key_id(&self) -> Option<&str> {
        match self {
            Self::Root { access_key_id, .. }
            | Self::User { access_key_id, .. }
            | Self::Role { access_key_id, .. }
            | Self::Federated { access_key_id, .. }
            | Self::InstanceIdentity { access_key_id, .. } => Some(access_key_id),
            Self::WebIdentity(_) | Self::Anonymous => None,
        }
    }

    /// The session whose token came with the request; `None` for long-term keys.
    pub fn session(&self) -> Option<&Arc<Session>> {
        match self {
            Self::Root { session, .. } | Self::User { session, .. } => session.as_ref(),
            Self::Role { session, .. }
            | Self::Federated { session, .. }
            | Self::InstanceIdentity { session, .. } => Some(session),
            Self::WebIdentity(_) | Self::Anonymous => None,
        }
    }

    /// The user whose own credentials these are: whom operations mean where `UserName` is left out.
    pub fn user(&self) -> Option<&Arc<User>> {
        match self {
            Self::User { user, .. } => Some(user),
            _ => None,
        }
    }

    pub fn is_root(&self) -> bool {
        matches!(self, Self::Root { .. })
    }

    /// Who asks, as policies know him.
    pub fn principal(&self) -> Principal {
        match self {
            Self::Root { account_id, .. } => Principal::Root { account: *account_id },
            Self::User { account_id, user, .. } => Principal::User {
                account: *account_id,
                arn: user.arn.clone(),
                unique_id: user.user_id.to_string(),
            },
            Self::Role { role, session, .. } => Principal::RoleSession {
                account: session.claims.account_id,
                role_arn: role.arn.clone(),
                role_id: role.role_id.to_string(),
                session_arn: session.claims.arn(),
            },
            Self::InstanceIdentity { session, .. } => instance_principal(session),
            Self::Federated { session, .. } => {
                Principal::FederatedUser { account: session.claims.account_id, arn: session.claims.arn() }
            }
            Self::WebIdentity(identity) => Principal::Federated { provider: identity.provider.clone() },
            Self::Anonymous => Principal::Anonymous,
        }
    }
}

fn instance_principal(session: &Session) -> Principal {
    let account = session.claims.account_id;
    let session_arn = session.claims.arn();
    let partition = session_arn.as_str().split(':').nth(1).unwrap_or("aws");
    let role_arn = format!("arn:{partition}:iam::{account}:role/{INSTANCE_IDENTITY}");
    Principal::RoleSession {
        account,
        role_arn: role_arn.parse().expect("made of parts of an ARN"),
        role_id: format!("{account}:{INSTANCE_IDENTITY}"),
        session_arn,
    }
}

fn role(directory: &Directory, claimed: &SessionRole) -> Option<Arc<Role>> {
    directory.roles.get(claimed.name()).filter(|role| role.role_id == claimed.id).cloned()
}

/// A user who was renamed keeps his sessions. Looking through all users is for those alone, and for sessions of deleted ones.
fn user(directory: &Directory, claimed: &SessionUser) -> Option<Arc<User>> {
    let named = directory.users.get(claimed.name()).filter(|user| user.user_id == claimed.id);
    named.or_else(|| directory.users.iter().find(|user| user.user_id == claimed.id)).cloned()
}

//! GetFederationToken: a session for somebody whom a user, or the root user, vouches for.

use types::{AccountId, Timestamp};

use super::session_tag::SessionTags;
use super::{refusal, session_policy, users_expiry};
use crate::directory::Directory;
use crate::sessions::{SessionClaims, SessionPrincipal, SessionTag, SessionUser};
use crate::{Caller, Check, ServiceError};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct FederationTokenRequest<'a> {
    pub name: &'a str,
    pub duration_seconds: Option<u32>,
    pub policy: Option<&'a str>,
    pub policy_arns: Vec<&'a str>,
    pub tags: Vec<SessionTag>,
}

impl FederationTokenRequest<'_> {
    /// The actions that must be allowed.
    pub fn checks(&self, directory: &Directory, caller: &Caller) -> Result<Vec<Check>, ServiceError> {
        voucher(caller)?;
        let tags = SessionTags::checked(self.tags.clone(), Vec::new(), None)?;
        let resource = self.arn(directory);
        let mut checks = vec![Check::new("sts:GetFederationToken", resource.clone())];
        if tags.any() {
            checks.push(Check::new("sts:TagSession", resource));
        }
        checks.iter_mut().for_each(|check| tags.describe(check));
        Ok(checks)
    }

    /// The session. Without policies it is allowed what resources allow it, and nothing else.
    pub fn claims(
        &self,
        account: AccountId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<SessionClaims, ServiceError> {
        let user = voucher(caller)?;
        let expiry = users_expiry(caller, self.duration_seconds, now);
        let mut claims =
            SessionClaims::new(account, SessionPrincipal::Federated(user), self.name, now, expiry);
        claims.policy = session_policy::checked(self.policy)?;
        claims.policy_arns = session_policy::checked_arns(&self.policy_arns, account)?;
        SessionTags::checked(self.tags.clone(), Vec::new(), None)?.grant(&mut claims);
        Ok(claims)
    }

    fn arn(&self, directory: &Directory) -> String {
        let partition = directory.partition().as_str();
        format!("arn:{partition}:sts::{}:federated-user/{}", directory.account_id(), self.name)
    }
}

/// Whose policies bound the session: a user's, or, where there is none, the root user's.
fn voucher(caller: &Caller) -> Result<Option<SessionUser>, ServiceError> {
    match caller {
        Caller::Root { session: None, .. } => Ok(None),
        Caller::User { user, session: None, .. } => {
            Ok(Some(SessionUser { arn: user.arn.clone(), id: user.user_id.clone() }))
        }
        _ => Err(refusal::session_credentials("GetFederationToken")),
    }
}

//! Whether a set may be served: the guard of the directory and of the flags, and the account of the first set.
//!
//! Rule: held against every set, the first and those that follow. The account may not change: programs that began with one
//! would go on with another.

use std::sync::OnceLock;

use ::credentials::{Context, ResolveError, Resolved, known_identity};
use profile::plan::{Provider, StsTarget};
use types::{AccountId, Arn};

use super::principal::{account, unknown};
use crate::arguments::IdentityArguments;
use crate::failure::Failure;
use crate::guard::{Guard, Subject};

/// What is expected of every set.
#[derive(Debug, Default)]
pub(super) struct Admission {
    guard: Guard,
    /// The account of the first set.
    first: OnceLock<AccountId>,
}

impl Admission {
    pub(super) fn new(guard: Guard) -> Self {
        Self { guard, first: OnceLock::new() }
    }

    /// Refuses what is known to be wrong before anybody is asked.
    pub(super) fn foresee(
        &self,
        provider: &Provider,
        identity: &IdentityArguments,
        origin: String,
        region: Option<String>,
    ) -> Result<(), Failure> {
        let subject = match &identity.role {
            Some(role) => {
                let account = role.parse::<Arn>().ok().and_then(|arn| arn.account());
                Subject { origin, region, account, arn: Some(role.clone()), ..Subject::default() }
            }
            None => {
                let subject = Subject::of_provider(provider, origin, region);
                // A session takes the place of long-term keys.
                Subject { is_long_term: subject.is_long_term && identity.no_session, ..subject }
            }
        };
        self.guard.foresee(&subject)
    }

    /// Holds a set against what is expected; asks STS whose it is where nothing else tells.
    pub(super) async fn admit(
        &self,
        context: &Context,
        sts: Option<&StsTarget>,
        resolved: &Resolved,
        origin: String,
        region: Option<String>,
    ) -> Result<(), ResolveError> {
        self.check_first(account(resolved).ok_or_else(|| unknown(resolved, None))?)?;
        if self.guard.is_empty() {
            return Ok(());
        }
        let mut subject = Subject::of_resolved(resolved, origin, region, context.now());
        if let (true, Some(sts)) = (self.guard.must_ask(&subject), sts) {
            subject = subject.named(&known_identity(context, sts, resolved).await?);
        }
        self.guard.check(&subject).map_err(|failure| {
            ResolveError::new("not-expected", failure.message, failure.hint.unwrap_or_default())
        })
    }

    fn check_first(&self, account: AccountId) -> Result<(), ResolveError> {
        let first = *self.first.get_or_init(|| account);
        if first == account {
            return Ok(());
        }
        let what =
            format!("the new credentials are of account {account}, and those that are served of {first}");
        Err(ResolveError::new("another-account", what, "start another server for the other account"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_the_first_set_stays() {
        let admission = Admission::default();
        let [one, other] = ["111122223333", "444455556666"].map(|text| text.parse().unwrap());
        assert_eq!((admission.check_first(one), admission.check_first(one)), (Ok(()), Ok(())));
        let error = admission.check_first(other).unwrap_err();
        assert!(
            error.to_string().contains("444455556666, and those that are served of 111122223333"),
            "{error}"
        );
    }
}

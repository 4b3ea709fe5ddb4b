//! The one that is held against the guard.

use std::time::Duration;

use ::credentials::{CallerIdentity, Resolved};
use profile::plan::Provider;
use types::{AccessKeyId, AccountId, Arn, KeyKind, Timestamp};

/// What is proven of credentials.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    /// Where they come from, in words: errors begin with it.
    pub(crate) origin: String,
    pub(crate) account: Option<AccountId>,
    /// Of a role, or of a session of it, or of a user.
    pub(crate) arn: Option<String>,
    pub(crate) region: Option<String>,
    /// No session: a user's own keys.
    pub(crate) is_long_term: bool,
    /// Until they end; `None`: they do not, or it is not known.
    pub(crate) left: Option<Duration>,
}

impl Subject {
    /// Before anybody is asked: what the way to the credentials proves.
    pub(crate) fn of_provider(provider: &Provider, origin: String, region: Option<String>) -> Self {
        let subject = Self { origin, region, ..Self::default() };
        let role = |arn: &str| Some(arn.to_owned());
        match provider {
            Provider::Static(keys) => {
                let token = keys.session_token.as_ref().is_some_and(|token| !token.expose().is_empty());
                subject.with_key(&keys.access_key_id, token)
            }
            Provider::AssumeRole(of) => Self { arn: role(&of.role_arn), ..subject }.with_arns_account(),
            Provider::WebIdentity(of) => Self { arn: role(&of.role_arn), ..subject }.with_arns_account(),
            Provider::MfaSession(session) => {
                let user = Self::of_provider(&session.base, String::new(), None);
                Self { account: user.account, ..subject }
            }
            Provider::Sso(sso) => Self { account: sso.account_id.parse().ok(), ..subject },
            Provider::Login(_) | Provider::Process(_) | Provider::Container(_) | Provider::Imds(_) => subject,
        }
    }

    /// A role that is to be assumed.
    pub(crate) fn of_role(arn: &str) -> Self {
        let subject = Self { origin: format!("role {arn}"), arn: Some(arn.to_owned()), ..Self::default() };
        subject.with_arns_account()
    }

    /// What the credentials themselves prove at `now`.
    pub(crate) fn of_resolved(
        resolved: &Resolved,
        origin: String,
        region: Option<String>,
        now: Timestamp,
    ) -> Self {
        let token = resolved.session_token.as_ref().is_some_and(|token| !token.expose().is_empty());
        let left = resolved.expiration.map(|end| end.since(now));
        let subject = Self { origin, region, left, arn: resolved.arn.clone(), ..Self::default() };
        subject.with_arns_account().with_key(&resolved.access_key_id, token)
    }

    /// The same, as STS names it. The account that a key id tells stays: whoever answers in STS's place cannot change it.
    pub(crate) fn named(self, caller: &CallerIdentity) -> Self {
        let account = self.account.or_else(|| caller.account.parse().ok());
        Self { account, arn: Some(caller.arn.clone()), ..self }
    }

    fn with_key(mut self, id: &str, has_token: bool) -> Self {
        let id = id.parse::<AccessKeyId>().ok();
        self.is_long_term = !has_token || id.as_ref().is_some_and(|id| id.kind() == KeyKind::LongTerm);
        // The key id is AWS's own word.
        self.account = id.and_then(|id| id.account()).or(self.account);
        self
    }

    fn with_arns_account(mut self) -> Self {
        self.account = self.arn.as_deref().and_then(|arn| arn.parse::<Arn>().ok()?.account());
        self
    }
}

//! The guard: which accounts, roles, regions and lifetimes are allowed in a directory, by `.linklocal.toml` and
//! `--expect-account`.
//!
//! Rule: nothing starts on an identity that an expectation could not be held against. What is declared beside keys proves
//! nothing; the account stands in the key id or in what STS says, and where it does not, STS is asked.

mod file;
mod pattern;
mod rules;
mod subject;
#[cfg(test)]
mod tests;

use std::time::Duration;

use ::credentials::{Context, ResolveError, Resolved};
use linklocal::config::Span;
use profile::plan::StsTarget;
use sys::Env;
use types::AccountId;

use crate::arguments::GuardArguments;
use crate::failure::Failure;

use self::rules::{Rule, Rules};
pub(crate) use self::subject::Subject;

/// What is expected here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    /// Of `--expect-account`.
    expected: Vec<AccountId>,
    rules: Rules,
}

impl Guard {
    /// The rules of the current directory and of the flags.
    pub(crate) fn find(env: &Env, arguments: &GuardArguments) -> Result<Self, Failure> {
        let rules = file::find(env)?;
        Ok(Self { expected: arguments.expect_account.clone(), rules: rules.unwrap_or_default() })
    }

    /// Whether nothing is expected.
    pub(crate) fn is_empty(&self) -> bool {
        self.expected.is_empty() && self.rules.is_empty()
    }

    /// Whether STS must say who `subject` is before it can be held against what is expected.
    pub(crate) fn must_ask(&self, subject: &Subject) -> bool {
        let accounts = !self.expected.is_empty() || self.rules.accounts.is_some();
        (accounts && subject.account.is_none())
            || (self.rules.roles.is_some() && subject.arn.is_none() && !subject.is_long_term)
    }

    /// Refuses what is known to be wrong already, before anybody is asked for a code or a session.
    pub(crate) fn foresee(&self, subject: &Subject) -> Result<(), Failure> {
        self.check_account(subject)?;
        self.check_role(subject)?;
        self.check_region(subject)?;
        self.check_kind(subject)
    }

    /// Refuses whatever is not allowed. Who it is must be known: [`Guard::must_ask`].
    pub(crate) fn check(&self, subject: &Subject) -> Result<(), Failure> {
        if self.must_ask(subject) {
            let what = format!("{}: it cannot be told whose they are", subject.origin);
            return Err(refused(what, "the account or role that is expected cannot be checked"));
        }
        self.foresee(subject)?;
        self.check_lifetime(subject)
    }

    /// Holds `subject`, who has `keys`, against what is expected; STS is asked who it is where nothing else tells.
    pub(crate) async fn admit(
        &self,
        context: &Context,
        sts: Option<&StsTarget>,
        subject: Subject,
        keys: &Resolved,
    ) -> Result<(), Failure> {
        let subject = match sts.filter(|_| self.must_ask(&subject)) {
            Some(sts) => {
                let caller = ::credentials::known_identity(context, sts, keys).await;
                subject.named(&caller.map_err(|error| unidentified(&error))?)
            }
            None => subject,
        };
        self.check(&subject)
    }

    fn check_account(&self, subject: &Subject) -> Result<(), Failure> {
        let Some(account) = subject.account else { return Ok(()) };
        if !self.expected.is_empty() && !self.expected.contains(&account) {
            let names = listed(&self.expected);
            return Err(refused(wrong_account(subject, account), &format!("--expect-account names {names}")));
        }
        match &self.rules.accounts {
            Some(rule) if !rule.value.contains(&account) => {
                Err(refused(wrong_account(subject, account), &rule.allows(&listed(&rule.value))))
            }
            _ => Ok(()),
        }
    }

    fn check_role(&self, subject: &Subject) -> Result<(), Failure> {
        let Some(rule) = &self.rules.roles else { return Ok(()) };
        let allowed = listed(&rule.value);
        if subject.is_long_term {
            let what =
                format!("{}: they are a user's keys, and roles alone are allowed here", subject.origin);
            return Err(refused(what, &rule.allows(&allowed)));
        }
        match &subject.arn {
            Some(arn) if !rule.value.iter().any(|role| role.admits(arn)) => {
                let what = format!("{}: {arn} is not allowed here", subject.origin);
                Err(refused(what, &rule.allows(&allowed)))
            }
            _ => Ok(()),
        }
    }

    fn check_region(&self, subject: &Subject) -> Result<(), Failure> {
        match (&self.rules.regions, &subject.region) {
            (Some(rule), Some(region)) if !rule.value.iter().any(|pattern| pattern.matches(region)) => {
                let what = format!("region {region} is not allowed here");
                Err(refused(what, &rule.allows(&listed(&rule.value))))
            }
            _ => Ok(()),
        }
    }

    fn check_kind(&self, subject: &Subject) -> Result<(), Failure> {
        match &self.rules.long_term_keys {
            Some(rule @ Rule { value: false, .. }) if subject.is_long_term => {
                let what = format!("{}: long-term keys are not allowed here", subject.origin);
                Err(refused(what, &format!("{} takes sessions alone", rule.place)))
            }
            _ => Ok(()),
        }
    }

    fn check_lifetime(&self, subject: &Subject) -> Result<(), Failure> {
        let Some(rule) = &self.rules.max_lifetime else { return Ok(()) };
        let most = Span(rule.value);
        let what = match subject.left {
            Some(left) if left <= rule.value + SLACK => return Ok(()),
            Some(left) => {
                let minutes = Span(Duration::from_secs(left.as_secs() / 60 * 60));
                format!("{}: they last {minutes} more, which is longer than is allowed here", subject.origin)
            }
            None if subject.is_long_term => format!("{}: they never end", subject.origin),
            None => format!("{}: it is not known when they end", subject.origin),
        };
        Err(refused(what, &format!("{} allows {most}", rule.place)))
    }
}

/// `expected` says who expects what.
fn refused(what: String, expected: &str) -> Failure {
    Failure::new(what).hint(format!(
        "{expected}; name another profile with --profile, or change what is expected; nothing was started"
    ))
}

fn unidentified(error: &ResolveError) -> Failure {
    let failure = Failure::new(&error.what)
        .named("an identity is expected here, and STS was asked whose credentials these are");
    if error.remedy.is_empty() { failure } else { failure.hint(&error.remedy) }
}

fn wrong_account(subject: &Subject, account: AccountId) -> String {
    format!("{}: account {account} is not expected here", subject.origin)
}

fn listed<T: ToString>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        items => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Clocks differ, and a session of an hour is to pass where an hour is allowed.
const SLACK: Duration = Duration::from_secs(60);

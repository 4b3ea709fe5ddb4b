//! Whose credentials a source gives, as far as can be told without asking anybody.
//!
//! Rule: a key id is masked in text and whole in JSON, where it is compared; nothing else of a key is shown anywhere.

use std::time::Duration;

use credentials::Resolved;
use linklocal::config::Span;
use profile::plan::{Provider, StaticKeys};
use types::{AccessKeyId, Arn, KeyKind, Secret, Timestamp};

/// What is known of credentials beside their secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Identity {
    pub(in crate::commands) access_key_id: Option<String>,
    /// `None`: only whoever is asked knows.
    pub(in crate::commands) session_token: Option<bool>,
    pub(in crate::commands) account_id: Option<String>,
    pub(in crate::commands) arn: Option<String>,
    pub(in crate::commands) expiration: Option<Timestamp>,
}

impl Identity {
    /// Before anybody is asked.
    pub(in crate::commands) fn of_provider(provider: &Provider) -> Self {
        let temporary = || Self { session_token: Some(true), ..Self::default() };
        match provider {
            Provider::Static(keys) => Self::of_keys(keys),
            Provider::AssumeRole(role) => Self { arn: Some(role.role_arn.clone()), ..temporary() }.named(),
            Provider::WebIdentity(role) => Self { arn: Some(role.role_arn.clone()), ..temporary() }.named(),
            Provider::MfaSession(session) => {
                let user = Self::of_provider(&session.base);
                Self { account_id: user.account_id, ..temporary() }
            }
            Provider::Sso(sso) => Self { account_id: Some(sso.account_id.clone()), ..temporary() },
            Provider::Login(login) => Self { arn: Some(login.session.clone()), ..temporary() }.named(),
            Provider::Process(process) => Self { account_id: process.account_id.clone(), ..Self::default() },
            Provider::Container(_) | Provider::Imds(_) => temporary(),
        }
    }

    /// After the source was asked.
    pub(in crate::commands) fn of_resolved(resolved: &Resolved) -> Self {
        let identity = Self {
            access_key_id: Some(resolved.access_key_id.clone()),
            session_token: Some(has_token(resolved.session_token.as_ref())),
            account_id: resolved.account_id.clone(),
            arn: resolved.arn.clone(),
            expiration: resolved.expiration,
        };
        identity.named()
    }

    fn of_keys(keys: &StaticKeys) -> Self {
        let identity = Self {
            access_key_id: Some(keys.access_key_id.clone()),
            session_token: Some(has_token(keys.session_token.as_ref())),
            account_id: keys.account_id.clone(),
            arn: None,
            expiration: keys.expiration,
        };
        identity.named()
    }

    /// The account, where nobody says it, of the ARN or of the key id.
    fn named(mut self) -> Self {
        let of_arn = || {
            let arn: Arn = self.arn.as_deref()?.parse().ok()?;
            Some(arn.account()?.to_string())
        };
        let of_key = || {
            let id: AccessKeyId = self.access_key_id.as_deref()?.parse().ok()?;
            Some(id.account()?.to_string())
        };
        self.account_id = self.account_id.take().or_else(of_arn).or_else(of_key);
        self
    }

    /// `****************MPLE`, where the key is known.
    pub(in crate::commands) fn masked(&self) -> Option<String> {
        self.access_key_id.as_deref().map(masked)
    }

    /// What the form of the key id says.
    pub(in crate::commands) fn kind(&self) -> Option<&'static str> {
        let id: AccessKeyId = self.access_key_id.as_deref()?.parse().ok()?;
        Some(match id.kind() {
            KeyKind::LongTerm => "long-term",
            KeyKind::Temporary => "temporary",
        })
    }

    /// One line: `key ****************MPLE, long-term, account 111122223333, ends in 54m`.
    pub(in crate::commands) fn text(&self, now: Timestamp) -> String {
        let key = self.masked().map(|key| format!("key {key}"));
        let kind = self.kind().map(str::to_owned);
        let account = self.account_id.as_ref().map(|account| format!("account {account}"));
        let end = self.expiration.map(|end| end_text(end, now));
        let parts: Vec<String> = [key, kind, self.arn.clone(), account, end].into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// An SDK may carry an empty token along, which is none.
fn has_token(token: Option<&Secret<String>>) -> bool {
    token.is_some_and(|token| !token.expose().is_empty())
}

/// The last four characters; of an id of no more than eight, which nobody issues, fewer.
pub(in crate::commands) fn masked(id: &str) -> String {
    let shown = if id.chars().count() > 8 { 4 } else { 2 };
    let skipped = id.chars().count().saturating_sub(shown);
    format!("{}{}", "*".repeat(16), id.chars().skip(skipped).collect::<String>())
}

/// A URL without the user that it names, who often brings a password.
pub(in crate::commands) fn without_user(url: &str) -> String {
    let named = url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1)));
    named.map_or_else(|| url.to_owned(), |(scheme, rest)| format!("{scheme}://****@{rest}"))
}

/// `ends 2026-11-21T08:22:00Z, in 54m` or `ended …, 3m ago`.
pub(in crate::commands) fn end_text(end: Timestamp, now: Timestamp) -> String {
    match end > now {
        true => format!("ends {}, in {}", end.iso8601(), span(end.since(now))),
        false => format!("ended {}, {} ago", end.iso8601(), span(now.since(end))),
    }
}

/// A span of time with its two largest units.
fn span(span: Duration) -> String {
    let secs = span.as_secs();
    let unit = match secs {
        0..3600 => 1,
        3600..86_400 => 60,
        _ => 3600,
    };
    Span(Duration::from_secs(secs / unit * unit)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids_show_their_end_alone() {
        let cases = [
            ("AKIAIOSFODNN7EXAMPLE", "MPLE"),
            ("AKIDENVX", "VX"),
            ("a", "a"),
            ("", ""),
            ("éééééééééé", "éééé"),
        ];
        for (id, end) in cases {
            assert_eq!(masked(id), format!("****************{end}"));
        }
    }

    #[test]
    fn an_empty_token_is_none() {
        let keys = |token: Option<&str>| StaticKeys {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::new("secret".to_owned()),
            session_token: token.map(|token| Secret::new(token.to_owned())),
            account_id: None,
            expiration: None,
        };
        for (token, is_there) in [(None, false), (Some(""), false), (Some("t"), true)] {
            assert_eq!(Identity::of_keys(&keys(token)).session_token, Some(is_there));
        }
    }

    #[test]
    fn ends_are_told_by_the_clock_and_by_the_span() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let cases = [
            ("2026-11-21T08:00:59Z", "ends 2026-11-21T08:00:59Z, in 59s"),
            ("2026-11-21T09:01:59Z", "ends 2026-11-21T09:01:59Z, in 1h1m"),
            ("2026-11-23T09:01:59Z", "ends 2026-11-23T09:01:59Z, in 2d1h"),
            ("2026-11-21T07:58:30Z", "ended 2026-11-21T07:58:30Z, 1m30s ago"),
        ];
        for (end, text) in cases {
            assert_eq!(end_text(end.parse().unwrap(), now), text);
        }
    }
}

//! What an error of AWS means for whoever asked, and what to do (facts/credentials.md sections 3.2 and 3.3).
//!
//! Rule: AWS's texts may change: they are matched loosely, and whatever is new falls to its code. What is known of the keys, the
//! clock and the request decides which of several causes comes first; nothing that is not known is claimed.

mod clock;
mod denial;
mod keys;
mod meaning;
#[cfg(test)]
mod tests;

use profile::plan::Provider;
use types::{KeyKind, Timestamp};
use wire::AwsError;

use crate::Resolved;

/// What is known about the request that was refused. All of it may be unknown.
#[derive(Clone, Debug, Default)]
pub struct Circumstances<'a> {
    /// The signing name of the service: `sts`, `iam`.
    pub service: &'a str,
    pub operation: Option<&'a str>,
    pub region: Option<&'a str>,
    /// Who signed; `None` where nobody did, or where it is not known.
    pub keys: Option<KeysInHand<'a>>,
    /// Milliseconds by which AWS's clocks are ahead of this machine's, where an answer told.
    pub clock_millis: Option<i64>,
    /// The MFA device that was named.
    pub mfa_serial: Option<&'a str>,
    pub now: Option<Timestamp>,
}

/// What is known of keys without their secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeysInHand<'a> {
    pub access_key_id: &'a str,
    pub has_token: bool,
    pub expiration: Option<Timestamp>,
    pub origin: Origin,
}

/// Whose keys they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    #[default]
    Unknown,
    /// A user's long-term keys.
    User,
    /// A user's session, of GetSessionToken; with MFA or without.
    UserSession { mfa: bool },
    /// A role's session, however it was assumed.
    RoleSession,
}

/// What an error means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Stable, for machines: `wrong-mfa-code`, `clock`, `session-credentials`, …
    pub code: &'static str,
    /// What to do, the likeliest cause first. Never empty.
    pub remedies: Vec<String>,
}

/// Says what to do about `error`.
pub fn translate(error: &AwsError, about: &Circumstances<'_>) -> Advice {
    clock::advice(error, about)
        .or_else(|| keys::advice(error, about))
        .or_else(|| meaning::advice(error, about))
        .or_else(|| denial::advice(error, about))
        .unwrap_or_else(|| meaning::by_kind(error, about))
}

impl Advice {
    fn new(code: &'static str, remedy: impl Into<String>) -> Self {
        Self { code, remedies: vec![remedy.into()] }
    }

    /// All of it on one line.
    pub fn text(&self) -> String {
        match self.remedies.as_slice() {
            [only] => only.clone(),
            many => {
                let numbered = (1..).zip(many).map(|(number, remedy)| format!("({number}) {remedy}"));
                format!("likeliest first: {}", numbered.collect::<Vec<_>>().join(" "))
            }
        }
    }
}

impl<'a> KeysInHand<'a> {
    pub fn of(keys: &'a Resolved, origin: Origin) -> Self {
        let has_token = keys.session_token.as_ref().is_some_and(|token| !token.expose().is_empty());
        let is_role = keys.arn.as_deref().is_some_and(|arn| arn.contains(":assumed-role/"));
        let origin = if is_role { Origin::RoleSession } else { origin };
        Self { access_key_id: &keys.access_key_id, has_token, expiration: keys.expiration, origin }.known()
    }

    /// The origin, where keys without a provider's word tell it.
    fn known(self) -> Self {
        match (self.origin, self.kind()) {
            (Origin::Unknown, Some(KeyKind::LongTerm)) if !self.has_token => {
                Self { origin: Origin::User, ..self }
            }
            _ => self,
        }
    }

    fn kind(&self) -> Option<KeyKind> {
        // Ids of AWS's own form alone have kinds.
        self.access_key_id.parse::<types::AccessKeyId>().ok().map(|id| id.kind())
    }
}

impl Origin {
    /// As far as the way to the keys tells.
    pub fn of(provider: &Provider) -> Self {
        match provider {
            Provider::AssumeRole(_) | Provider::WebIdentity(_) | Provider::Sso(_) | Provider::Imds(_) => {
                Self::RoleSession
            }
            Provider::MfaSession(_) => Self::UserSession { mfa: true },
            Provider::Container(_) | Provider::Static(_) | Provider::Login(_) | Provider::Process(_) => {
                Self::Unknown
            }
        }
    }
}

impl Circumstances<'_> {
    fn origin(&self) -> Origin {
        self.keys.map_or(Origin::Unknown, |keys| keys.origin)
    }
}

/// Whether the message holds these words, in capitals or not.
fn says(error: &AwsError, words: &str) -> bool {
    error.message.to_ascii_lowercase().contains(words)
}

//! Who calls: keys that may change from attempt to attempt.

use std::fmt;
use std::pin::Pin;

use types::Secret;

/// Gives the keys that the next attempt is signed with. Keys themselves are one: they stay the same.
pub trait Identity: fmt::Debug + Send + Sync {
    fn keys(&self) -> KeysAsked<'_>;

    /// The service says that these have expired, whatever was known of their end: the next question wants others, if there
    /// are any.
    fn expired(&self, _keys: &Keys) {}
}

/// A question for keys, under way.
pub type KeysAsked<'a> = Pin<Box<dyn Future<Output = Result<Keys, IdentityError>> + Send + 'a>>;

/// What requests are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
}

/// There are no keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct IdentityError {
    /// Stable, for machines.
    pub code: &'static str,
    /// Which source, where, and what happened. No secret.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl Identity for Keys {
    fn keys(&self) -> KeysAsked<'_> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

//! What a source gives.

use client::Keys;
use types::{Secret, Timestamp};

/// Credentials as a source gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
    /// `None`: they do not end.
    pub expiration: Option<Timestamp>,
    pub account_id: Option<String>,
    /// The role or user where the source names it.
    pub arn: Option<String>,
}

/// What of them signs.
impl From<&Resolved> for Keys {
    fn from(resolved: &Resolved) -> Self {
        Self {
            access_key_id: resolved.access_key_id.clone(),
            secret_access_key: resolved.secret_access_key.clone(),
            session_token: resolved.session_token.clone(),
        }
    }
}

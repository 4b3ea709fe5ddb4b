//! A set of AWS credentials.

use crate::{AccessKeyId, Secret, Timestamp};

/// What signs a request: key id, secret and, for temporary sets, session token and end of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub access_key_id: AccessKeyId,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
    /// `None` for long-term keys.
    pub expiration: Option<Timestamp>,
}

//! Signing, by header and by query.
//!
//! Rule: what is signed is what goes out. Whatever verifiers would read differently is refused here, before it is sent.

mod checks;
mod header;
mod presign;
mod scratch;
#[cfg(test)]
mod tests;

use types::{Secret, Timestamp};

use crate::canonical::CanonicalError;
use crate::{FieldChoice, Scope, ScopeError, ServiceRules, Signature, SigningKey};

pub(crate) use checks::{check_request, check_signer};
pub use header::{Authorization, Signed, sign, sign_in_steps, sign_with};
pub use presign::{MAX_EXPIRES_SECS, PresignError, Presigned, presign, presign_in_steps, presign_with};
pub use scratch::Scratch;

/// Who signs, when and for what.
#[derive(Clone, Copy, Debug)]
pub struct SigningParams<'a> {
    pub access_key_id: &'a str,
    pub session_token: Option<&'a Secret<String>>,
    /// The key of exactly this scope: [`SigningKey::derive`] or [`crate::KeyCache::key`].
    pub key: &'a SigningKey,
    pub scope: Scope<'a>,
    pub time: Timestamp,
    pub rules: &'a ServiceRules,
    /// Which fields are signed; the default is all that may be.
    pub fields: FieldChoice<'a>,
}

/// The steps of a signature, in words (IAM User Guide, "Elements of an AWS API request signature").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    pub canonical_request: Secret<String>,
    pub string_to_sign: String,
    pub signature: Signature,
}

/// The request cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error(transparent)]
    Scope(#[from] ScopeError),
    #[error("there is no host header to sign; add one, or `:authority` as host")]
    NoHost,
    #[error("the request bears {0} already; signing adds it: remove it")]
    AlreadyPresent(&'static str),
    #[error("the access key id is empty; name the key that signs")]
    EmptyKeyId,
    #[error("the access key id begins or ends with white space; remove it where the id is kept")]
    SpaceAroundKeyId,
    #[error("the access key id holds {0:?}; it is made of letters and digits")]
    KeyIdCharacter(char),
    #[error(
        "the session token is empty, begins or ends with white space, or holds a control character; copy it again"
    )]
    BrokenToken,
    #[error("the header {0} must be signed; do not leave it out")]
    MustBeSigned(String),
    #[error("the payload text is neither 64 hexadecimal digits nor one of the keywords in upper case")]
    PayloadText,
    #[error("the day of the scope is not the day of the signature; take both from one time")]
    ScopeDay,
}

/// The headers that a signature may add, by whichever algorithm: a request that bears one is signed already.
pub const SIGNATURE_HEADERS: [&str; 6] = [
    "authorization",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-region-set",
    "x-amz-s3session-token",
    "x-amz-security-token",
];

/// Headers that would be a second signature beside one in the query, or a second of one of its parameters.
pub(crate) const QUERY_SIGNATURE_HEADERS: [&str; 5] =
    ["authorization", "x-amz-date", "x-amz-region-set", "x-amz-s3session-token", "x-amz-security-token"];

//! JSON web tokens (RFC 7519) in compact form (RFC 7515): taken apart, before anything in them counts.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::key::Algorithm;
use crate::ServiceError;
use crate::sts::refusal;

/// A token whose three parts could be read. Nothing of it is verified.
#[derive(Debug)]
pub(super) struct Token<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    key_id: String,
    claims: Map<String, Value>,
}

/// What counts of a header. `jwk`, `jku`, `x5u` and `x5c`, by which a token would bring its own key, are not read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    crit: Option<Value>,
}

/// Takes a token apart.
pub(super) fn parse(text: &str) -> Result<Token<'_>, ServiceError> {
    let (signed, signature) = text.rsplit_once('.').ok_or_else(not_a_token)?;
    let (header, claims) = signed.split_once('.').ok_or_else(not_a_token)?;
    if text.len() > MAX_TOKEN || claims.contains('.') {
        return Err(not_a_token());
    }
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| not_a_token())?;
    // Extensions that must be understood are none of those that are (RFC 7515 section 4.1.11).
    if header.crit.is_some() {
        return Err(not_a_token());
    }
    Ok(Token {
        signed,
        signature: decoded(signature)?,
        algorithm: header.alg.parse().map_err(|_| not_a_token())?,
        key_id: header.kid,
        claims: serde_json::from_slice(&decoded(claims)?).map_err(|_| not_a_token())?,
    })
}

impl Token<'_> {
    /// The bytes that were signed.
    pub(super) fn signed(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Empty where the token names no key.
    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Who says to have made it.
    pub(super) fn issuer(&self) -> Result<&str, ServiceError> {
        self.required("iss")?.as_str().ok_or_else(super::not_validated)
    }

    /// A claim that must be there, be it `null`.
    pub(super) fn required(&self, name: &str) -> Result<&Value, ServiceError> {
        let missing = || refusal::invalid_identity_token(format!("Missing a required claim: {name}"));
        self.claims.get(name).ok_or_else(missing)
    }

    pub(super) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// Claims whose names begin so, without the beginning.
    pub(super) fn claims_under<'b>(&'b self, start: &'b str) -> impl Iterator<Item = (&'b str, &'b Value)> {
        self.claims.iter().filter_map(move |(name, value)| Some((name.strip_prefix(start)?, value)))
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, ServiceError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| not_a_token())
}

fn not_a_token() -> ServiceError {
    refusal::invalid_identity_token(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    )
}

/// As long as AWS's model lets one be.
const MAX_TOKEN: usize = 20_000;

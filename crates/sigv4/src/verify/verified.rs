//! What a good signature says of a request.

use std::fmt;

use types::Timestamp;

use super::body::BodyRule;
use super::claim::Claim;
use super::refusal::{Refusal, Teller, s3};
use crate::key::sha256;
use crate::v4a::{EcdsaPublicKey, EcdsaScope, EcdsaSignature};
use crate::{Family, Scope, Signature, SigningKey};

/// A request whose signature is good: by whom, for what, of what.
#[derive(Clone)]
pub struct Verified<'r> {
    /// Whose secret made the signature.
    pub access_key_id: &'r str,
    pub mechanism: Mechanism,
    pub algorithm: Algorithm,
    /// The day of the scope, `yyyymmdd` in UTC.
    pub day: [u8; 8],
    /// The region of the scope; none in SigV4a.
    pub region: Option<&'r str>,
    /// The signing name of the scope: the endpoint's.
    pub service: &'r str,
    /// When it was signed.
    pub time: Timestamp,
    /// From when on it is good no longer.
    pub expires: Timestamp,
    /// What remains to be checked of the body.
    pub body: BodyRule<'r>,
    token: Option<&'r str>,
    date: &'r str,
    signed_headers: &'r str,
    proven: Proven,
    family: Family,
    decoded_length: Option<&'r [u8]>,
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// In the authorization header.
    Header,
    /// In the query: a presigned URL.
    Query,
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SigV4.
    Hmac,
    /// SigV4a.
    Ecdsa,
}

/// Where the signatures of a body's chunks or events begin.
#[derive(Clone, Copy, Debug)]
pub struct Seed<'a> {
    pub key: SeedKey<'a>,
    /// The date as the request bears it: it stands in what is signed.
    pub date: &'a str,
}

/// Who signs the chunks, and with what the chain begins.
#[derive(Clone, Copy, Debug)]
pub enum SeedKey<'a> {
    Hmac { key: &'a SigningKey, scope: Scope<'a>, signature: Signature },
    Ecdsa { key: &'a EcdsaPublicKey, scope: EcdsaScope<'a>, signature: EcdsaSignature },
}

/// The key that proved it, and the signature it proved.
#[derive(Clone)]
pub(super) enum Proven {
    Hmac { key: SigningKey, signature: Signature },
    Ecdsa { key: EcdsaPublicKey, signature: EcdsaSignature },
}

impl<'r> Verified<'r> {
    pub(super) fn new(
        claim: &Claim<'r>,
        proven: Proven,
        body: BodyRule<'r>,
        family: Family,
        decoded_length: Option<&'r [u8]>,
    ) -> Self {
        Self {
            access_key_id: claim.access_key_id,
            mechanism: claim.mechanism,
            algorithm: claim.algorithm,
            day: claim.day,
            region: claim.region,
            service: claim.service,
            time: claim.time.time,
            expires: claim.expires,
            body,
            token: claim.token,
            date: claim.time.text,
            signed_headers: claim.names.text(),
            proven,
            family,
            decoded_length,
        }
    }

    /// The names of the signed headers, in lower case, as listed.
    pub fn signed_headers(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        self.signed_headers.split(';').filter(|name| !name.is_empty())
    }

    /// The session token that came with the request; the keys have accepted it.
    pub fn session_token(&self) -> Option<&'r str> {
        self.token
    }

    /// Compares the whole body with the hash that was signed; a body that is not signed, or was checked, is any. Costs a hash of the
    /// body. S3 makes this check after the bucket was found, for PUT and POST.
    ///
    /// # Errors
    /// The body is another than was signed; or it comes in chunks or events, which only their readers can check.
    pub fn check_body(&self, body: &[u8]) -> Result<(), Refusal> {
        match self.body {
            BodyRule::Sha256 { .. } => self.check_body_sha256(&sha256(body)),
            _ => self.check_body_sha256(&[0; 32]),
        }
    }

    /// As [`check_body`](Self::check_body), of a body that was hashed as it came.
    pub fn check_body_sha256(&self, computed: &[u8; 32]) -> Result<(), Refusal> {
        match self.body {
            BodyRule::Sha256 { expected, sent } if expected != *computed => {
                let computed = crate::payload::hex(computed);
                let computed = str::from_utf8(&computed).expect("hexadecimal is ASCII");
                Err(Teller { family: self.family, service: self.service }.payload(sent, computed))
            }
            BodyRule::Chunked(_) | BodyRule::Events => Err(s3::streamed()),
            BodyRule::Sha256 { .. } | BodyRule::Checked | BodyRule::Unsigned => Ok(()),
        }
    }

    /// The length of the data within a body in chunks, in bytes; 0 for other bodies.
    pub fn decoded_length(&self) -> Result<u64, Refusal> {
        if !matches!(self.body, BodyRule::Chunked(_)) {
            return Ok(0);
        }
        let text = self.decoded_length.and_then(|text| str::from_utf8(text).ok());
        let digits = text.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(s3::no_decoded_length)
    }

    /// Where the signatures of chunks and events begin.
    pub fn seed(&self) -> Seed<'_> {
        let (date, service) = (self.day, self.service);
        let key = match &self.proven {
            Proven::Hmac { key, signature } => {
                let scope = Scope { date, region: self.region.unwrap_or_default(), service };
                SeedKey::Hmac { key, scope, signature: *signature }
            }
            Proven::Ecdsa { key, signature } => {
                SeedKey::Ecdsa { key, scope: EcdsaScope { date, service }, signature: *signature }
            }
        };
        Seed { key, date: self.date }
    }
}

/// Without the token.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("access_key_id", &self.access_key_id)
            .field("mechanism", &self.mechanism)
            .field("algorithm", &self.algorithm)
            .field("region", &self.region)
            .field("service", &self.service)
            .field("time", &self.time)
            .field("expires", &self.expires)
            .field("signed_headers", &self.signed_headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

//! SigV4a: signatures by ECDSA over P-256, good for a set of regions.
//!
//! The scope bears no region; the regions stand in `X-Amz-Region-Set`, which is signed. Whoever verifies needs only the public
//! half of a pair that both sides derive from access key id and secret (facts/sigv4.md section 1.7; IAM User Guide,
//! "AWS Signature Version 4A"; RFC 6979 for the nonce).

mod cache;
mod key;
mod region_set;
mod sign;
mod signature;

pub use cache::EcdsaKeyCache;
pub use key::{EcdsaKey, EcdsaPublicKey, PublicKeyError};
pub use region_set::RegionSet;
pub use sign::{EcdsaParams, EcdsaPresigned, EcdsaSignError, EcdsaSigned, EcdsaSteps, presign, sign};
pub use signature::{EcdsaSignature, EcdsaSignatureError, PADDED_LENGTH};

use sha2::Digest as _;

use crate::TERMINATOR;
use crate::payload::write_hex;

/// The algorithm of an asymmetric signature, as it stands in header and query.
pub const ALGORITHM: &str = "AWS4-ECDSA-P256-SHA256";

/// The header that names the regions a signature is good for; the query bears [`REGION_SET_PARAMETER`].
pub const REGION_SET_HEADER: &str = "x-amz-region-set";

/// The parameter that names the regions a presigned URL is good for.
pub const REGION_SET_PARAMETER: &str = "X-Amz-Region-Set";

/// What a signature of this kind is good for: one day, one service, whatever the regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EcdsaScope<'a> {
    /// `yyyymmdd` in UTC.
    pub date: [u8; 8],
    /// The signing name.
    pub service: &'a str,
}

impl EcdsaScope<'_> {
    /// Appends `20261121/s3/aws4_request`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.date);
        for part in [self.service, TERMINATOR] {
            out.push(b'/');
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// The text that is signed. `date` stands in it as the request bears it.
pub fn string_to_sign(date: &[u8], scope: &EcdsaScope<'_>, canonical_request: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(160);
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(date);
    out.push(b'\n');
    scope.write(&mut out);
    out.push(b'\n');
    write_hex(&sha2::Sha256::digest(canonical_request), &mut out);
    out
}

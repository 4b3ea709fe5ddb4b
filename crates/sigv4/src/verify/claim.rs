//! What a request says of its signature, after the checks that need no key.

use types::Timestamp;

use super::body::Told;
use super::names::SignedList;
use super::verified::{Algorithm, Mechanism};
use crate::RequestTime;

/// Complete, in time, scoped to this endpoint, and not proven.
pub(super) struct Claim<'r> {
    pub(super) mechanism: Mechanism,
    pub(super) algorithm: Algorithm,
    /// The algorithm as sent: S3 reads it in any case, and it is signed as sent.
    pub(super) scheme: &'r str,
    pub(super) access_key_id: &'r str,
    /// The day of the scope, which is that of the request.
    pub(super) day: [u8; 8],
    /// None in SigV4a.
    pub(super) region: Option<&'r str>,
    pub(super) service: &'r str,
    pub(super) time: RequestTime<'r>,
    /// When it ends, at the latest.
    pub(super) expires: Timestamp,
    pub(super) names: SignedList<'r>,
    pub(super) signature: &'r str,
    pub(super) token: Option<&'r str>,
    pub(super) content_sha256: Option<&'r str>,
    /// What that says; none where it says nothing that is known.
    pub(super) told: Option<Told>,
}

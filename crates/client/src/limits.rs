//! How long and how much: one allowance per phase of an exchange.

use std::time::Duration;

/// Bounds of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the look-up of the name until TLS stands.
    pub connect: Duration,
    /// From the last byte of the request until the head of the answer is read.
    pub head: Duration,
    /// The exchange as a whole, body included.
    pub total: Duration,
    /// Bytes of the answer's body.
    pub body: usize,
}

impl Limits {
    /// For credential documents: `timeout` for each phase, twice that for the whole, 1 MiB.
    pub const fn document(timeout: Duration) -> Self {
        Self { connect: timeout, head: timeout, total: timeout.saturating_mul(2), body: DOCUMENT }
    }
}

/// For services of AWS. They answer within a second; botocore waits a minute, which is more than anybody else does.
impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            head: Duration::from_secs(10),
            total: Duration::from_secs(15),
            body: DOCUMENT,
        }
    }
}

/// Answers with credentials have less than 4 KiB; IAM's longest documents a few hundred.
const DOCUMENT: usize = 1 << 20;

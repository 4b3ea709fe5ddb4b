//! How far AWS's clocks are from this machine's, told by the `Date` of answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use types::Timestamp;

/// An offset that all clones share; none until somebody has answered.
#[derive(Clone, Debug)]
pub struct Skew(Arc<AtomicI64>);

impl Skew {
    /// An answer that bore `remote` was read at `local`. `Date` is cut to seconds, and the answer was under way: less than a
    /// few seconds are no skew.
    pub fn observe(&self, local: Timestamp, remote: Timestamp) {
        let offset = remote.millis().saturating_sub(local.millis());
        let offset = if offset.unsigned_abs() < NOISE_MS { 0 } else { offset };
        self.0.store(offset, Ordering::Release);
    }

    /// Milliseconds by which AWS's clocks are ahead; `None` before the first answer.
    pub fn millis(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Acquire)).filter(|offset| *offset != UNKNOWN)
    }

    /// The time at AWS when it is `local` here.
    pub fn at_aws(&self, local: Timestamp) -> Timestamp {
        Timestamp::from_millis(local.millis().saturating_add(self.millis().unwrap_or(0)))
    }

    /// Whether signatures with our own time would be refused.
    pub fn is_large(&self) -> bool {
        self.millis().is_some_and(|offset| Duration::from_millis(offset.unsigned_abs()) > TOLERATED)
    }
}

impl Default for Skew {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(UNKNOWN)))
    }
}

const UNKNOWN: i64 = i64::MIN;
const NOISE_MS: u64 = 3_000;
/// AWS takes requests up to five minutes old (facts/sigv4.md); SDKs correct from four on.
const TOLERATED: Duration = Duration::from_secs(240);

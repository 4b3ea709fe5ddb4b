//! How far AWS's clocks are from this machine's, told by the `Date` of answers.
//!
//! Rule: measured, never guessed. Decisions about expiry use the corrected time, and a user hears of a clock that is off
//! by more than five minutes, where AWS begins to refuse signatures.

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

    /// The same where it is known when the question left: what lies within the exchange, however slow, is no skew.
    pub fn observe_exchange(&self, sent: Timestamp, received: Timestamp, remote: Timestamp) {
        if remote > received {
            self.observe(received, remote);
        } else if remote < sent {
            self.observe(sent, remote);
        } else {
            self.0.store(0, Ordering::Release);
        }
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

    /// What a user should know about this machine's clock; nothing where it is right enough.
    pub fn warning(&self) -> Option<String> {
        let offset = self.millis().filter(|offset| offset.unsigned_abs() > REPORTED_MS)?;
        let minutes = offset.unsigned_abs().div_ceil(60_000);
        let side = if offset > 0 { "behind" } else { "ahead of" };
        Some(format!(
            "this machine's clock is {minutes} minutes {side} AWS's, which refuses signatures that are more than 5 minutes \
             off; set the clock, or switch time synchronisation on"
        ))
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
const REPORTED_MS: u64 = 300_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// The offset in seconds after an exchange from `sent` to `received` whose reply is dated `remote`.
    fn measured(sent: i64, received: i64, remote: i64) -> Option<i64> {
        let skew = Skew::default();
        let [sent, received, remote] = [sent, received, remote].map(Timestamp::from_secs);
        skew.observe_exchange(sent, received, remote);
        skew.millis().map(|millis| millis / 1000)
    }

    #[test]
    fn what_the_exchange_explains_is_no_skew() {
        assert_eq!(measured(1000, 1001, 1000), Some(0));
        assert_eq!(measured(1000, 1020, 1005), Some(0), "a slow answer");
        assert_eq!(measured(1000, 1001, 1003), Some(0), "seconds that `Date` and the network cost");
        assert_eq!(measured(1000, 1001, 998), Some(0));
        assert_eq!(Skew::default().millis(), None);
    }

    #[test]
    fn what_it_does_not_explain_is() {
        assert_eq!(measured(1000, 1001, 1601), Some(600));
        assert_eq!(measured(1600, 1620, 1000), Some(-600));
    }

    #[test]
    fn expiry_is_judged_by_awss_time_and_five_minutes_are_reported() {
        let (skew, now) = (Skew::default(), Timestamp::from_secs(1000));
        assert_eq!((skew.at_aws(now), skew.warning(), skew.is_large()), (now, None, false));
        skew.clone().observe(now, Timestamp::from_secs(1300));
        assert_eq!((skew.at_aws(now), skew.warning()), (Timestamp::from_secs(1300), None));
        skew.observe(now, Timestamp::from_secs(1301));
        assert!(skew.warning().is_some_and(|text| text.contains("6 minutes behind")), "{skew:?}");
        skew.observe(now, Timestamp::from_secs(99));
        assert!(skew.is_large() && skew.warning().is_some_and(|text| text.contains("ahead of")), "{skew:?}");
    }
}

//! How far AWS's clocks are from this machine's, told by the `Date` of answers.
//!
//! Rule: measured, never guessed. Decisions about expiry use the corrected time, and a user hears of a clock that is off
//! by more than five minutes, where AWS begins to refuse signatures.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use types::Timestamp;

use crate::response::http_date;

/// An offset that all clones share; none until somebody has answered.
#[derive(Clone, Debug, Default)]
pub struct Skew(Arc<Offsets>);

#[derive(Debug)]
struct Offsets {
    measured: AtomicI64,
    /// What signatures are corrected by: nothing until a service has refused one for its time.
    adopted: AtomicI64,
}

impl Skew {
    /// An answer that bore `remote` was read at `local`. `Date` is cut to seconds, and the answer was under way: less than a
    /// few seconds are no skew.
    pub fn observe(&self, local: Timestamp, remote: Timestamp) {
        let offset = remote.millis().saturating_sub(local.millis());
        let offset = if offset.unsigned_abs() < NOISE_MS { 0 } else { offset };
        self.0.measured.store(offset, Ordering::Release);
    }

    /// The same where it is known when the question left. What lies within the exchange, however slow, is no skew; else it is
    /// counted from the middle. Exchanges of more than a quarter of an hour tell nothing: the machine slept.
    pub fn observe_exchange(&self, sent: Timestamp, received: Timestamp, remote: Timestamp) {
        if received.since(sent) > LONGEST_EXCHANGE {
            return;
        }
        if (sent..=received).contains(&remote) {
            self.0.measured.store(0, Ordering::Release);
        } else {
            self.observe(sent + received.since(sent) / 2, remote);
        }
    }

    /// The same by an answer's header. An answer with `Age` was written for somebody else some time ago.
    pub fn observe_answer<'h>(
        &self,
        sent: Timestamp,
        received: Timestamp,
        header: &dyn Fn(&str) -> Option<&'h str>,
    ) {
        if header("age").is_some() {
            return;
        }
        if let Some(remote) = header("date").and_then(http_date) {
            self.observe_exchange(sent, received, remote);
        }
    }

    /// Corrects signatures by what was measured last, if that is more than services tolerate and more than a trifle beside what
    /// they are corrected by already. Returns the offset in milliseconds.
    pub fn adopt(&self) -> Option<i64> {
        let measured = self.millis()?;
        let adopted = self.0.adopted.load(Ordering::Acquire);
        let change = Duration::from_millis(measured.saturating_sub(adopted).unsigned_abs());
        if change <= TOLERATED {
            return None;
        }
        self.0.adopted.store(measured, Ordering::Release);
        Some(measured)
    }

    /// The time that signatures bear when it is `local` here.
    pub fn signing_time(&self, local: Timestamp) -> Timestamp {
        Timestamp::from_millis(local.millis().saturating_add(self.0.adopted.load(Ordering::Acquire)))
    }

    /// Milliseconds by which AWS's clocks are ahead; `None` before the first answer.
    pub fn millis(&self) -> Option<i64> {
        Some(self.0.measured.load(Ordering::Acquire)).filter(|offset| *offset != UNKNOWN)
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

impl Default for Offsets {
    fn default() -> Self {
        Self { measured: AtomicI64::new(UNKNOWN), adopted: AtomicI64::new(0) }
    }
}

const UNKNOWN: i64 = i64::MIN;
const NOISE_MS: u64 = 3_000;
/// AWS takes requests up to five minutes old (facts/sigv4.md); SDKs correct from four on.
const TOLERATED: Duration = Duration::from_secs(240);
const REPORTED_MS: u64 = 300_000;
/// As Go's SDK has it.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(900);

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
        assert_eq!(measured(1600, 1620, 1000), Some(-610), "from the middle");
        assert_eq!(measured(1000, 1901, 5000), None, "the machine slept");
    }

    #[test]
    fn answers_from_a_cache_tell_nothing() {
        let (skew, now) = (Skew::default(), Timestamp::from_secs(1000));
        let date = Timestamp::from_secs(9000).http_date();
        let cached = |name: &str| Some(if name == "age" { "7" } else { date.as_str() });
        skew.observe_answer(now, now, &cached);
        assert_eq!(skew.millis(), None);
        skew.observe_answer(now, now, &|name| (name == "date").then_some(date.as_str()));
        assert_eq!(skew.millis(), Some(8_000_000));
    }

    #[test]
    fn signatures_are_corrected_by_what_was_adopted_only() {
        let (skew, now) = (Skew::default(), Timestamp::from_secs(10_000));
        assert_eq!(skew.adopt(), None);
        skew.observe(now, Timestamp::from_secs(10_200));
        assert_eq!((skew.adopt(), skew.signing_time(now)), (None, now), "services take that");
        skew.observe(now, Timestamp::from_secs(10_700));
        assert_eq!(skew.signing_time(now), now);
        assert_eq!((skew.adopt(), skew.signing_time(now)), (Some(700_000), Timestamp::from_secs(10_700)));
        assert_eq!(skew.adopt(), None, "once");
        skew.observe(now, now);
        assert_eq!((skew.adopt(), skew.signing_time(now)), (Some(0), now), "the clock was set meanwhile");
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

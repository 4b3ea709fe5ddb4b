//! How much time may go into finding out who calls.
//!
//! Rule: time is what is counted, not look-ups: one may take microseconds or, on a machine with thousands of processes,
//! milliseconds.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A bucket of time.
#[derive(Debug)]
pub(super) struct Budget(Mutex<Level>);

#[derive(Debug)]
struct Level {
    left: Duration,
    /// Spent beyond what there was, by whom had to be served.
    owed: Duration,
    at: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self(Mutex::new(Level { left: DEPTH, owed: Duration::ZERO, at: now }))
    }

    /// Whether anything is left.
    pub(super) fn affords(&self, now: Instant) -> bool {
        let mut level = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        level.refill(now);
        !level.left.is_zero()
    }

    /// Takes what was spent. Debts are bounded: those who had to be served do not use up the time of others for long.
    pub(super) fn spend(&self, spent: Duration) {
        let mut level = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = spent.saturating_sub(level.left);
        level.left = level.left.saturating_sub(spent);
        level.owed = (level.owed + over).min(DEPTH);
    }
}

impl Level {
    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.at) * PER_SECOND_MS / 1000;
        self.at = now;
        let paid = gained.min(self.owed);
        self.owed -= paid;
        self.left = (self.left + (gained - paid)).min(DEPTH);
    }
}

/// What may be spent at once: on more than a thousand programs that call again, or two hundred that were just started.
const DEPTH: Duration = Duration::from_millis(100);
/// Milliseconds that are added in a second: one in a hundred of one processor. It is what a flood of connections costs
/// beyond answering them.
const PER_SECOND_MS: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_comes_back_slowly() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let budget = Budget::new(start);
        assert!(budget.affords(start));
        budget.spend(DEPTH);
        assert!(!budget.affords(start));
        assert!(budget.affords(after(1000)));
        budget.spend(Duration::from_millis(10));
        assert!(!budget.affords(after(1000)));
        // Debts are paid first, and no more than DEPTH of them.
        budget.spend(Duration::from_secs(3600));
        assert!(!budget.affords(after(10_900)));
        assert!(budget.affords(after(11_100)));
    }
}

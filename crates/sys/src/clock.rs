//! The time of day, real or set by a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use types::Timestamp;

/// Tells the time. Clones tell the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

/// Moves the clocks that were taken from it.
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<AtomicI64>);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Fake(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The time in milliseconds; a system clock set before 1970 reads as 1970.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => system_time(),
            Source::Fake(millis) => Timestamp::from_millis(millis.load(Ordering::Acquire)),
        }
    }
}

impl FakeClock {
    pub fn new(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.millis())))
    }

    /// A clock that stands still until this handle moves it.
    pub fn clock(&self) -> Clock {
        Clock(Source::Fake(Arc::clone(&self.0)))
    }

    pub fn set(&self, at: Timestamp) {
        self.0.store(at.millis(), Ordering::Release);
    }

    pub fn advance(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::AcqRel);
    }
}

#[allow(clippy::disallowed_methods, reason = "this crate is the door")]
fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::EPOCH + since_epoch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fake_clock_moves_all_its_clones() {
        let fake = FakeClock::new(Timestamp::from_secs(100));
        let (one, two) = (fake.clock(), fake.clock().clone());
        fake.advance(Duration::from_millis(1500));
        assert_eq!(
            (one.now(), two.now()),
            (Timestamp::from_millis(101_500), Timestamp::from_millis(101_500))
        );
        fake.set(Timestamp::EPOCH);
        assert_eq!(two.now(), Timestamp::EPOCH);
    }

    #[test]
    fn system_clock_is_past_the_day_this_was_written() {
        assert!(Clock::system().now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }
}

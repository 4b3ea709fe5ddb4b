//! Time between attempts, real or simulated.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

/// Passes time.
pub trait Pace: fmt::Debug + Send + Sync {
    /// Since any moment that stays the same.
    fn now(&self) -> Duration;
    fn pause(&self, wait: Duration) -> Pausing<'_>;
}

/// A pause under way.
pub type Pausing<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The runtime's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct RealTime {
    began: Instant,
}

impl RealTime {
    pub(super) fn from_now() -> Self {
        Self { began: Instant::now() }
    }
}

impl Pace for RealTime {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn pause(&self, wait: Duration) -> Pausing<'_> {
        Box::pin(tokio::time::sleep(wait))
    }
}

//! Steps of time: RFC 6238 section 4, with T0 = 0 and X = 30 seconds, as AWS's devices count.

use std::time::Duration;

use types::Timestamp;

/// How long one code is in force.
pub const PERIOD: Duration = Duration::from_secs(SECONDS as u64);

/// The number of a span of 30 seconds since the epoch; each has one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(pub u64);

impl Step {
    /// The step that `now` lies in.
    pub fn at(now: Timestamp) -> Self {
        // A `Timestamp` does not lie before the epoch.
        Self(u64::try_from(now.secs() / SECONDS).unwrap_or(0))
    }

    /// When it begins.
    pub fn start(self) -> Timestamp {
        Timestamp::from_secs(i64::try_from(self.0).unwrap_or(i64::MAX).saturating_mul(SECONDS))
    }

    /// When the next one begins.
    pub fn end(self) -> Timestamp {
        self.next().start()
    }

    /// What is left of it; nothing once it is over.
    pub fn left(self, now: Timestamp) -> Duration {
        self.end().since(now)
    }

    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

const SECONDS: i64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_every_thirty_seconds() {
        for (millis, step, left) in
            [(0, 0, 30_000), (29_999, 0, 1), (30_000, 1, 30_000), (1_111_111_109_000, 37_037_036, 1_000)]
        {
            let now = Timestamp::from_millis(millis);
            assert_eq!(Step::at(now), Step(step), "{millis}");
            assert_eq!(Step::at(now).left(now), Duration::from_millis(left), "{millis}");
            assert!(Step::at(now).start() <= now && now < Step::at(now).end());
        }
        assert_eq!(Step(u64::MAX).end(), Timestamp::MAX);
        assert_eq!(Step(0).left(Timestamp::from_secs(31)), Duration::ZERO);
    }
}

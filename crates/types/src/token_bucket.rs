//! A bucket of tokens that fills as time goes by: what AWS throttles its APIs with.
//!
//! Rule: exact integers, in millionths of a token; no timer, no lock. The bucket keeps one number, the time at which it will be full,
//! counted in what flows into it until then. Source: EC2 Developer Guide, "Request throttling for the Amazon EC2 API".

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::Timestamp;

/// How much a bucket holds and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketRate {
    /// Millionths of a token.
    capacity: i64,
    /// Millionths of a token in a millisecond.
    per_milli: i64,
}

/// A bucket, full at first. Its rate comes with every call, so that a thousand of them share one.
#[derive(Debug)]
pub struct TokenBucket {
    /// Times count from here, so that their product with a rate stays small.
    origin: Timestamp,
    /// When it is full, in millionths of a token since the origin.
    full_at: AtomicI64,
}

/// There are not as many tokens as were asked for. Nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bucket holds too few tokens")]
pub struct TooFewTokens {
    /// When there will be as many, if nobody else takes any; `None` where the bucket never holds so many.
    pub wait: Option<Duration>,
}

impl BucketRate {
    /// `capacity` tokens, and `per_second` flow in each second. Both are at most 100,000.
    pub const fn new(capacity: u32, per_second: u32) -> Self {
        let (capacity, per_second) = (least(capacity), least(per_second));
        Self { capacity: capacity * MICRO, per_milli: per_second * (MICRO / 1000) }
    }

    /// So many percent of both; at least one token fits, and a thousandth of one flows in each second.
    #[must_use]
    pub fn scaled(self, percent: u32) -> Self {
        let share = |whole: i64| whole.saturating_mul(i64::from(percent)) / 100;
        Self { capacity: share(self.capacity).max(MICRO), per_milli: share(self.per_milli).max(1) }
    }

    /// Whole tokens that fit.
    pub fn capacity(self) -> u64 {
        (self.capacity / MICRO).unsigned_abs()
    }

    /// Tokens that flow in each second.
    pub fn per_second(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a million millionths are exact")]
        let thousandths = self.per_milli as f64;
        thousandths / 1000.0
    }
}

impl TokenBucket {
    /// A full one.
    pub fn new(origin: Timestamp) -> Self {
        Self { origin, full_at: AtomicI64::new(i64::MIN) }
    }

    /// Takes so many tokens, or none.
    ///
    /// # Errors
    /// Where there are fewer.
    pub fn take(&self, rate: BucketRate, now: Timestamp, tokens: u32) -> Result<(), TooFewTokens> {
        let (cost, now) = (i64::from(tokens) * MICRO, self.flowed(rate, now));
        let brim = now.saturating_add(rate.capacity);
        let mut seen = self.full_at.load(Ordering::Relaxed);
        loop {
            // Later than the brim only after the clock was set back, or the rate lowered: then the bucket is empty now, and fills from
            // here on.
            let held = seen.max(now).min(brim);
            let emptied = held.saturating_add(cost);
            let refused = (emptied > brim).then(|| TooFewTokens { wait: rate.wait(cost, emptied - brim) });
            let left = if refused.is_some() { held } else { emptied };
            if refused.is_some() && seen <= brim {
                return refused.map_or(Ok(()), Err);
            }
            let swapped =
                self.full_at.compare_exchange_weak(seen, left, Ordering::Relaxed, Ordering::Relaxed);
            match swapped {
                Ok(_) => return refused.map_or(Ok(()), Err),
                Err(newer) => seen = newer,
            }
        }
    }

    /// Whole tokens that are there.
    pub fn level(&self, rate: BucketRate, now: Timestamp) -> u64 {
        let now = self.flowed(rate, now);
        let missing = self.full_at.load(Ordering::Relaxed).saturating_sub(now).clamp(0, rate.capacity);
        ((rate.capacity - missing) / MICRO).unsigned_abs()
    }

    /// Whether nothing is missing.
    pub fn is_full(&self, rate: BucketRate, now: Timestamp) -> bool {
        self.full_at.load(Ordering::Relaxed) <= self.flowed(rate, now)
    }

    /// Makes it full.
    pub fn fill(&self) {
        self.full_at.store(i64::MIN, Ordering::Relaxed);
    }

    /// What flows in between the origin and this time.
    fn flowed(&self, rate: BucketRate, now: Timestamp) -> i64 {
        (now.millis() - self.origin.millis()).saturating_mul(rate.per_milli)
    }
}

impl BucketRate {
    fn wait(self, cost: i64, missing: i64) -> Option<Duration> {
        let millis = missing.unsigned_abs().div_ceil(self.per_milli.unsigned_abs());
        (cost <= self.capacity).then(|| Duration::from_millis(millis))
    }
}

const fn least(tokens: u32) -> i64 {
    match tokens {
        0 => 1,
        1..=MOST => tokens as i64,
        _ => MOST as i64,
    }
}

/// Parts of a token that are counted.
const MICRO: i64 = 1_000_000;

/// Tokens in a bucket, and in a second: at this rate times are exact for three years after the origin, at what AWS publishes for
/// fifty.
const MOST: u32 = 100_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_795_000_000);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(START.millis() + millis)
    }

    fn granted(bucket: &TokenBucket, rate: BucketRate, now: Timestamp, calls: usize) -> usize {
        (0..calls).filter(|_| bucket.take(rate, now, 1).is_ok()).count()
    }

    #[test]
    fn fifty_at_once_then_ten_a_second() {
        let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(50, 10));
        assert_eq!(granted(&bucket, rate, START, 60), 50);
        assert_eq!(bucket.take(rate, START, 1).unwrap_err().wait, Some(Duration::from_millis(100)));
        for second in 1..=10 {
            assert_eq!(granted(&bucket, rate, at(second * 1000), 60), 10, "second {second}");
        }
        assert_eq!(granted(&bucket, rate, at(10_099), 1), 0);
        assert_eq!(granted(&bucket, rate, at(10_100), 2), 1);
        assert_eq!(granted(&bucket, rate, at(60_000), 60), 50, "more than its size it never holds");
    }

    #[test]
    fn many_tokens_are_taken_together_or_not_at_all() {
        let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(1000, 2));
        bucket.take(rate, START, 990).unwrap();
        assert_eq!(bucket.take(rate, START, 20).unwrap_err().wait, Some(Duration::from_secs(5)));
        assert_eq!(bucket.level(rate, START), 10);
        bucket.take(rate, START, 10).unwrap();
        assert_eq!(bucket.take(rate, START, 1001).unwrap_err().wait, None, "it never holds so many");
    }

    #[test]
    fn scale_keeps_fractions_and_one_token() {
        let half = BucketRate::new(2, 1).scaled(50);
        assert_eq!((half.capacity(), half.per_second()), (1, 0.5));
        let none = BucketRate::new(50, 10).scaled(0);
        assert_eq!((none.capacity(), none.per_second()), (1, 0.001));
        let double = BucketRate::new(5500, 5500).scaled(200);
        assert_eq!((double.capacity(), double.per_second()), (11_000, 11_000.0));
    }

    #[test]
    fn clock_that_is_set_back_leaves_no_bucket_empty_for_long() {
        let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(50, 10));
        bucket.take(rate, at(86_400_000), 50).unwrap();
        assert_eq!(granted(&bucket, rate, at(0), 1), 0);
        assert_eq!(granted(&bucket, rate, at(-3_600_000), 1), 0);
        assert_eq!(granted(&bucket, rate, at(-3_599_000), 60), 10, "it fills from then on");
        let (bucket, rate) = (TokenBucket::new(at(86_400_000)), BucketRate::new(50, 10));
        assert_eq!(granted(&bucket, rate, at(0), 60), 50);
        assert_eq!(granted(&bucket, rate, at(1000), 60), 10);
    }

    #[test]
    fn a_rate_that_is_lowered_shuts_no_bucket() {
        let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(50, 10));
        bucket.take(rate, at(3_600_000), 1).unwrap();
        let lower = rate.scaled(40);
        let refused = bucket.take(lower, at(3_600_000), 1).unwrap_err();
        assert_eq!(refused.wait, Some(Duration::from_millis(250)));
        assert_eq!(granted(&bucket, lower, at(3_600_250), 2), 1, "as was promised");
        assert_eq!(granted(&bucket, lower, at(3_610_250), 60), 20);
    }

    #[test]
    fn threads_together_get_what_there_is() {
        let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(1000, 10));
        let total: usize = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..4).map(|_| scope.spawn(|| granted(&bucket, rate, START, 400))).collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).sum()
        });
        assert_eq!(total, 1000);
    }

    /// The same by counting tokens: refilled at each step, cut at the brim.
    struct Counted {
        micros: u128,
        last: i64,
    }

    impl Counted {
        fn take(&mut self, (capacity, per_second): (u32, u32), millis: i64, tokens: u32) -> bool {
            let passed = u128::from((millis - self.last).unsigned_abs());
            self.last = millis;
            let brim = u128::from(capacity) * 1_000_000;
            self.micros = (self.micros + passed * u128::from(per_second) * 1000).min(brim);
            let cost = u128::from(tokens) * 1_000_000;
            let enough = self.micros >= cost;
            if enough {
                self.micros -= cost;
            }
            enough
        }
    }

    proptest! {
        #[test]
        fn agrees_with_counted_tokens(
            capacity in 1_u32..2000,
            per_second in 1_u32..6000,
            steps in prop::collection::vec((0_i64..5000, 1_u32..40), 1..200),
        ) {
            let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(capacity, per_second));
            let mut counted = Counted { micros: u128::from(capacity) * 1_000_000, last: 0 };
            let mut millis = 0;
            for (passed, tokens) in steps {
                millis += passed;
                let expected = counted.take((capacity, per_second), millis, tokens);
                let taken = bucket.take(rate, at(millis), tokens);
                prop_assert_eq!(taken.is_ok(), expected);
                prop_assert_eq!(u128::from(bucket.level(rate, at(millis))), counted.micros / 1_000_000);
            }
        }

        /// Whoever waits as long as he is told gets his tokens, and no millisecond earlier.
        #[test]
        fn waits_are_exact(capacity in 1_u32..200, per_second in 1_u32..3000, tokens in 1_u32..200) {
            let (bucket, rate) = (TokenBucket::new(START), BucketRate::new(capacity, per_second));
            prop_assert!(bucket.take(rate, START, capacity).is_ok());
            match bucket.take(rate, START, tokens).unwrap_err().wait {
                None => prop_assert!(tokens > capacity),
                Some(wait) => {
                    let millis = i64::try_from(wait.as_millis()).unwrap();
                    prop_assert!(bucket.take(rate, at(millis - 1), tokens).is_err());
                    prop_assert!(bucket.take(rate, at(millis), tokens).is_ok());
                }
            }
        }
    }
}

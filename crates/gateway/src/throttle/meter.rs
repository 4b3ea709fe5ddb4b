//! The buckets of one cell, and what came of whom asked them.
//!
//! Rule: plain atomics. A call costs a swap of the bucket, an addition and the second's tally.

use std::sync::atomic::{AtomicU64, Ordering};

use types::{BucketRate, Timestamp, TokenBucket, TooFewTokens};

/// One cell in one region.
#[derive(Debug)]
pub(super) struct Meter {
    /// At AWS's figures, for the report: whatever is enforced, this says what AWS would have done.
    aws: TokenBucket,
    /// At the figures that are enforced here, where they are others.
    own: TokenBucket,
    counts: Counts,
}

/// Tallies since the start, or since they were reset.
#[derive(Debug, Default)]
pub(super) struct Counts {
    taken: AtomicU64,
    refused: AtomicU64,
    refused_by_aws: AtomicU64,
    /// The second that is counted, in its upper half; in the lower what was asked in it.
    second: AtomicU64,
    /// The most that was asked in one.
    worst: AtomicU64,
}

/// Tallies at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) taken: u64,
    pub(super) refused: u64,
    pub(super) refused_by_aws: u64,
    /// The second in which most was asked, and how much.
    pub(super) worst: Option<(Timestamp, u32)>,
}

/// What is enforced of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Nothing.
    Watched,
    /// AWS's figures.
    AsAws,
    /// So many percent of them.
    Scaled(u32),
}

/// What came of asking.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Verdict {
    pub(super) refused: Option<TooFewTokens>,
    pub(super) refused_by_aws: bool,
}

impl Meter {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { aws: TokenBucket::new(now), own: TokenBucket::new(now), counts: Counts::default() }
    }

    pub(super) fn take(&self, rate: BucketRate, rule: Rule, now: Timestamp, tokens: u32) -> Verdict {
        let verdict = asked(&self.aws, &self.own, rate, rule, now, tokens);
        self.counts.count(verdict, now, tokens);
        verdict
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Whole tokens in the bucket that is enforced, or would be.
    pub(super) fn level(&self, rate: BucketRate, rule: Rule, now: Timestamp) -> u64 {
        match rule {
            Rule::Scaled(percent) => self.own.level(rate.scaled(percent), now),
            Rule::Watched | Rule::AsAws => self.aws.level(rate, now),
        }
    }

    /// Full buckets, and nothing counted.
    pub(super) fn reset(&self) {
        self.aws.fill();
        self.own.fill();
        self.counts.reset();
    }
}

/// Asks the bucket at AWS's figures always, and the other where it is in force.
pub(super) fn asked(
    aws: &TokenBucket,
    own: &TokenBucket,
    rate: BucketRate,
    rule: Rule,
    now: Timestamp,
    tokens: u32,
) -> Verdict {
    let by_aws = aws.take(rate, now, tokens).err();
    let refused = match rule {
        Rule::Watched => None,
        Rule::AsAws => by_aws,
        Rule::Scaled(percent) => own.take(rate.scaled(percent), now, tokens).err(),
    };
    Verdict { refused, refused_by_aws: by_aws.is_some() }
}

impl Counts {
    pub(super) fn count(&self, verdict: Verdict, now: Timestamp, tokens: u32) {
        let tally = if verdict.refused.is_some() { &self.refused } else { &self.taken };
        tally.fetch_add(u64::from(tokens), Ordering::Relaxed);
        if verdict.refused_by_aws {
            self.refused_by_aws.fetch_add(u64::from(tokens), Ordering::Relaxed);
        }
        self.count_second(now, tokens);
    }

    /// Two calls at the turn of a second may be counted in either.
    fn count_second(&self, now: Timestamp, tokens: u32) {
        let second = u64::try_from(now.secs()).unwrap_or(0) << 32;
        let update = |held: u64| {
            let before = if held & UPPER == second { held & LOWER } else { 0 };
            Some(second | (before + u64::from(tokens)).min(LOWER))
        };
        let updated = self.second.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update);
        let counted = update(updated.unwrap_or(0)).unwrap_or(0);
        if counted & LOWER > self.worst.load(Ordering::Relaxed) & LOWER {
            self.worst.store(counted, Ordering::Relaxed);
        }
    }

    pub(super) fn tally(&self) -> Tally {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let worst = read(&self.worst);
        let when = Timestamp::from_secs(i64::try_from(worst >> 32).unwrap_or(0));
        let most = u32::try_from(worst & LOWER).unwrap_or(u32::MAX);
        Tally {
            taken: read(&self.taken),
            refused: read(&self.refused),
            refused_by_aws: read(&self.refused_by_aws),
            worst: (most > 0).then_some((when, most)),
        }
    }

    fn reset(&self) {
        for counter in [&self.taken, &self.refused, &self.refused_by_aws, &self.second, &self.worst] {
            counter.store(0, Ordering::Relaxed);
        }
    }
}

const LOWER: u64 = 0xffff_ffff;
const UPPER: u64 = !LOWER;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_795_000_000);
    const RATE: BucketRate = BucketRate::new(50, 10);

    #[test]
    fn what_aws_would_refuse_is_counted_whatever_is_enforced() {
        for (rule, taken, refused) in [
            (Rule::Watched, 60, 0),
            (Rule::AsAws, 50, 10),
            (Rule::Scaled(50), 25, 35),
            (Rule::Scaled(200), 60, 0),
        ] {
            let meter = Meter::new(START);
            (0..60).for_each(|_| {
                meter.take(RATE, rule, START, 1);
            });
            let tally = meter.counts().tally();
            assert_eq!((tally.taken, tally.refused, tally.refused_by_aws), (taken, refused, 10), "{rule:?}");
        }
    }

    #[test]
    fn worst_second_is_the_one_in_which_most_was_asked() {
        let meter = Meter::new(START);
        for (second, calls) in [(0, 3), (1, 70), (2, 5)] {
            let now = START + Duration::from_secs(second);
            (0..calls).for_each(|_| {
                meter.take(RATE, Rule::AsAws, now, 1);
            });
        }
        assert_eq!(meter.counts().tally().worst, Some((START + Duration::from_secs(1), 70)));
        meter.reset();
        assert_eq!(meter.counts().tally(), Tally::default());
        assert_eq!(meter.level(RATE, Rule::AsAws, START), 50);
    }
}

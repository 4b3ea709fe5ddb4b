//! Buckets of S3's prefixes, made as they are asked for.
//!
//! Rule: a bounded number, found without a lock. AWS cuts prefixes as traffic grows; here a prefix is the bucket and the first part of
//! the key. Where all places are taken by prefixes that are in use, the next ones share.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use types::{BucketRate, Timestamp, TokenBucket};

use super::meter::{Rule, Verdict, asked};

/// Places for prefixes, and those that AWS would have slowed down.
#[derive(Debug)]
pub(super) struct Prefixes {
    hasher: RandomState,
    places: OnceLock<Box<[Place]>>,
    busy: Mutex<Vec<(String, u64)>>,
    origin: Timestamp,
}

#[derive(Debug)]
struct Place {
    /// The hash of its prefix; 0 where there is none.
    tag: AtomicU64,
    reads: Pair,
    writes: Pair,
}

#[derive(Debug)]
struct Pair {
    aws: TokenBucket,
    own: TokenBucket,
}

impl Prefixes {
    pub(super) fn new(origin: Timestamp) -> Self {
        Self { hasher: RandomState::new(), places: OnceLock::new(), busy: Mutex::default(), origin }
    }

    /// One token for an object.
    pub(super) fn take(
        &self,
        (bucket, key): (&str, &str),
        is_read: bool,
        rate: BucketRate,
        rule: Rule,
        now: Timestamp,
    ) -> Verdict {
        let part = first_part(key);
        let tag = self.hasher.hash_one((bucket, part)).max(1);
        let place = self.place(tag, rate, now);
        let Pair { aws, own } = if is_read { &place.reads } else { &place.writes };
        let verdict = asked(aws, own, rate, rule, now, 1);
        if verdict.refused_by_aws {
            self.note(bucket, part);
        }
        verdict
    }

    /// Prefixes that AWS would have slowed down, and how often.
    pub(super) fn busy(&self) -> Vec<(String, u64)> {
        self.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(super) fn reset(&self) {
        for place in self.places.get().into_iter().flatten() {
            for pair in [&place.reads, &place.writes] {
                pair.aws.fill();
                pair.own.fill();
            }
        }
        self.busy.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }

    fn place(&self, tag: u64, rate: BucketRate, now: Timestamp) -> &Place {
        let places = self.places.get_or_init(|| (0..PLACES).map(|_| Place::new(self.origin)).collect());
        let first = usize::try_from(tag % PLACES as u64).unwrap_or(0);
        let near = || (first..first + NEAR).map(|at| &places[at % PLACES]);
        let held = near().find(|place| place.is_of(tag) || place.claim(0, tag));
        let idle = || near().find(|place| place.is_idle(rate, now) && place.reclaim(tag));
        held.or_else(idle).unwrap_or(&places[first])
    }

    /// Nobody waits to be noted.
    fn note(&self, bucket: &str, part: &str) {
        let Ok(mut busy) = self.busy.try_lock() else { return };
        let name = format!("{bucket}/{part}");
        match busy.iter().position(|(held, _)| *held == name) {
            Some(at) => busy[at].1 += 1,
            None if busy.len() < MOST_BUSY => busy.push((name, 1)),
            None => {}
        }
    }
}

impl Place {
    fn new(origin: Timestamp) -> Self {
        let pair = || Pair { aws: TokenBucket::new(origin), own: TokenBucket::new(origin) };
        Self { tag: AtomicU64::new(0), reads: pair(), writes: pair() }
    }

    fn is_of(&self, tag: u64) -> bool {
        self.tag.load(Ordering::Relaxed) == tag
    }

    fn claim(&self, from: u64, tag: u64) -> bool {
        let claimed = self.tag.compare_exchange(from, tag, Ordering::Relaxed, Ordering::Relaxed);
        claimed.is_ok() || claimed == Err(tag)
    }

    fn reclaim(&self, tag: u64) -> bool {
        self.claim(self.tag.load(Ordering::Relaxed), tag)
    }

    /// Whether nobody took anything for as long as it takes to fill: all rates of S3 fill in the same time.
    fn is_idle(&self, rate: BucketRate, now: Timestamp) -> bool {
        [&self.reads, &self.writes]
            .iter()
            .all(|pair| pair.aws.is_full(rate, now) && pair.own.is_full(rate, now))
    }
}

/// Up to and with the first slash; nothing where there is none.
fn first_part(key: &str) -> &str {
    key.find('/').map_or("", |end| &key[..=end])
}

/// 2,048 prefixes take 300 KiB; they are made with the first call.
const PLACES: usize = 2048;

/// Places that a prefix may have.
const NEAR: usize = 8;

/// Names of prefixes that are kept.
const MOST_BUSY: usize = 32;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_795_000_000);
    const WRITES: BucketRate = BucketRate::new(3500, 3500);

    fn granted(prefixes: &Prefixes, key: &str, now: Timestamp, calls: usize) -> usize {
        let take = || prefixes.take(("photos", key), false, WRITES, Rule::AsAws, now);
        (0..calls).filter(|_| take().refused.is_none()).count()
    }

    #[test]
    fn each_prefix_has_its_own() {
        let prefixes = Prefixes::new(START);
        assert_eq!(granted(&prefixes, "a/1.jpg", START, 2000), 2000);
        assert_eq!(granted(&prefixes, "a/b/2.jpg", START, 2000), 1500);
        assert_eq!(granted(&prefixes, "b/1.jpg", START, 3500), 3500);
        assert_eq!(granted(&prefixes, "1.jpg", START, 3500), 3500);
        assert_eq!(prefixes.busy(), [("photos/a/".to_owned(), 500)]);
    }

    #[test]
    fn more_prefixes_than_places_are_served_and_idle_ones_make_room() {
        let prefixes = Prefixes::new(START);
        let served = |from: usize, now| {
            (from..from + 3 * PLACES).filter(|n| granted(&prefixes, &format!("{n}/x"), now, 1) == 1).count()
        };
        assert_eq!(served(0, START), 3 * PLACES);
        let later = START + Duration::from_secs(2);
        assert_eq!(served(100_000, later), 3 * PLACES);
    }
}

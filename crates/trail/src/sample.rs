//! Which of the calls on objects are kept where not all are.
//!
//! Rule: whoever reads or writes objects is seen doing so, with what key and with what outcome, once a minute; how often is not. So a
//! key that shadows a role is found by the one call that S3 got, and objects moved by the million push nothing else out of the trail.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use gateway::{CallRecord, Outcome};
use types::Timestamp;

/// Of the calls on objects that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataEvents {
    None,
    /// One of a kind each minute.
    #[default]
    Sampled,
    All,
}

/// Kinds of calls seen in the last minutes. Two that share a place are both kept each time, up to the bound.
#[derive(Debug)]
pub(crate) struct Sample {
    seen: Box<[AtomicU64]>,
    /// The minute, and above it how many were kept in it.
    kept: AtomicU64,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self { seen: (0..PLACES).map(|_| AtomicU64::new(0)).collect(), kept: AtomicU64::new(0) }
    }

    /// Whether this call is to be kept.
    pub(crate) fn takes(&self, record: &CallRecord<'_>) -> bool {
        let refused = matches!(record.outcome, Outcome::Denied | Outcome::Unauthenticated);
        let kind =
            (record.access_key_id, record.operation, record.user_agent, record.source_address, refused);
        self.takes_kind(&kind, record.time)
    }

    fn takes_kind(&self, kind: &impl std::hash::Hash, now: Timestamp) -> bool {
        let minute = minute(now);
        let mut hasher = DefaultHasher::new();
        (kind, minute).hash(&mut hasher);
        // Zero is a place that nobody took.
        let mark = hasher.finish() | 1;
        let place = &self.seen[(mark >> 32) as usize % PLACES];
        place.swap(mark, Relaxed) != mark && self.has_room(minute)
    }

    fn has_room(&self, minute: u64) -> bool {
        let step = |held: u64| {
            let count = if held % MINUTES == minute { held / MINUTES } else { 0 };
            (count < MOST).then_some((count + 1) * MINUTES + minute)
        };
        self.kept.fetch_update(Relaxed, Relaxed, step).is_ok()
    }
}

fn minute(now: Timestamp) -> u64 {
    u64::try_from(now.secs() / 60).unwrap_or(0) % MINUTES
}

const PLACES: usize = 1024;
/// In a minute.
const MOST: u64 = 600;
/// Until numbers of minutes come again: some thousand years.
const MINUTES: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_of_a_kind_is_kept_each_minute() {
        let (sample, now) = (Sample::new(), Timestamp::from_secs(1_795_000_000));
        let kept = |kind: u32, seconds| sample.takes_kind(&kind, now + Duration::from_secs(seconds));
        assert!(kept(1, 0) && !kept(1, 0) && kept(2, 0) && !kept(1, 1));
        assert!(kept(1, 60) && !kept(1, 61));
    }

    #[test]
    fn many_kinds_are_kept_up_to_a_bound() {
        let (sample, now) = (Sample::new(), Timestamp::from_secs(1_795_000_000));
        let kept = |now| (0..10_000_u32).filter(|kind| sample.takes_kind(kind, now)).count();
        assert_eq!(kept(now), 600);
        assert_eq!(kept(now + Duration::from_secs(60)), 600);
    }
}

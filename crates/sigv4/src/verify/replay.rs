//! Signatures that were used before (facts/sigv4.md section 8.11).
//!
//! Rule: only good signatures are remembered, each until its time is over; where there is no room for one more, a request is refused
//! rather than an older one forgotten.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use types::Timestamp;

/// Remembers what was signed, in a bounded room, for requests that may change something. A client that sends the same request
/// twice within a second, as some retries do, must be told so by a field that differs.
pub struct ReplayCache {
    /// By the end of their time, so that those whose time is over stand first. What was signed fixes when it ends.
    seen: Mutex<BTreeSet<(i64, [u8; 32])>>,
    capacity: usize,
}

/// Whether something was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    First,
    Before,
    NoRoom,
}

impl ReplayCache {
    /// Room for so many signatures, of under 100 bytes each.
    pub fn new(capacity: usize) -> Self {
        Self { seen: Mutex::default(), capacity }
    }

    /// How many signatures are remembered.
    pub fn len(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Remembers what was signed until it ends.
    pub(super) fn see(&self, signed: [u8; 32], ends: Timestamp, now: Timestamp) -> Seen {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // One that ends in this very moment may still be sent again within it.
        while seen.first().is_some_and(|(end, _)| *end < now.millis()) {
            seen.pop_first();
        }
        let entry = (ends.millis(), signed);
        if seen.contains(&entry) {
            return Seen::Before;
        }
        if seen.len() >= self.capacity {
            return Seen::NoRoom;
        }
        seen.insert(entry);
        Seen::First
    }
}

impl fmt::Debug for ReplayCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayCache").field("len", &self.len()).field("capacity", &self.capacity).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_until_the_end_and_no_more_than_it_has_room_for() {
        let cache = ReplayCache::new(2);
        let at = Timestamp::from_secs;
        assert_eq!(cache.see([1; 32], at(10), at(0)), Seen::First);
        assert_eq!(cache.see([1; 32], at(10), at(10)), Seen::Before);
        assert_eq!(cache.see([2; 32], at(20), at(5)), Seen::First);
        assert_eq!(cache.see([3; 32], at(30), at(5)), Seen::NoRoom);
        assert_eq!(cache.see([3; 32], at(30), at(11)), Seen::First);
        assert_eq!(cache.len(), 2);
        assert_eq!(cache.see([2; 32], at(20), at(11)), Seen::Before);
    }
}

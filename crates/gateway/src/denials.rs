//! The newest denials, by request id.
//!
//! Rule: bounded, in number and in bytes; the oldest makes room. What is kept is for the account's owner alone: it names policies and
//! the values that they were tested with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Denials that may be asked for by the ids of their requests.
#[derive(Debug)]
pub struct Denials<T> {
    newest: Mutex<Newest<T>>,
    capacity: usize,
}

#[derive(Debug)]
struct Newest<T> {
    kept: VecDeque<Kept<T>>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept<T> {
    request_id: String,
    denial: Arc<T>,
    bytes: usize,
}

impl<T> Denials<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { newest: Mutex::new(Newest { kept: VecDeque::new(), bytes: 0 }), capacity }
    }

    /// `bytes` is about what the denial takes.
    pub(crate) fn keep(&self, request_id: &str, denial: T, bytes: usize) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        while newest.kept.len() >= self.capacity || newest.bytes + bytes > MAX_BYTES {
            let Some(oldest) = newest.kept.pop_front() else { return };
            newest.bytes -= oldest.bytes;
        }
        newest.bytes += bytes;
        newest.kept.push_back(Kept { request_id: request_id.to_owned(), denial: Arc::new(denial), bytes });
    }

    /// The denial of this request; `None` where there was none, or too many since.
    pub fn find(&self, request_id: &str) -> Option<Arc<T>> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let found = newest.kept.iter().rev().find(|kept| kept.request_id == request_id);
        found.map(|kept| Arc::clone(&kept.denial))
    }
}

/// Room for a thousand common denials: those of callers with tags by the dozen are fewer.
const MAX_BYTES: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let denials = Denials::new(2);
        for (id, denial) in [("a", 1), ("b", 2), ("c", 3)] {
            denials.keep(id, denial, 1);
        }
        let found: Vec<_> = ["a", "b", "c", "d"].map(|id| denials.find(id).map(|held| *held)).into();
        assert_eq!(found, [None, Some(2), Some(3), None]);
    }

    #[test]
    fn what_is_long_makes_room_for_itself() {
        let denials = Denials::new(10);
        let half = MAX_BYTES / 2;
        for (id, bytes) in [("a", 1), ("b", half), ("c", half), ("d", 1), ("e", MAX_BYTES + 1)] {
            denials.keep(id, bytes, bytes);
            assert!(denials.newest.lock().unwrap().bytes <= MAX_BYTES);
        }
        assert!(["a", "b", "c", "d", "e"].iter().all(|id| denials.find(id).is_none()));
        denials.keep("f", 2, 2);
        assert_eq!(denials.find("f").map(|kept| *kept), Some(2));
    }
}

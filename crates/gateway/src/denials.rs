//! The newest denials, by request id.
//!
//! Rule: bounded; the oldest makes room. What is kept is for the account's owner alone: it names policies and the values that
//! they were tested with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// A denial that may be asked for by the id of its request.
#[derive(Debug)]
pub struct Denials<T> {
    newest: Mutex<VecDeque<(String, Arc<T>)>>,
    capacity: usize,
}

impl<T> Denials<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { newest: Mutex::default(), capacity }
    }

    pub(crate) fn keep(&self, request_id: &str, denial: T) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.len() >= self.capacity {
            newest.pop_front();
        }
        newest.push_back((request_id.to_owned(), Arc::new(denial)));
    }

    /// The denial of this request; `None` where there was none, or too many since.
    pub fn find(&self, request_id: &str) -> Option<Arc<T>> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.iter().rev().find(|(id, _)| id == request_id).map(|(_, denial)| Arc::clone(denial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let denials = Denials::new(2);
        for (id, denial) in [("a", 1), ("b", 2), ("c", 3)] {
            denials.keep(id, denial);
        }
        let found: Vec<_> = ["a", "b", "c", "d"].map(|id| denials.find(id).map(|held| *held)).into();
        assert_eq!(found, [None, Some(2), Some(3), None]);
    }
}

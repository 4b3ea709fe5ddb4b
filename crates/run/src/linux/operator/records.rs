//! What is remembered of callers: little, and no more than a bound.
//!
//! Rule: forgetting is harmless here: the worst is that a program sees a loopback address.

use std::collections::VecDeque;
use std::net::SocketAddr;

/// The latest records; the oldest goes where there are too many.
#[derive(Debug)]
pub(super) struct Bounded<T>(VecDeque<T>);

/// A socket that was put in place of a caller's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaced {
    pub(super) inode: u64,
    pub(super) destination: SocketAddr,
    pub(super) ipv6: bool,
}

/// What a call was to return, though nobody heard it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unheard {
    pub(super) cookie: u64,
    pub(super) value: i64,
}

impl<T> Bounded<T> {
    pub(super) fn add(&mut self, record: T) {
        if self.0.len() == MOST_RECORDS {
            self.0.pop_front();
        }
        self.0.push_back(record);
    }

    /// The latest that fits.
    pub(super) fn find(&self, fits: impl Fn(&T) -> bool) -> Option<&T> {
        self.0.iter().rev().find(|record| fits(record))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let at = self.0.iter().position(fits)?;
        self.0.remove(at)
    }
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

const MOST_RECORDS: usize = 4096;

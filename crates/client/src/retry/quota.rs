//! What retries cost: a store that all calls of a caller share, so that a service in trouble is not asked three times as
//! often by everybody.
//!
//! Rule: never below nothing, never above what it began with.

/// 500 at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    left: u32,
    full: u32,
}

impl Quota {
    pub const fn new(full: u32) -> Self {
        Self { left: full, full }
    }

    pub const fn left(&self) -> u32 {
        self.left
    }

    /// All of it or nothing.
    pub(super) fn take(&mut self, cost: u32) -> bool {
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    pub(super) fn give_back(&mut self, amount: u32) {
        self.left = self.left.saturating_add(amount).min(self.full);
    }
}

impl Default for Quota {
    fn default() -> Self {
        Self::new(FULL)
    }
}

const FULL: u32 = 500;

//! The table of programs.

use types::Timestamp;

/// Who has called since the server started.
#[derive(Debug)]
pub struct Callers {
    since: Timestamp,
}

impl Callers {
    pub(crate) fn new(since: Timestamp) -> Self {
        Self { since }
    }

    /// Since when calls are counted.
    pub fn since(&self) -> Timestamp {
        self.since
    }
}

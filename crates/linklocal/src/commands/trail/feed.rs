//! Both trails as one, in the order of time.
//!
//! Rule: only whole lines count, and one that nobody can read is passed over, as a crash may have cut it short.

use std::collections::VecDeque;

use sys::fs::ReadError;
use trail::Reader;

use super::entry::Entry;
use crate::place::Place;

/// Entries of both trails.
pub(super) struct Feed {
    credentials: Source,
    calls: Source,
}

struct Source {
    reader: Reader,
    entry: fn(&[u8]) -> Option<Entry>,
    waiting: VecDeque<Entry>,
}

impl Feed {
    pub(super) fn new(place: &Place) -> Self {
        let source =
            |directory, entry| Source { reader: Reader::new(directory), entry, waiting: VecDeque::new() };
        Self {
            credentials: source(place.trail(), Entry::of_credentials),
            calls: source(place.calls(), Entry::of_call),
        }
    }

    /// The next entry; `None` at the end as it is now.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, ReadError> {
        self.credentials.fill()?;
        self.calls.fill()?;
        let earlier = match (self.credentials.waiting.front(), self.calls.waiting.front()) {
            (Some(record), Some(call)) if call.time() < record.time() => &mut self.calls,
            (Some(_), _) => &mut self.credentials,
            (None, _) => &mut self.calls,
        };
        Ok(earlier.waiting.pop_front())
    }
}

impl Source {
    fn fill(&mut self) -> Result<(), ReadError> {
        while self.waiting.is_empty()
            && let Some(lines) = self.reader.read()?
        {
            self.waiting.extend(lines.split(|byte| *byte == b'\n').filter_map(self.entry));
        }
        Ok(())
    }
}

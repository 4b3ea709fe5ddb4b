//! Both trails as one, in the order of time.
//!
//! Rule: only whole lines count, and one that nobody can read is passed over, as a crash may have cut it short.

use std::collections::VecDeque;
use std::path::PathBuf;

use sys::fs::ReadError;
use trail::Reader;
use types::Timestamp;

use super::entry::Entry;
use crate::place::Place;

/// Entries of both trails.
pub(super) struct Feed {
    credentials: Option<Source>,
    calls: Option<Source>,
}

struct Source {
    reader: Reader,
    entry: fn(&[u8]) -> Option<Entry>,
    waiting: VecDeque<Entry>,
}

impl Feed {
    pub(super) fn new(place: &Place) -> Self {
        Self { calls: Self::calls(place).calls, ..Self::credentials(place) }
    }

    /// Hand-outs and denials alone.
    pub(super) fn credentials(place: &Place) -> Self {
        Self { credentials: Some(Source::new(place.trail(), Entry::of_credentials)), calls: None }
    }

    /// Calls alone.
    pub(super) fn calls(place: &Place) -> Self {
        Self { credentials: None, calls: Some(Source::new(place.calls(), Entry::of_call)) }
    }

    /// The next entry; `None` at the end as it is now.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, ReadError> {
        let mut earliest: Option<&mut Source> = None;
        for source in [&mut self.credentials, &mut self.calls].into_iter().flatten() {
            source.fill()?;
            let is_earlier = match (source.time(), earliest.as_ref().and_then(|source| source.time())) {
                (Some(time), Some(other)) => time < other,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if is_earlier {
                earliest = Some(source);
            }
        }
        Ok(earliest.and_then(|source| source.waiting.pop_front()))
    }
}

impl Source {
    fn new(directory: PathBuf, entry: fn(&[u8]) -> Option<Entry>) -> Self {
        Self { reader: Reader::new(directory), entry, waiting: VecDeque::new() }
    }

    /// Of the entry that comes next.
    fn time(&self) -> Option<Timestamp> {
        self.waiting.front().map(Entry::time)
    }

    fn fill(&mut self) -> Result<(), ReadError> {
        while self.waiting.is_empty()
            && let Some(lines) = self.reader.read()?
        {
            self.waiting.extend(lines.split(|byte| *byte == b'\n').filter_map(self.entry));
        }
        Ok(())
    }
}

//! Compare and put: all or nothing.

use std::collections::BTreeMap;

use types::Timestamp;

use crate::{Entry, Key, Revision};

/// Writes that take place together, if all compares hold. One key is written once: the last call for it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    pub compares: BTreeMap<Key, Compare>,
    pub writes: BTreeMap<Key, Write>,
}

/// What must hold of a key when the transaction starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Absent,
    Present,
    /// The key is there and was last written by this commit.
    ModifiedAt(Revision),
}

/// What happens to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    Put {
        value: Vec<u8>,
        deadline: Option<Timestamp>,
    },
    /// Deleting what is not there is fine.
    Delete,
}

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a conflict wrote nothing"]
pub enum Outcome {
    /// With no writes, the revision that the compares held at.
    Committed(Revision),
    /// The first key, in order, whose compare did not hold. Nothing was written.
    Conflict(Key),
}

impl Transaction {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn require_absent(mut self, key: Key) -> Self {
        self.compares.insert(key, Compare::Absent);
        self
    }

    pub fn require_present(mut self, key: Key) -> Self {
        self.compares.insert(key, Compare::Present);
        self
    }

    pub fn require_revision(mut self, key: Key, modified: Revision) -> Self {
        self.compares.insert(key, Compare::ModifiedAt(modified));
        self
    }

    /// Requires that `key` is as it was found.
    pub fn require_unchanged(self, key: Key, found: Option<&Entry>) -> Self {
        match found {
            Some(entry) => self.require_revision(key, entry.modified),
            None => self.require_absent(key),
        }
    }

    /// Also takes a deadline off the key that an earlier put gave it.
    pub fn put(mut self, key: Key, value: impl Into<Vec<u8>>) -> Self {
        self.writes.insert(key, Write::Put { value: value.into(), deadline: None });
        self
    }

    /// Puts a key that [`Store::expire`](crate::Store::expire) deletes at `deadline`; to renew it is to put it again.
    pub fn put_until(mut self, key: Key, value: impl Into<Vec<u8>>, deadline: Timestamp) -> Self {
        self.writes.insert(key, Write::Put { value: value.into(), deadline: Some(deadline) });
        self
    }

    pub fn delete(mut self, key: Key) -> Self {
        self.writes.insert(key, Write::Delete);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.compares.is_empty() && self.writes.is_empty()
    }
}

impl Compare {
    /// Whether it holds for a key last written at `modified`, `None` where the key is not there.
    pub fn holds(self, modified: Option<Revision>) -> bool {
        match self {
            Self::Absent => modified.is_none(),
            Self::Present => modified.is_some(),
            Self::ModifiedAt(revision) => modified == Some(revision),
        }
    }
}

impl Outcome {
    pub fn is_committed(&self) -> bool {
        matches!(self, Self::Committed(_))
    }
}

//! What an engine does.

use std::error::Error;
use std::fmt;

use types::Timestamp;

use crate::{Key, KeyRange, Outcome, Transaction, Watch};

/// Counts commits that wrote something. 0 is an empty store that nobody wrote to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A sorted map of keys to bytes with transactions, changes to watch and keys that end with time.
///
/// Calls block, for a disk flush or a round trip: async callers make them on a thread for blocking work.
pub trait Store: Send + Sync + fmt::Debug {
    /// The newest commit.
    fn revision(&self) -> Result<Revision, StoreError>;

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError>;

    /// The first `limit` entries of `range`, in the order of their keys, all as of one revision.
    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError>;

    /// Writes all of `transaction` if all its compares hold, else nothing. When this says committed, the writes are
    /// durable and visible to every later call.
    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError>;

    /// Changes under `range` in commits after `after`.
    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError>;

    /// Deletes the keys whose deadline is at or before `now`, as one commit, and says how many they were. Until then
    /// they are there. An engine that keeps time itself returns 0.
    fn expire(&self, now: Timestamp) -> Result<usize, StoreError>;
}

/// A key, its value and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: Key,
    pub value: Vec<u8>,
    /// The commit that made the key; a key deleted and put again starts anew.
    pub created: Revision,
    /// The commit that wrote the value: what [`Transaction::require_revision`] compares.
    pub modified: Revision,
    /// When [`Store::expire`] deletes it.
    pub deadline: Option<Timestamp>,
}

/// A part of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// The revision that `entries` are of.
    pub revision: Revision,
    /// What is left of the range.
    pub rest: Option<KeyRange>,
}

/// The engine failed. Whether a commit took place is then unknown; compares make it safe to try again.
#[derive(Debug, thiserror::Error)]
#[error("{place} cannot {operation}")]
pub struct StoreError {
    /// What the engine could not do, such as `commit`.
    pub operation: &'static str,
    /// The file or server, and what to look at.
    pub place: String,
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl Page {
    /// The first `limit` of `found`, which holds up to one entry more; the extra one shows that there is a rest.
    pub fn cut(mut found: Vec<Entry>, limit: usize, range: &KeyRange, revision: Revision) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let rest = match found.last() {
            Some(last) if more => Some(range.after(&last.key)),
            _ if more => Some(range.clone()),
            _ => None,
        };
        Self { entries: found, revision, rest }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

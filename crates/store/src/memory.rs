//! The engine in memory: for tests and for servers that keep nothing. It ends with its process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use types::Timestamp;

use crate::{
    Change, ChangeKind, Entry, Feed, Key, KeyRange, Notice, Outcome, Page, Revision, Store, StoreError,
    Transaction, Watch, Write,
};

/// A store in memory.
#[derive(Debug)]
pub struct MemoryStore {
    state: Mutex<State>,
    feed: Feed,
}

#[derive(Debug, Default)]
struct State {
    revision: Revision,
    entries: BTreeMap<String, Entry>,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self { state: Mutex::default(), feed: Feed::new(Revision(0)) }
    }

    /// Every change of the state is made after all that could panic, so a poisoned lock guards a whole state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, state: &mut State, writes: BTreeMap<Key, Write>) -> Revision {
        let revision = Revision(state.revision.0 + 1);
        let changes =
            writes.into_iter().filter_map(|(key, write)| state.apply(key, write, revision)).collect();
        state.revision = revision;
        self.feed.publish(Notice { revision, changes });
        revision
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryStore {
    fn revision(&self) -> Result<Revision, StoreError> {
        Ok(self.state().revision)
    }

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError> {
        Ok(self.state().entries.get(key.as_str()).cloned())
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError> {
        let state = self.state();
        let found = state.within(range).take(limit.saturating_add(1)).cloned().collect();
        Ok(Page::cut(found, limit, range, state.revision))
    }

    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError> {
        let mut state = self.state();
        let modified = |key: &Key| state.entries.get(key.as_str()).map(|entry| entry.modified);
        let failed = transaction.compares.iter().find(|(key, compare)| !compare.holds(modified(key)));
        if let Some((key, _)) = failed {
            return Ok(Outcome::Conflict(key.clone()));
        }
        if transaction.writes.is_empty() {
            return Ok(Outcome::Committed(state.revision));
        }
        Ok(Outcome::Committed(self.write(&mut state, transaction.writes)))
    }

    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError> {
        Ok(self.feed.watch(range, after))
    }

    fn expire(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut state = self.state();
        let due = |entry: &&Entry| entry.deadline.is_some_and(|deadline| deadline <= now);
        let writes: BTreeMap<Key, Write> =
            state.entries.values().filter(due).map(|entry| (entry.key.clone(), Write::Delete)).collect();
        let count = writes.len();
        if count > 0 {
            self.write(&mut state, writes);
        }
        Ok(count)
    }
}

impl State {
    fn within(&self, range: &KeyRange) -> impl Iterator<Item = &Entry> {
        // `BTreeMap::range` panics on bounds in the wrong order.
        let end = if range.is_empty() { Some(range.start()) } else { range.end() };
        let bounds = (Bound::Included(range.start()), end.map_or(Bound::Unbounded, Bound::Excluded));
        self.entries.range::<str, _>(bounds).map(|(_, entry)| entry)
    }

    /// Carries out one write and says what changed; nothing, where an absent key is deleted.
    fn apply(&mut self, key: Key, write: Write, revision: Revision) -> Option<Change> {
        match write {
            Write::Put { value, deadline } => {
                let created = self.entries.get(key.as_str()).map_or(revision, |entry| entry.created);
                let entry = Entry { key: key.clone(), value, created, modified: revision, deadline };
                self.entries.insert(key.as_str().to_owned(), entry);
                Some(Change { key, kind: ChangeKind::Put })
            }
            Write::Delete => {
                let deleted = self.entries.remove(key.as_str());
                deleted.map(|_| Change { key, kind: ChangeKind::Deleted })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance;

    #[test]
    fn passes_the_suite() {
        conformance::check(|| Box::new(MemoryStore::new()));
    }
}

//! The embedded engine: one redb file in the data directory.
//!
//! Rule: a commit is acknowledged after it is flushed to the disk (redb's `Durability::Immediate`, its default), and one
//! process at a time has the file.
//!
//! ```
//! use store::{Key, Store, Transaction};
//! use store_redb::RedbStore;
//!
//! let directory = tempfile::tempdir()?;
//! let path = directory.path().join("state.redb");
//! let key = Key::new("role");
//! RedbStore::open(&path)?.commit(Transaction::new().put(key.clone(), "kept"))?;
//! assert_eq!(RedbStore::open(&path)?.get(&key)?.expect("it was committed").value, b"kept");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod frame;
mod open;
mod write;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use redb::{Database, ReadableDatabase as _, ReadableTable, TableDefinition};
use store::{
    Entry, Feed, Key, KeyRange, Notice, Outcome, Page, Revision, Store, StoreError, Transaction, Watch,
};
use types::Timestamp;

pub use open::OpenError;

/// A store in one file.
pub struct RedbStore {
    database: Database,
    path: PathBuf,
    feed: Feed,
    /// Held from the start of a commit until it is published, so that watchers see commits in their order.
    turn: Mutex<()>,
}

/// What redb, or a damaged value, reports. The caller learns path and operation with it.
type Fault = Box<dyn std::error::Error + Send + Sync>;

impl Store for RedbStore {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.reading(|| revision_in(&self.database.begin_read()?.open_table(STATE)?))
    }

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.reading(|| {
            let entries = self.database.begin_read()?.open_table(ENTRIES)?;
            let Some(value) = entries.get(key.as_str())? else { return Ok(None) };
            Ok(Some(frame::decode(key.clone(), value.value())?))
        })
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError> {
        self.reading(|| {
            let transaction = self.database.begin_read()?;
            let revision = revision_in(&transaction.open_table(STATE)?)?;
            let found = within(&transaction.open_table(ENTRIES)?, range, limit.saturating_add(1))?;
            Ok(Page::cut(found, limit, range, revision))
        })
    }

    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError> {
        self.writing(|| write::commit(&self.database, transaction))
    }

    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError> {
        Ok(self.feed.watch(range, after))
    }

    fn expire(&self, now: Timestamp) -> Result<usize, StoreError> {
        // Most calls find nothing due, and a read transaction costs no flush.
        let due = self.reading(|| {
            let deadlines = self.database.begin_read()?.open_table(DEADLINES)?;
            Ok(write::due(&deadlines, now)?.next().is_some())
        })?;
        if due { self.writing(|| write::expire(&self.database, now)) } else { Ok(0) }
    }
}

impl RedbStore {
    fn reading<T>(&self, read: impl FnOnce() -> Result<T, Fault>) -> Result<T, StoreError> {
        read().map_err(|source| self.error("be read", source))
    }

    /// Writes in turn, and publishes what was written before the next one's turn.
    fn writing<T>(
        &self,
        write: impl FnOnce() -> Result<(T, Option<Notice>), Fault>,
    ) -> Result<T, StoreError> {
        // The lock guards the order alone; a panic while it was held leaves nothing behind.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, notice) = write().map_err(|source| self.error("be written", source))?;
        if let Some(notice) = notice {
            self.feed.publish(notice);
        }
        Ok(answer)
    }

    fn error(&self, operation: &'static str, source: Fault) -> StoreError {
        let place = format!("store {} (check the disk's room and health, then restart)", self.path.display());
        StoreError { operation, place, source }
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").field("path", &self.path).finish_non_exhaustive()
    }
}

fn within(
    entries: &impl ReadableTable<&'static str, &'static [u8]>,
    range: &KeyRange,
    limit: usize,
) -> Result<Vec<Entry>, Fault> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let items = match range.end() {
        Some(end) => entries.range(range.start()..end)?,
        None => entries.range(range.start()..)?,
    };
    let mut found = Vec::new();
    for item in items.take(limit) {
        let (key, value) = item?;
        found.push(frame::decode(Key::from_stored(key.value().to_owned()), value.value())?);
    }
    Ok(found)
}

fn revision_in(state: &impl ReadableTable<&'static str, u64>) -> Result<Revision, Fault> {
    Ok(Revision(state.get(REVISION)?.map_or(0, |number| number.value())))
}

/// Key to created, modified and deadline, with the value behind (`frame.rs`).
const ENTRIES: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("entries");

/// Deadline in milliseconds and key, for keys that have one.
const DEADLINES: TableDefinition<'static, (i64, &str), ()> = TableDefinition::new("deadlines");

/// [`REVISION`] and [`FORMAT`].
const STATE: TableDefinition<'static, &str, u64> = TableDefinition::new("state");

/// The newest commit.
const REVISION: &str = "revision";

/// The version of these tables.
const FORMAT: &str = "linklocal-format";

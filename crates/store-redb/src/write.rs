//! Commits: compares, writes, and what watchers are told.

use std::collections::BTreeMap;

use redb::{Database, ReadableTable, Table, WriteTransaction};
use store::{Change, ChangeKind, Key, Notice, Outcome, Revision, Transaction, Write};
use types::Timestamp;

use crate::{DEADLINES, ENTRIES, Fault, REVISION, STATE, frame, revision_in};

/// Carries out `transaction`, with what to publish if it wrote.
pub(crate) fn commit(
    database: &Database,
    transaction: Transaction,
) -> Result<(Outcome, Option<Notice>), Fault> {
    let write = database.begin_write()?;
    if let Some(key) = failed_compare(&write, &transaction)? {
        write.abort()?;
        return Ok((Outcome::Conflict(key), None));
    }
    if transaction.writes.is_empty() {
        let revision = revision_in(&write.open_table(STATE)?)?;
        write.abort()?;
        return Ok((Outcome::Committed(revision), None));
    }
    let notice = apply(write, transaction.writes)?;
    Ok((Outcome::Committed(notice.revision), Some(notice)))
}

/// Deletes what is due, and says how many keys that were.
pub(crate) fn expire(database: &Database, now: Timestamp) -> Result<(usize, Option<Notice>), Fault> {
    let write = database.begin_write()?;
    let mut writes = BTreeMap::new();
    for item in due(&write.open_table(DEADLINES)?, now)? {
        let (key, _) = item?;
        writes.insert(Key::from_stored(key.value().1.to_owned()), Write::Delete);
    }
    if writes.is_empty() {
        write.abort()?;
        return Ok((0, None));
    }
    Ok((writes.len(), Some(apply(write, writes)?)))
}

/// Keys whose deadline is at or before `now`.
pub(crate) fn due<'t>(
    deadlines: &'t impl ReadableTable<(i64, &'static str), ()>,
    now: Timestamp,
) -> Result<redb::Range<'t, (i64, &'static str), ()>, Fault> {
    Ok(deadlines.range((i64::MIN, "")..(now.millis().saturating_add(1), ""))?)
}

fn failed_compare(write: &WriteTransaction, transaction: &Transaction) -> Result<Option<Key>, Fault> {
    let entries = write.open_table(ENTRIES)?;
    for (key, compare) in &transaction.compares {
        let found = entries.get(key.as_str())?;
        let entry = found.map(|value| frame::decode(key.clone(), value.value())).transpose()?;
        if !compare.holds(entry.map(|entry| entry.modified)) {
            return Ok(Some(key.clone()));
        }
    }
    Ok(None)
}

/// Writes, flushes, and returns once it is durable.
fn apply(write: WriteTransaction, writes: BTreeMap<Key, Write>) -> Result<Notice, Fault> {
    let mut changes = Vec::with_capacity(writes.len());
    let revision = {
        let mut state = write.open_table(STATE)?;
        let revision = Revision(revision_in(&state)?.0 + 1);
        state.insert(REVISION, revision.0)?;
        let mut tables =
            Tables { entries: write.open_table(ENTRIES)?, deadlines: write.open_table(DEADLINES)?, revision };
        for (key, write) in writes {
            changes.extend(tables.apply(key, write)?);
        }
        revision
    };
    write.commit()?;
    Ok(Notice { revision, changes })
}

struct Tables<'t> {
    entries: Table<'t, &'static str, &'static [u8]>,
    deadlines: Table<'t, (i64, &'static str), ()>,
    revision: Revision,
}

impl Tables<'_> {
    /// Carries out one write and says what changed; nothing, where an absent key is deleted.
    fn apply(&mut self, key: Key, write: Write) -> Result<Option<Change>, Fault> {
        let found = self.entries.get(key.as_str())?;
        let old = found.map(|value| frame::decode(key.clone(), value.value())).transpose()?;
        if let Some(deadline) = old.as_ref().and_then(|entry| entry.deadline) {
            self.deadlines.remove((deadline.millis(), key.as_str()))?;
        }
        match write {
            Write::Put { value, deadline } => {
                let created = old.map_or(self.revision, |entry| entry.created);
                let framed = frame::encode(created, self.revision, deadline, &value);
                self.entries.insert(key.as_str(), framed.as_slice())?;
                if let Some(deadline) = deadline {
                    self.deadlines.insert((deadline.millis(), key.as_str()), ())?;
                }
                Ok(Some(Change { key, kind: ChangeKind::Put }))
            }
            Write::Delete if old.is_some() => {
                self.entries.remove(key.as_str())?;
                Ok(Some(Change { key, kind: ChangeKind::Deleted }))
            }
            Write::Delete => Ok(None),
        }
    }
}

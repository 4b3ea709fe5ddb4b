//! The account's instances: what is there, and every change to it.
//!
//! Rule: one instance is one record, and every change is one compare-and-put transaction on it, tried again when
//! somebody else was faster. Each operation says which instances changed, so that the caller renders those; processes
//! on the same store learn of them by [`Instances::watch`].

mod check;
mod console;
mod error;
mod event;
mod launch;
mod life;
mod options;
mod profile;
mod record;
mod sync;
mod tag;
mod watch;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use store::{Entry, Key, KeyRange, Outcome, Revision, Store, Transaction};
use types::{Instance, InstanceId};

pub use console::ConsoleOutput;
pub use error::{InstanceError, Refusal};
pub use event::{EventChange, MaintenanceEnd, MaintenanceNotice};
pub(crate) use event::{completed, remember};
pub use launch::{EarlierLaunch, LaunchToken};
pub use life::{StateChange, Stop};
pub use options::{MetadataOptionsChange, MetadataOptionsState, PendingOptions};
pub use profile::{ProfileDetachment, RoleAttachment};
pub use sync::{KeptFields, SyncReport};
pub use watch::InstanceWatch;

use record::{Pending, Record};

use crate::identifier::Seed;

/// The account's instances, in a store.
#[derive(Clone, Debug)]
pub struct Instances {
    store: Arc<dyn Store>,
    seed: Seed,
}

/// One instance as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceView {
    pub instance: Instance,
    /// Options that were asked for and are not in force yet.
    pub pending_metadata_options: Option<PendingOptions>,
}

/// Instances in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstancePage {
    pub instances: Vec<InstanceView>,
    /// Pass it as `after` for the next page; `None` on the last one.
    pub next: Option<InstanceId>,
    /// To watch from: what this page shows is at least as new.
    pub revision: Revision,
}

/// What an operation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "what changed wants to be rendered"]
pub struct Changed {
    /// Instances that were made, changed or removed. Empty where everything was as asked already.
    pub instances: Vec<InstanceId>,
    /// The commit that made the changes durable, or the newest one where there were none.
    pub revision: Revision,
}

impl Instances {
    /// The instances in `store`. Ids of what operations make follow from `seed`.
    pub fn new(store: Arc<dyn Store>, seed: Seed) -> Self {
        Self { store, seed }
    }

    pub fn describe(&self, id: &InstanceId) -> Result<InstanceView, InstanceError> {
        let entry = self.store.get(&record_key(id))?.ok_or_else(|| InstanceError::NotFound(id.clone()))?;
        Record::decode(id, &entry.value)?.view().ok_or_else(|| InstanceError::NotFound(id.clone()))
    }

    /// Up to `limit` instances behind `after`.
    pub fn list(&self, after: Option<&InstanceId>, limit: usize) -> Result<InstancePage, InstanceError> {
        let all = KeyRange::children(&Key::new(ROOT));
        let mut rest = Some(after.map_or_else(|| all.clone(), |id| all.after(&record_key(id))));
        let mut page = InstancePage { instances: Vec::new(), next: None, revision: Revision(u64::MAX) };
        while let Some(range) = rest {
            let wanted = limit - page.instances.len();
            let found = self.store.range(&range, wanted.min(BATCH))?;
            // Pages of one list may be of different revisions; the first is the one to watch from.
            page.revision = page.revision.min(found.revision);
            for entry in found.entries {
                let id = instance_id(&entry.key)?;
                page.instances.extend(Record::decode(&id, &entry.value)?.view());
            }
            rest = found.rest;
            if page.instances.len() == limit && rest.is_some() {
                page.next = page.instances.last().map(|view| view.instance.instance_id.clone());
                break;
            }
        }
        Ok(page)
    }

    /// The first of so many places in a row, for launched instances among all: behind those of all that can be declared.
    pub fn next_places(&self, count: u32) -> Result<u32, InstanceError> {
        Ok(FIRST_LAUNCHED.wrapping_add(self.reserve_launch_numbers(count)?))
    }

    /// The first of `count` numbers in a row that no call got before, for the ids of launched instances.
    pub fn reserve_launch_numbers(&self, count: u32) -> Result<u32, InstanceError> {
        let key = Key::new(LAUNCHES);
        loop {
            let found = self.store.get(&key)?;
            let last = found.as_ref().and_then(|entry| std::str::from_utf8(&entry.value).ok()?.parse().ok());
            let first: u32 = last.map_or(0, |last: u32| last.wrapping_add(1));
            let newest = first.wrapping_add(count.saturating_sub(1));
            let transaction = Transaction::new().require_unchanged(key.clone(), found.as_ref());
            if self.store.commit(transaction.put(key.clone(), newest.to_string()))?.is_committed() {
                return Ok(first);
            }
        }
    }

    /// Changes an instance. `edit` may run more than once, each time on the newest state; the id stays as it is.
    pub fn update<E: From<InstanceError>>(
        &self,
        id: &InstanceId,
        mut edit: impl FnMut(&mut Instance) -> Result<(), E>,
    ) -> Result<Changed, E> {
        let (changed, ()) = self.change(id, |instance, _| edit(instance))?;
        Ok(changed)
    }

    /// Changes instances: all of them, or on an error none. Ids must differ.
    pub fn update_all<T, E: From<InstanceError>>(
        &self,
        ids: &[InstanceId],
        mut edit: impl FnMut(&mut Instance) -> Result<T, E>,
    ) -> Result<(Changed, Vec<T>), E> {
        self.change_all(ids, |instance, _| edit(instance))
    }

    /// The route of every change to one instance: read, edit, check, put if nobody else did.
    fn change<T, E: From<InstanceError>>(
        &self,
        id: &InstanceId,
        edit: impl FnMut(&mut Instance, &mut Option<Pending>) -> Result<T, E>,
    ) -> Result<(Changed, T), E> {
        let (changed, answers) = self.change_all(std::slice::from_ref(id), edit)?;
        Ok((changed, answers.into_iter().next().expect("one answer for one id")))
    }

    /// The same for several, in one transaction.
    fn change_all<T, E: From<InstanceError>>(
        &self,
        ids: &[InstanceId],
        mut edit: impl FnMut(&mut Instance, &mut Option<Pending>) -> Result<T, E>,
    ) -> Result<(Changed, Vec<T>), E> {
        for _ in 0..ATTEMPTS {
            let mut changed = Changed::default();
            let (mut transaction, mut answers) = (Transaction::new(), Vec::with_capacity(ids.len()));
            for id in ids {
                let (entry, before) = self.entry(id)?;
                let mut after = before.clone();
                let instance = after.current.as_mut().ok_or_else(|| InstanceError::NotFound(id.clone()))?;
                answers.push(edit(instance, &mut after.pending)?);
                changed.revision = changed.revision.max(entry.modified);
                if after == before {
                    continue;
                }
                check::change(id, &after)?;
                transaction = transaction.require_revision(entry.key, entry.modified);
                transaction = put(transaction, id, Some(&before), &after);
                changed.instances.push(id.clone());
            }
            if transaction.is_empty() {
                return Ok((changed, answers));
            }
            if let Outcome::Committed(revision) =
                self.store.commit(transaction).map_err(InstanceError::from)?
            {
                return Ok((Changed { revision, ..changed }, answers));
            }
        }
        Err(ids.first().map_or_else(nobody, |id| InstanceError::Contended(id.clone())).into())
    }

    /// What is stored under an id; there may be no instance in it.
    fn entry(&self, id: &InstanceId) -> Result<(Entry, Record), InstanceError> {
        let entry = self.store.get(&record_key(id))?.ok_or_else(|| InstanceError::NotFound(id.clone()))?;
        let record = Record::decode(id, &entry.value)?;
        Ok((entry, record))
    }
}

/// Puts the record, and moves its marks.
fn put(transaction: Transaction, id: &InstanceId, before: Option<&Record>, after: &Record) -> Transaction {
    let (old, new) = (before.map_or_else(Vec::new, |before| before.marks(id)), after.marks(id));
    let transaction = transaction.put(record_key(id), after.encode());
    let transaction =
        old.iter().filter(|mark| !new.contains(mark)).fold(transaction, |t, mark| t.delete(mark.clone()));
    new.into_iter().filter(|mark| !old.contains(mark)).fold(transaction, |t, mark| t.put(mark, ""))
}

fn unlink(transaction: Transaction, id: &InstanceId, before: &Record) -> Transaction {
    before.marks(id).into_iter().fold(transaction, Transaction::delete)
}

fn nobody() -> InstanceError {
    Refusal::new("MissingParameter", "no instance is named").hint("name one or more").into()
}

fn record_key(id: &InstanceId) -> Key {
    Key::new(ROOT).with(id.as_str())
}

fn instance_id(key: &Key) -> Result<InstanceId, InstanceError> {
    let name = key.name().and_then(|name| name.parse().ok());
    name.ok_or_else(|| InstanceError::UnknownRecord(key.to_string()))
}

const ROOT: &str = "instance";
const LAUNCHES: &str = "launches";

/// Declared instances are fewer.
const FIRST_LAUNCHED: u32 = 1 << 20;

/// Conflicts in a row before an operation gives up: each one means that another writer got through.
const ATTEMPTS: usize = 32;

/// Records read or written at once: about a megabyte of them.
const BATCH: usize = 256;

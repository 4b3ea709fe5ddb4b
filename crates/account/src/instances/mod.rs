//! The account's instances: what is there, and every change to it.
//!
//! Rule: one instance is one record, and every change is one compare-and-put transaction on it, tried again when
//! somebody else was faster. Each operation says which instances changed, so that the caller renders those; processes
//! on the same store learn of them by [`Instances::watch`].

mod check;
mod error;
mod event;
mod options;
mod profile;
mod record;
mod sync;
mod tag;
mod watch;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use store::{Key, KeyRange, Outcome, Revision, Store, Transaction};
use types::{Instance, InstanceId};

pub use error::{InstanceError, Refusal};
pub use event::{EventChange, MaintenanceEnd, MaintenanceNotice};
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

    /// Makes an instance that no file declares. It stays until it is terminated.
    pub fn launch(&self, instance: Instance) -> Result<Changed, InstanceError> {
        check::instance(&instance)?;
        let id = instance.instance_id.clone();
        let key = record_key(&id);
        for _ in 0..ATTEMPTS {
            let found = self.store.get(&key)?;
            let before = found.as_ref().map(|entry| Record::decode(&id, &entry.value)).transpose()?;
            if before.as_ref().is_some_and(|record| record.current.is_some()) {
                return Err(InstanceError::AlreadyExists(id));
            }
            let declared = before.and_then(|record| record.declared);
            let record = Record { declared, current: Some(instance.clone()), launched: true, pending: None };
            let transaction = Transaction::new().require_unchanged(key.clone(), found.as_ref());
            let transaction = put(transaction, &id, None, &record);
            if let Outcome::Committed(revision) = self.store.commit(transaction)? {
                return Ok(Changed { instances: vec![id], revision });
            }
        }
        Err(InstanceError::Contended(id))
    }

    /// A number that no call got before, for the ids of the next launched instance.
    pub fn reserve_launch_number(&self) -> Result<u32, InstanceError> {
        let key = Key::new(LAUNCHES);
        loop {
            let found = self.store.get(&key)?;
            let last = found.as_ref().and_then(|entry| std::str::from_utf8(&entry.value).ok()?.parse().ok());
            let next: u32 = last.map_or(0, |last: u32| last.wrapping_add(1));
            let transaction = Transaction::new().require_unchanged(key.clone(), found.as_ref());
            if self.store.commit(transaction.put(key.clone(), next.to_string()))?.is_committed() {
                return Ok(next);
            }
        }
    }

    /// Removes instances: all of them, or on an error none. A declared one does not come back while its declaration
    /// stays as it is.
    pub fn terminate(&self, ids: &[InstanceId]) -> Result<Changed, InstanceError> {
        let Some(first) = ids.first() else {
            return Err(Refusal::new("MissingParameter", "no instance is named")
                .hint("name one or more")
                .into());
        };
        for _ in 0..ATTEMPTS {
            let transaction = self.termination(ids)?;
            if let Outcome::Committed(revision) = self.store.commit(transaction)? {
                return Ok(Changed { instances: ids.to_vec(), revision });
            }
        }
        Err(InstanceError::Contended(first.clone()))
    }

    fn termination(&self, ids: &[InstanceId]) -> Result<Transaction, InstanceError> {
        let mut transaction = Transaction::new();
        for id in ids {
            let not_found = || InstanceError::NotFound(id.clone());
            let key = record_key(id);
            let entry = self.store.get(&key)?.ok_or_else(not_found)?;
            let before = Record::decode(id, &entry.value)?;
            if before.current.is_none() {
                return Err(not_found());
            }
            transaction = transaction.require_revision(key.clone(), entry.modified);
            let after = Record { current: None, pending: None, ..before.clone() };
            transaction = match after.declared {
                Some(_) => put(transaction, id, before.pending.as_ref(), &after),
                None => unlink(transaction.delete(key), id, before.pending.as_ref()),
            };
        }
        Ok(transaction)
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

    /// The route of every change to one instance: read, edit, check, put if nobody else did.
    fn change<T, E: From<InstanceError>>(
        &self,
        id: &InstanceId,
        mut edit: impl FnMut(&mut Instance, &mut Option<Pending>) -> Result<T, E>,
    ) -> Result<(Changed, T), E> {
        let key = record_key(id);
        for _ in 0..ATTEMPTS {
            let entry = self.store.get(&key).map_err(InstanceError::from)?;
            let entry = entry.ok_or_else(|| InstanceError::NotFound(id.clone()))?;
            let before = Record::decode(id, &entry.value)?;
            let mut after = before.clone();
            let instance = after.current.as_mut().ok_or_else(|| InstanceError::NotFound(id.clone()))?;
            let answer = edit(instance, &mut after.pending)?;
            if after == before {
                return Ok((Changed { instances: Vec::new(), revision: entry.modified }, answer));
            }
            check::change(id, &after)?;
            let transaction = Transaction::new().require_revision(key.clone(), entry.modified);
            let transaction = put(transaction, id, before.pending.as_ref(), &after);
            let outcome = self.store.commit(transaction).map_err(InstanceError::from)?;
            if let Outcome::Committed(revision) = outcome {
                return Ok((Changed { instances: vec![id.clone()], revision }, answer));
            }
        }
        Err(InstanceError::Contended(id.clone()).into())
    }
}

/// Puts the record, and moves the mark of its pending options.
fn put(transaction: Transaction, id: &InstanceId, before: Option<&Pending>, record: &Record) -> Transaction {
    let transaction = transaction.put(record_key(id), record.encode());
    if before == record.pending.as_ref() {
        return transaction;
    }
    let transaction = unlink(transaction, id, before);
    match &record.pending {
        Some(pending) => transaction.put(options::due_key(pending.applies_at, id), ""),
        None => transaction,
    }
}

fn unlink(transaction: Transaction, id: &InstanceId, pending: Option<&Pending>) -> Transaction {
    match pending {
        Some(pending) => transaction.delete(options::due_key(pending.applies_at, id)),
        None => transaction,
    }
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

/// Conflicts in a row before an operation gives up: each one means that another writer got through.
const ATTEMPTS: usize = 32;

/// Records read or written at once: about a megabyte of them.
const BATCH: usize = 256;

//! When access keys and roles were last used: noted in memory on the way of every request, written down now and then.
//!
//! Rule: noting takes no lock and, but once a minute for a key, writes nothing that others read. What was noted after the last
//! flush is lost with the process: AWS's own record is hours behind at times (GetAccessKeyLastUsed, GetRole).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use serde::{Deserialize, Serialize};
use store::{Key, KeyRange, Store, Transaction};
use types::Timestamp;

use super::AccountError;
use crate::directory::Directory;

/// Last uses, by access key id and by the unique id of a role.
#[derive(Debug, Default)]
pub struct KeyUses {
    slots: ArcSwap<Slots>,
}

/// One use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyUse {
    /// To the minute.
    pub at: Timestamp,
    /// The service's name in the scope of signatures, such as `sts`.
    pub service: String,
    pub region: String,
}

type Slots = HashMap<Arc<str>, Arc<Slot>>;

#[derive(Debug, Default)]
struct Slot {
    last: ArcSwapOption<KeyUse>,
    /// Noted since the last flush.
    fresh: AtomicBool,
}

impl KeyUses {
    /// Notes a use. `id` is that of an access key or a role of the account, so that there are no more of them than entities.
    pub fn note(&self, id: &str, service: &str, region: &str, now: Timestamp) {
        let at = minute(now);
        if let Some(slot) = self.slots.load().get(id) {
            return slot.note(at, service, region);
        }
        let slot = Arc::new(Slot::default());
        let key: Arc<str> = id.into();
        self.slots.rcu(|slots| {
            let mut slots = Slots::clone(slots);
            slots.entry(Arc::clone(&key)).or_insert_with(|| Arc::clone(&slot));
            slots
        });
        if let Some(slot) = self.slots.load().get(id) {
            slot.note(at, service, region);
        }
    }

    /// The last use, as far as it is known.
    pub fn last(&self, id: &str) -> Option<Arc<KeyUse>> {
        self.slots.load().get(id)?.last.load_full()
    }

    /// Writes fresh uses, and forgets those of keys and roles that are gone.
    pub(super) fn flush(&self, store: &dyn Store, directory: &Directory) -> Result<(), AccountError> {
        let roles: HashSet<&str> = directory.roles.iter().map(|role| role.role_id.as_str()).collect();
        let lives = |id: &str| directory.access_keys.contains(id) || roles.contains(id);
        let mut transaction = Transaction::new();
        let mut written = Vec::new();
        for (id, slot) in self.slots.load().iter() {
            if !lives(id) {
                transaction = transaction.delete(Key::new(ROOT).with(id));
            } else if let Some(last) = slot.take_fresh() {
                let value = serde_json::to_vec(&*last).expect("a structure of texts");
                transaction = transaction.put(Key::new(ROOT).with(id), value);
                written.push(Arc::clone(slot));
            }
        }
        if !transaction.writes.is_empty() {
            let committed = store.commit(transaction);
            if committed.is_err() {
                written.iter().for_each(|slot| slot.fresh.store(true, Ordering::Relaxed));
            }
            let _ = committed?;
        }
        self.retain(lives);
        Ok(())
    }

    fn retain(&self, lives: impl Fn(&str) -> bool) {
        if self.slots.load().keys().all(|id| lives(id)) {
            return;
        }
        self.slots.rcu(|slots| {
            let mut slots = Slots::clone(slots);
            slots.retain(|id, _| lives(id));
            slots
        });
    }
}

impl Slot {
    fn note(&self, at: Timestamp, service: &str, region: &str) {
        let same = |last: &KeyUse| last.at >= at && last.service == service && last.region == region;
        if self.last.load().as_deref().is_some_and(same) {
            return;
        }
        let last = KeyUse { at, service: service.to_owned(), region: region.to_owned() };
        self.last.store(Some(Arc::new(last)));
        self.fresh.store(true, Ordering::Release);
    }

    fn take_fresh(&self) -> Option<Arc<KeyUse>> {
        let fresh = self.fresh.swap(false, Ordering::Acquire);
        if fresh { self.last.load_full() } else { None }
    }
}

/// As written down by whichever process was last.
pub(super) fn read(store: &dyn Store) -> Result<KeyUses, AccountError> {
    let mut slots = Slots::new();
    let mut rest = Some(KeyRange::children(&Key::new(ROOT)));
    while let Some(range) = rest {
        let page = store.range(&range, BATCH)?;
        for entry in page.entries {
            // A use that cannot be read is one that is not known: no reason to stop.
            let (Some(id), Ok(last)) = (entry.key.name(), serde_json::from_slice::<KeyUse>(&entry.value))
            else {
                continue;
            };
            let slot = Slot { last: ArcSwapOption::from_pointee(last), fresh: AtomicBool::new(false) };
            slots.insert(id.into(), Arc::new(slot));
        }
        rest = page.rest;
    }
    Ok(KeyUses { slots: ArcSwap::from_pointee(slots) })
}

fn minute(now: Timestamp) -> Timestamp {
    Timestamp::from_secs(now.secs() - now.secs().rem_euclid(60))
}

/// Apart from the account's records: a use is no change of the account.
const ROOT: &str = "iam-use";

const BATCH: usize = 256;

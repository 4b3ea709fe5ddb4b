//! Runs within a run: the kernel allows one supervisor per tree of processes, so the outer one serves the programs of the
//! inner ones as these say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use types::InstanceId;

use super::ancestry::{self, Identity};
use crate::arguments::Workload;
use crate::introductions::Line;

/// What the programs of a run find, and who answers them.
#[derive(Debug)]
pub(super) struct Party {
    /// `None`: they are on an instance.
    pub(super) workload: Option<Workload>,
    /// Absent where nobody has to answer: a function has its credentials already.
    pub(super) host: Option<Host>,
}

/// An instance and the way to its server.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) line: Line,
    pub(super) instance_id: InstanceId,
}

/// The inner runs, by their processes.
#[derive(Debug)]
pub(super) struct Guests {
    parties: Mutex<HashMap<Identity, Arc<Party>>>,
    /// Whether all programs of the tree are isolated.
    pub(super) isolated: bool,
}

/// An inner run's place, given up when dropped.
#[derive(Debug)]
pub(super) struct Stay {
    guests: Arc<Guests>,
    process: Identity,
}

impl Guests {
    pub(super) fn new(isolated: bool) -> Self {
        Self { parties: Mutex::default(), isolated }
    }

    /// From now on programs below the process are on this instance; `None` where the house is full.
    pub(super) fn admit(self: &Arc<Self>, process: Identity, party: Party) -> Option<Stay> {
        let mut parties = self.parties();
        if parties.len() >= MOST {
            return None;
        }
        parties.insert(process, Arc::new(party));
        Some(Stay { guests: Arc::clone(self), process })
    }

    /// The party of the nearest inner run that the process came from.
    pub(super) fn party_of(&self, process_id: u32) -> Option<Arc<Party>> {
        if self.parties().is_empty() {
            return None;
        }
        ancestry::lineage(process_id).find_map(|ancestor| self.parties().get(&ancestor).cloned())
    }

    fn parties(&self) -> MutexGuard<'_, HashMap<Identity, Arc<Party>>> {
        self.parties.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.guests.parties().remove(&self.process);
    }
}

/// Each costs a thread and two descriptors.
const MOST: usize = 256;

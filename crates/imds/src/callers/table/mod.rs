//! The table of programs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use net::{Caller, Place};
use prometheus_client::registry::Registry;
use types::{InstanceId, Timestamp};

use crate::callers::calls::Calls;
use crate::callers::program::{self, Program};
use crate::callers::tally::{CallerSummary, Key, Latest, Tally};

/// Who has called since the server started: at most 1,024 programs. Then the user who has most of them makes room, with
/// the one that called longest ago.
#[derive(Debug)]
pub struct Callers {
    since: Timestamp,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    tallies: HashMap<Key, Arc<Tally>>,
    calls: Calls,
    /// Programs that gave way to others.
    dropped: u64,
}

/// A connection that is to be counted.
#[derive(Clone, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) instance_id: Option<&'a InstanceId>,
    pub(crate) caller: Arc<Caller>,
    /// The header as it came.
    pub(crate) user_agent: Option<&'a [u8]>,
    pub(crate) at: Timestamp,
}

impl Callers {
    pub(crate) fn new(since: Timestamp) -> Self {
        Self { since, table: Mutex::default() }
    }

    /// Since when calls are counted.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// Programs that called and are not listed any more, because too many others did since.
    pub fn dropped(&self) -> u64 {
        self.table().dropped
    }

    /// The programs that have called, those first that called last.
    pub fn list(&self, instance_id: Option<&InstanceId>) -> Vec<CallerSummary> {
        let is_meant =
            |tally: &&Arc<Tally>| instance_id.is_none() || tally.key().instance_id.as_ref() == instance_id;
        let tallies: Vec<_> = self.table().tallies.values().filter(is_meant).cloned().collect();
        let mut list: Vec<_> = tallies.iter().map(|tally| tally.summary()).collect();
        list.sort_by(|a, b| b.last_seen.cmp(&a.last_seen).then_with(|| a.first_seen.cmp(&b.first_seen)));
        list
    }

    /// Makes the counters by program part of `registry`.
    pub fn register(&self, registry: &mut Registry) {
        self.table().calls.register(registry);
    }

    /// Where a connection of an identified caller is counted.
    pub(crate) fn meet(&self, arrival: Arrival<'_>) -> Arc<Tally> {
        let user_agent = arrival.user_agent.map(program::user_agent);
        let caller = &arrival.caller;
        let key = Key {
            instance_id: arrival.instance_id.cloned(),
            program: Program::of(caller, user_agent.as_deref()),
            user: caller.user.as_ref().map(|user| user.id),
            container_id: caller.process.as_ref().and_then(|process| process.container_id.clone()),
        };
        let place = caller.place;
        self.table().tally(key, place, Latest { caller: arrival.caller, user_agent }, arrival.at)
    }

    /// Where a connection is counted that there was no time to identify.
    pub(crate) fn pass(&self, arrival: Arrival<'_>) -> Arc<Tally> {
        self.table().calls.not_identified.inc();
        self.meet(arrival)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Whole tallies are put in at once, so a panic elsewhere leaves nothing half done.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn tally(&mut self, key: Key, place: Place, latest: Latest, now: Timestamp) -> Arc<Tally> {
        if let Some(tally) = self.tallies.get(&key) {
            tally.visit(latest, now);
            return Arc::clone(tally);
        }
        if self.tallies.len() >= MAX_TALLIES {
            self.drop_oldest();
        }
        let calls = self.calls.of(key.program.label(place));
        let tally = Arc::new(Tally::new(key.clone(), latest, calls, now));
        self.tallies.insert(key, Arc::clone(&tally));
        tally
    }

    /// Of the user who has most: whoever calls under a thousand names pushes out nobody else's programs.
    fn drop_oldest(&mut self) {
        let mut programs: HashMap<Option<u32>, usize> = HashMap::new();
        for key in self.tallies.keys() {
            *programs.entry(key.user).or_default() += 1;
        }
        let crowd = programs.into_iter().max_by_key(|(_, count)| *count).map(|(user, _)| user);
        let of_crowd = self.tallies.values().filter(|tally| crowd == Some(tally.key().user));
        let oldest = of_crowd.min_by_key(|tally| tally.last_seen()).map(|tally| tally.key().clone());
        if let Some(key) = oldest {
            self.tallies.remove(&key);
            self.dropped += 1;
        }
    }
}

/// A tally takes up to 6 KiB, most of it the command line.
const MAX_TALLIES: usize = 1024;

#[cfg(test)]
mod tests;

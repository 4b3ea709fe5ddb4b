//! What the service keeps of a connection.

use std::sync::{Arc, OnceLock};

use net::Caller;

use super::Tally;

/// Who calls on a connection. It is settled with the connection's first request, so that later ones read it without a
/// lock.
#[derive(Debug, Default)]
pub struct Visit {
    met: OnceLock<Met>,
    /// Where a connection is counted that there was no time to identify.
    provisional: OnceLock<Arc<Tally>>,
}

/// A caller, and what is counted of its program.
#[derive(Debug)]
struct Met {
    caller: Arc<Caller>,
    tally: Arc<Tally>,
}

impl Visit {
    /// Who calls, if anybody looked. All requests for credentials come after that.
    pub fn caller(&self) -> Option<&Arc<Caller>> {
        self.met.get().map(|met| &met.caller)
    }

    /// What is counted of the calling program.
    pub fn tally(&self) -> Option<&Arc<Tally>> {
        self.met.get().map(|met| &met.tally).or_else(|| self.provisional.get())
    }

    /// Settles who calls. Of two who find it out at once, the first counts.
    pub(crate) fn meet(&self, caller: Arc<Caller>, tally: Arc<Tally>) {
        let _ = self.met.set(Met { caller, tally });
    }

    /// Counts the connection, until somebody finds out who calls.
    pub(crate) fn count_under(&self, tally: Arc<Tally>) {
        let _ = self.provisional.set(tally);
    }
}

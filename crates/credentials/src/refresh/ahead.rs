//! Renewal without anybody asking: for servers, which answer from memory.
//!
//! Rule: when a set is due follows from this machine's time and not from a timer: timers stand still while a machine
//! sleeps.

use std::sync::Arc;
use std::time::Duration;

use types::Timestamp;

use super::{Phase, SharedCredentials, pause};
use crate::{ResolveError, Resolved};

impl SharedCredentials {
    /// How long after `now` a set is to be asked for that nobody has to wait for; `None` where what is held does not end.
    pub fn until_renewal(&self, now: Timestamp) -> Option<Duration> {
        let held = self.held();
        if self.phase(held.as_deref(), now) == Phase::Fresh {
            let times = held.and_then(|held| held.times)?;
            return Some(times.renewal.since(self.skew.at_aws(now)));
        }
        let again = self.failure().map(|failure| (failure.at + pause(failure.count)).since(now));
        Some(again.unwrap_or_default())
    }

    /// Asks for a new set, however good the one is that is held; where none comes, that one stays.
    pub async fn renew(&self, now: Timestamp) -> Result<Arc<Resolved>, ResolveError> {
        let _turn = self.turn.lock().await;
        self.ask(now).await
    }
}

//! What may be made to go wrong in a running server, and who watches: the switches that scenarios turn.
//!
//! Rule: nothing of it is stored. Faults end with the process, and a rehearsal that is over leaves no trace but what
//! clients were given meanwhile.

use std::sync::Arc;

use account::{RotationRehearsal, RotationSchedule};
use imds::{Faults, Observer, Service};
use types::{InstanceId, Timestamp};

use super::Server;
use super::credentials::AccountCredentials;

/// The switches of one server.
#[derive(Clone, Debug)]
pub(crate) struct Rehearsal {
    service: Arc<Service>,
    credentials: Arc<AccountCredentials>,
    clock: sys::Clock,
}

impl Server {
    pub(crate) fn rehearsal(&self) -> Rehearsal {
        Rehearsal {
            service: Arc::clone(&self.service),
            credentials: Arc::clone(&self.credentials),
            clock: self.inventory.clock.clone(),
        }
    }
}

impl Rehearsal {
    /// The time by which the server decides: what tokens, sets and packet budgets live by.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How sets are issued without a rehearsal.
    pub(crate) fn schedule(&self) -> RotationSchedule {
        self.credentials.schedule()
    }

    /// What is wrong with requests from now on; `None` for nothing.
    pub(crate) fn set_faults(&self, faults: Option<Faults>) {
        self.service.set_faults(faults);
    }

    /// How sets of one instance (`None` for all) are issued from now on; without a rehearsal as ever. The next request
    /// for credentials gets the set that follows from it.
    pub(crate) fn set_rotation(&self, instance_id: Option<InstanceId>, rotation: Option<RotationRehearsal>) {
        self.credentials.rehearse(rotation.map(|rotation| (instance_id, rotation)));
        self.service.forget_documents();
    }

    /// Who is told of each request from now on; `None` for nobody.
    pub(crate) fn set_observer(&self, observer: Option<Arc<dyn Observer>>) {
        self.service.set_observer(observer);
    }
}

//! Where instances run: the account's store, the rendered copies, the addresses.
//!
//! Rule: whatever door a change comes through, the admin socket's or the account's endpoints, it has the turn that guards the addresses, and is
//! published before it is acknowledged.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use account::Instances;
use account::ec2::{HostTurn, InstanceHost};
use account::identifier::Seed;
use linklocal::config::Config;
use tokio::sync::{Mutex, Notify};

use super::endpoints::Endpoints;
use super::inventory::Inventory;
use super::turn::Turn;

/// The instances of this server, for the account's endpoints.
#[derive(Debug)]
pub(super) struct ServerHost {
    inventory: Inventory,
    ground: OnceLock<Ground>,
}

/// What the server has that the account is opened without.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// Whoever holds the addresses has the turn.
    pub(super) endpoints: Arc<Mutex<Endpoints>>,
    pub(super) config: Arc<RwLock<Arc<Config>>>,
    /// Something will be due.
    pub(super) pending: Arc<Notify>,
}

impl ServerHost {
    pub(super) fn new(inventory: Inventory) -> Self {
        Self { inventory, ground: OnceLock::new() }
    }

    /// Gives it what instances are reached by, before anybody is answered.
    pub(super) fn settle(&self, ground: Ground) {
        let _ = self.ground.set(ground);
    }

    fn ground(&self) -> &Ground {
        self.ground.get().expect("settled before the account's endpoints are served")
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.ground().config.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl InstanceHost for ServerHost {
    fn instances(&self) -> &Instances {
        &self.inventory.instances
    }

    fn seed(&self) -> &Seed {
        &self.inventory.seed
    }

    fn turn(&self) -> Box<dyn HostTurn + '_> {
        let Ground { endpoints, pending, .. } = self.ground();
        let endpoints = Arc::clone(endpoints).blocking_lock_owned();
        Box::new(Turn::new(self.inventory.clone(), endpoints, Arc::clone(pending)))
    }

    fn propagation_delay(&self) -> Duration {
        self.config().metadata_options.propagation_delay
    }

    fn transition_delay(&self) -> Duration {
        self.config().ec2.transition_delay
    }
}

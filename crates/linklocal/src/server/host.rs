//! Where instances run: the account's store, the rendered copies, the addresses.
//!
//! Rule: whatever door a change comes through, the admin socket's or the account's endpoints, it has the turn that guards the addresses, and is
//! published before it is acknowledged.

use std::sync::Arc;
use std::time::Duration;

use account::ec2::InstanceHost;
use account::identifier::Seed;
use account::{Changed, InstanceError, Instances};
use types::Instance;

use super::inventory::Inventory;

/// The instances of this server, for the account's endpoints.
#[derive(Debug)]
pub(super) struct ServerHost {
    inventory: Arc<Inventory>,
}

impl ServerHost {
    pub(super) fn new(inventory: Inventory) -> Self {
        Self { inventory: Arc::new(inventory) }
    }
}

impl InstanceHost for ServerHost {
    fn instances(&self) -> &Instances {
        &self.inventory.instances
    }

    fn seed(&self) -> &Seed {
        &self.inventory.seed
    }

    fn launch(&self, instances: Vec<Instance>) -> Result<Vec<Instance>, InstanceError> {
        for instance in &instances {
            let changed = self.inventory.instances.launch(instance.clone())?;
            self.publish(&changed)?;
        }
        Ok(instances)
    }

    fn publish(&self, changed: &Changed) -> Result<(), InstanceError> {
        self.inventory.publish(changed).map(drop)
    }

    fn propagation_delay(&self) -> Duration {
        Duration::ZERO
    }
}

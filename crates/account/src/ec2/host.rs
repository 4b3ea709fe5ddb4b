//! Where instances run: whoever keeps them in the store, rendered, and reachable.

use std::fmt;
use std::time::Duration;

use types::Instance;

use crate::identifier::Seed;
use crate::{Changed, InstanceError, Instances};

/// The server that instances run on. All of it blocks, for the store and the sockets: not for an async thread.
pub trait InstanceHost: fmt::Debug + Send + Sync {
    fn instances(&self) -> &Instances;

    /// What ids of new instances follow from.
    fn seed(&self) -> &Seed;

    /// Makes all of these be there, rendered and reachable, or none. One that is reached nowhere gets an address of its own; the
    /// instances as they are then.
    fn launch(&self, instances: Vec<Instance>) -> Result<Vec<Instance>, InstanceError>;

    /// Renders what changed; opens and closes addresses as it is wanted.
    fn publish(&self, changed: &Changed) -> Result<(), InstanceError>;

    /// How long changed metadata options stay `pending`.
    fn propagation_delay(&self) -> Duration;
}

/// Instances in a store, and nothing that serves them.
#[derive(Debug)]
pub struct UnrenderedHost {
    instances: Instances,
    seed: Seed,
}

impl UnrenderedHost {
    pub fn new(instances: Instances, seed: Seed) -> Self {
        Self { instances, seed }
    }
}

impl InstanceHost for UnrenderedHost {
    fn instances(&self) -> &Instances {
        &self.instances
    }

    fn seed(&self) -> &Seed {
        &self.seed
    }

    fn launch(&self, instances: Vec<Instance>) -> Result<Vec<Instance>, InstanceError> {
        for instance in &instances {
            let _ = self.instances.launch(instance.clone())?;
        }
        Ok(instances)
    }

    fn publish(&self, _: &Changed) -> Result<(), InstanceError> {
        Ok(())
    }

    fn propagation_delay(&self) -> Duration {
        Duration::ZERO
    }
}

//! Where instances run: whoever keeps them in the store, rendered, and reachable.
//!
//! Rule: one turn at a time. Whoever launches or starts instances counts and chooses addresses within his turn, so that nobody else
//! takes the same ones meanwhile.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use types::Instance;

use crate::identifier::Seed;
use crate::{Changed, InstanceError, Instances, LaunchToken};

/// The server that instances run on. All of it blocks, for the store and the sockets: not for an async thread.
pub trait InstanceHost: fmt::Debug + Send + Sync {
    fn instances(&self) -> &Instances;

    /// What ids of new instances follow from.
    fn seed(&self) -> &Seed;

    /// Waits until nobody else has the turn. Nobody asks for one who has one.
    fn turn(&self) -> Box<dyn HostTurn + '_>;

    /// Renders what changed; opens and closes addresses as it is wanted. In a turn of its own.
    fn publish(&self, changed: &Changed) -> Result<(), InstanceError> {
        self.turn().publish(changed)
    }

    /// How long changed metadata options stay `pending`.
    fn propagation_delay(&self) -> Duration;

    /// How long an instance takes from one state to another.
    fn transition_delay(&self) -> Duration;
}

/// What only one does at a time.
pub trait HostTurn {
    /// Makes all of these be there, rendered and reachable, or none. One that is reached nowhere gets an address of its own; the
    /// instances as they are then.
    fn launch(
        &mut self,
        instances: Vec<Instance>,
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Vec<Instance>, InstanceError>;

    /// Renders what changed; opens and closes addresses as it is wanted.
    fn publish(&mut self, changed: &Changed) -> Result<(), InstanceError>;
}

/// Instances in a store, and nothing that serves them.
#[derive(Debug)]
pub struct UnrenderedHost {
    instances: Instances,
    seed: Seed,
    transition_delay: Duration,
    turn: Mutex<()>,
}

struct UnrenderedTurn<'a> {
    instances: &'a Instances,
    _turn: MutexGuard<'a, ()>,
}

impl UnrenderedHost {
    /// On this host everything happens at once.
    pub fn new(instances: Instances, seed: Seed) -> Self {
        Self { instances, seed, transition_delay: Duration::ZERO, turn: Mutex::new(()) }
    }

    /// On which an instance takes some time from one state to another.
    #[must_use]
    pub fn with_transition_delay(self, transition_delay: Duration) -> Self {
        Self { transition_delay, ..self }
    }
}

impl InstanceHost for UnrenderedHost {
    fn instances(&self) -> &Instances {
        &self.instances
    }

    fn seed(&self) -> &Seed {
        &self.seed
    }

    fn turn(&self) -> Box<dyn HostTurn + '_> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        Box::new(UnrenderedTurn { instances: &self.instances, _turn: turn })
    }

    fn propagation_delay(&self) -> Duration {
        Duration::ZERO
    }

    fn transition_delay(&self) -> Duration {
        self.transition_delay
    }
}

impl HostTurn for UnrenderedTurn<'_> {
    fn launch(
        &mut self,
        instances: Vec<Instance>,
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Vec<Instance>, InstanceError> {
        let _ = self.instances.launch_all(&instances, token)?;
        Ok(instances)
    }

    fn publish(&mut self, _: &Changed) -> Result<(), InstanceError> {
        Ok(())
    }
}

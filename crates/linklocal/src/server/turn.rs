//! A turn at the instances and their addresses: what one does at a time, whichever door he came through.
//!
//! Rule: an address is opened before an instance is in the store, and nobody is answered there before the instance is rendered; those
//! of one that stopped are closed before anybody is told. All of this blocks: it runs on threads for blocking work.

use std::net::SocketAddr;
use std::sync::Arc;

use account::ec2::HostTurn;
use account::{Changed, Declaration, InstanceError, InstanceView, LaunchToken, Refusal};
use net::Listener;
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedMutexGuard};
use types::{Instance, InstanceId};

use super::endpoints::Endpoints;
use super::inventory::Inventory;
use crate::admin;
use crate::failure::Failure;

/// The turn.
pub(super) struct Turn {
    pub(super) inventory: Inventory,
    pub(super) endpoints: OwnedMutexGuard<Endpoints>,
    pending: Arc<Notify>,
}

impl Turn {
    pub(super) fn new(
        inventory: Inventory,
        endpoints: OwnedMutexGuard<Endpoints>,
        pending: Arc<Notify>,
    ) -> Self {
        Self { inventory, endpoints, pending }
    }

    /// Renders what changed and opens or closes addresses; the new state of each, `None` for what is gone. `opened` are addresses
    /// that were opened for them before: nobody is answered there who would be taken for another instance.
    pub(super) fn published(
        &mut self,
        changed: &Changed,
        mut opened: Vec<Listener>,
    ) -> Result<Vec<(InstanceId, Option<InstanceView>)>, InstanceError> {
        // One that finds no address is no reason to leave the others, which are in the store, unseen.
        let mut reopened = Ok(());
        for id in &changed.instances {
            let found = self.reopen(id, &mut opened);
            reopened = reopened.and(found);
        }
        let states = self.inventory.publish(changed)?;
        for (id, state) in &states {
            let answering = state.as_ref().filter(|view| view.instance.life.answers());
            let addresses = answering.map_or(&[][..], |view| &view.instance.binding.endpoints);
            let is_own = |listener: &mut Listener| addresses.contains(&listener.local_addr());
            self.endpoints.serve(id, opened.extract_if(.., is_own).collect());
            Handle::current().block_on(self.endpoints.set(id, addresses));
        }
        self.pending.notify_one();
        reopened.map(|()| states)
    }

    /// An instance that starts answers where it did; at another address where somebody else has taken its own meanwhile.
    fn reopen(&mut self, id: &InstanceId, opened: &mut Vec<Listener>) -> Result<(), InstanceError> {
        let instance = match self.inventory.instances.describe(id) {
            Ok(view) if view.instance.life.answers() => view.instance,
            Ok(_) | Err(InstanceError::NotFound(_)) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut addresses: Vec<SocketAddr> = Vec::with_capacity(instance.binding.endpoints.len());
        for address in &instance.binding.endpoints {
            let is_open = opened.iter().any(|listener| listener.local_addr() == *address);
            if is_open || self.endpoints.answers_for(*address, id) {
                addresses.push(*address);
                continue;
            }
            let listeners = match self.endpoints.open([address]) {
                Ok(listeners) if !listeners.is_empty() => listeners,
                _ => self.open_next(1)?,
            };
            addresses.extend(listeners.iter().map(Listener::local_addr));
            opened.extend(listeners);
        }
        if addresses == instance.binding.endpoints {
            return Ok(());
        }
        tracing::warn!(instance = %id, "somebody else has an address of it now: it answers at {addresses:?}");
        let _ = self.inventory.instances.update(id, |instance| {
            instance.binding.endpoints.clone_from(&addresses);
            Ok::<_, InstanceError>(())
        })?;
        Ok(())
    }

    /// Opens free addresses; those of stopped instances are not free.
    fn open_next(&self, count: usize) -> Result<Vec<Listener>, InstanceError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let kept = self.inventory.addresses()?;
        self.endpoints.open_next(count, &kept).map_err(|error| no_room(&error))
    }

    /// Opens what a declaration will want, so that a taken port refuses it before anything changes.
    pub(super) fn prepare(
        &self,
        id: &InstanceId,
        declaration: &Declaration,
    ) -> Result<Vec<Listener>, admin::Refusal> {
        let instance = self.inventory.preview(id, declaration)?;
        if !instance.life.answers() {
            return Ok(Vec::new());
        }
        self.endpoints.open(&instance.binding.endpoints).map_err(|error| super::bind_refusal(&error))
    }

    /// Addresses for instances that nobody reaches otherwise. The first of them may go without where no other does.
    fn bound(&self, instances: &mut [Instance]) -> Result<Vec<Listener>, InstanceError> {
        let mut room = None;
        let mut homeless = Vec::new();
        for (at, instance) in instances.iter().enumerate() {
            if instance.binding.is_empty() && room.is_none() {
                room = Some(self.inventory.has_room(instance)?);
                if room == Some(true) {
                    continue;
                }
            }
            if instance.binding.is_empty() {
                homeless.push(at);
            }
        }
        let listeners = self.open_next(homeless.len())?;
        for (at, listener) in homeless.into_iter().zip(&listeners) {
            instances[at].binding.endpoints.push(listener.local_addr());
        }
        Ok(listeners)
    }
}

impl HostTurn for Turn {
    fn launch(
        &mut self,
        mut instances: Vec<Instance>,
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Vec<Instance>, InstanceError> {
        let mut opened = self.bound(&mut instances)?;
        let declared = instances.iter().flat_map(|instance| &instance.binding.endpoints);
        let missing: Vec<SocketAddr> =
            declared.filter(|address| !opened.iter().any(|o| o.local_addr() == **address)).copied().collect();
        opened.extend(self.endpoints.open(&missing).map_err(|error| no_room(&error))?);
        let changed = self.inventory.instances.launch_all(&instances, token)?;
        self.published(&changed, opened)?;
        Ok(instances)
    }

    fn publish(&mut self, changed: &Changed) -> Result<(), InstanceError> {
        self.published(changed, Vec::new()).map(drop)
    }
}

/// EC2 says so where no host has room.
fn no_room(error: &net::BindError) -> InstanceError {
    let message = format!("no address for the instance: {}", Failure::of(error).message);
    InstanceError::Refused(Refusal { code: "InsufficientInstanceCapacity", message, hint: None })
}

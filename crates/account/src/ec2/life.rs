//! Start, stop, reboot and terminate instances: what several doors have in common is in `Instances`, what EC2 asks besides is here.
//!
//! Rule: vCPUs are counted and addresses chosen within one turn, so two that start at once cannot both take the last.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use types::instance::{InstanceState, MaintenanceState, NetworkInterface};
use types::{AccountId, Instance, InstanceId, Region, Timestamp};

use super::describe_instances::{named_ones, visible};
use super::run::{Capacity, PublicAddresses};
use super::{InstanceHost, refusal};
use crate::directory::Directory;
use crate::{InstanceView, ServiceError, StateChange, Stop};

/// Whose instances, where and when.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    pub host: &'a dyn InstanceHost,
    pub directory: &'a Directory,
    pub region: &'a Region,
    pub now: Timestamp,
}

impl Door<'_> {
    fn account_id(&self) -> AccountId {
        self.directory.account_id()
    }

    /// The instances that a request names.
    fn named(&self, ids: &[&str]) -> Result<Vec<InstanceId>, ServiceError> {
        let views = named_ones(self.host.instances(), self.account_id(), self.region, ids, self.now)?;
        Ok(views.into_iter().map(|view| view.instance.instance_id).collect())
    }
}

/// `StartInstances`
///
/// # Errors
/// `IncorrectInstanceState`, `VcpuLimitExceeded`
pub fn start(door: Door<'_>, ids: &[&str]) -> Result<Vec<StateChange>, ServiceError> {
    let Door { host, directory, region, now } = door;
    let instances = host.instances();
    let mut turn = host.turn();
    let all = visible(instances, door.account_id(), region, now)?;
    let views = named_ones(instances, door.account_id(), region, ids, now)?;
    let mut capacity = Capacity::new(directory, region, all.iter().map(|view| &view.instance), now);
    for view in views.iter().filter(|view| view.instance.life.state(now) == InstanceState::Stopped) {
        capacity.take(&view.instance.instance_type, 1, 1)?;
    }
    let mut addresses = PublicAddresses::new(host.seed(), all.iter().map(|view| &view.instance));
    let mut fresh: Vec<Ipv4Addr> = Vec::with_capacity(views.len());
    for _ in &views {
        fresh.push(addresses.next(instances.next_place()?));
    }
    let ids: Vec<InstanceId> = views.into_iter().map(|view| view.instance.instance_id).collect();
    let (changed, states) = instances.start(&ids, &fresh, now, host.transition_delay())?;
    turn.publish(&changed)?;
    Ok(states)
}

/// `StopInstances`
///
/// # Errors
/// `IncorrectInstanceState`, `OperationNotPermitted`, `UnsupportedHibernationConfiguration`
pub fn stop(door: Door<'_>, ids: &[&str], how: Stop) -> Result<Vec<StateChange>, ServiceError> {
    let ids = door.named(ids)?;
    let mut turn = door.host.turn();
    let delay = door.host.transition_delay();
    let (changed, states) = door.host.instances().stop(&ids, how, door.now, delay)?;
    turn.publish(&changed)?;
    Ok(states)
}

/// `TerminateInstances`
///
/// # Errors
/// `OperationNotPermitted`
pub fn terminate(door: Door<'_>, ids: &[&str]) -> Result<Vec<StateChange>, ServiceError> {
    let ids = door.named(ids)?;
    let mut turn = door.host.turn();
    let delay = door.host.transition_delay();
    let (changed, states) = door.host.instances().terminate(&ids, door.now, delay)?;
    turn.publish(&changed)?;
    Ok(states)
}

/// `RebootInstances`: nothing of an instance changes, but what was announced to need a reboot is done with.
///
/// # Errors
/// `IncorrectInstanceState`
pub fn reboot(door: Door<'_>, ids: &[&str]) -> Result<(), ServiceError> {
    let ids = door.named(ids)?;
    let mut turn = door.host.turn();
    let (changed, _) = door.host.instances().update_all(&ids, |instance| {
        if !matches!(instance.life.state(door.now), InstanceState::Running | InstanceState::Pending) {
            return Err(refusal::wants_state(&instance.instance_id, "'running' state"));
        }
        complete_reboots(instance);
        Ok(())
    })?;
    turn.publish(&changed)?;
    Ok(())
}

/// A reboot by the owner is the one that was announced (EC2 user guide, "Manage instances scheduled for reboot").
fn complete_reboots(instance: &mut Instance) {
    let events = &mut instance.events;
    let done: Vec<_> = events.maintenance.extract_if(.., |event| event.code == "instance-reboot").collect();
    events.maintenance_history.extend(done.into_iter().map(|mut event| {
        event.state = MaintenanceState::Completed;
        event
    }));
}

/// Public addresses that instances have.
pub(super) fn public_addresses<'a>(instances: impl IntoIterator<Item = &'a Instance>) -> HashSet<Ipv4Addr> {
    let interfaces = instances.into_iter().flat_map(|instance| &instance.network_interfaces);
    let associations = interfaces.flat_map(|interface: &NetworkInterface| &interface.ipv4_associations);
    associations.map(|association| association.public_ip).collect()
}

/// Whether an instance is one of those whose vCPUs count.
pub(super) fn counts(instance: &Instance, now: Timestamp) -> bool {
    matches!(instance.life.state(now), InstanceState::Pending | InstanceState::Running)
        && instance.launch.instance_life_cycle == "on-demand"
}

/// Instances out of views.
pub(super) fn instances_of(views: &[InstanceView]) -> impl Iterator<Item = &Instance> + Clone {
    views.iter().map(|view| &view.instance)
}

//! Start, stop, reboot and terminate instances: what several doors have in common is in `Instances`, what EC2 asks besides is here.
//!
//! Rule: vCPUs are counted and addresses chosen within one turn, so two that start at once cannot both take the last.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use types::instance::{InstanceState, NetworkInterface};
use types::{AccountId, Instance, InstanceId, Region, Timestamp};

use super::InstanceHost;
use super::describe_instances::named_ones;
use super::operator::Operator;
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

    fn operator(&self) -> Operator<'_> {
        let Self { host, directory, now, .. } = *self;
        let (instances, seed, delay) = (host.instances(), host.seed(), host.transition_delay());
        Operator { instances, seed, directory, now, delay, holds_to_quotas: true }
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
    let mut turn = door.host.turn();
    door.operator().start(&mut *turn, &door.named(ids)?)
}

/// `StopInstances`
///
/// # Errors
/// `IncorrectInstanceState`, `OperationNotPermitted`, `UnsupportedHibernationConfiguration`
pub fn stop(door: Door<'_>, ids: &[&str], how: Stop) -> Result<Vec<StateChange>, ServiceError> {
    let ids = door.named(ids)?;
    let mut turn = door.host.turn();
    door.operator().stop(&mut *turn, &ids, how)
}

/// `TerminateInstances`
///
/// # Errors
/// `OperationNotPermitted`
pub fn terminate(door: Door<'_>, ids: &[&str]) -> Result<Vec<StateChange>, ServiceError> {
    let ids = door.named(ids)?;
    let mut turn = door.host.turn();
    door.operator().terminate(&mut *turn, &ids)
}

/// `RebootInstances`
///
/// # Errors
/// `IncorrectInstanceState`
pub fn reboot(door: Door<'_>, ids: &[&str]) -> Result<(), ServiceError> {
    let ids = door.named(ids)?;
    let mut turn = door.host.turn();
    door.operator().reboot(&mut *turn, &ids).map(drop)
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

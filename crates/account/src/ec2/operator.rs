//! Whoever has the turn, at his work: instances are started, stopped, rebooted, terminated, and let in when they are launched.
//!
//! Rule: every door comes here, the account's endpoints with ids of one region, the server's own with ids of any; states and quotas hold
//! for both alike. All instances of a request change, or none does;
//! `terminate` alone goes by zones.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use types::instance::InstanceState;
use types::{AccountId, Instance, InstanceId, Region, Timestamp};

use super::catalogue::{Image, Place};
use super::describe_instances::visible;
use super::life::{counts, instances_of};
use super::run::{Capacity, PublicAddresses};
use super::{HostTurn, metadata_defaults, refusal};
use crate::directory::Directory;
use crate::identifier::Seed;
use crate::instances::{completed, remember};
use crate::{InstanceView, Instances, MetadataOptionsChange, ServiceError, StateChange, Stop};

/// On which instances, by whose rules, and when.
#[derive(Clone, Copy, Debug)]
pub struct Operator<'a> {
    pub instances: &'a Instances,
    pub seed: &'a Seed,
    pub directory: &'a Directory,
    pub now: Timestamp,
    /// How long an instance takes from one state to another.
    pub delay: Duration,
    /// Whether vCPUs are held to the quota: not where nobody can ask for more.
    pub holds_to_quotas: bool,
}

impl Operator<'_> {
    /// `StartInstances`. Ids must differ.
    ///
    /// # Errors
    /// `IncorrectInstanceState`, `VcpuLimitExceeded`
    pub fn start(
        &self,
        turn: &mut dyn HostTurn,
        ids: &[InstanceId],
    ) -> Result<Vec<StateChange>, ServiceError> {
        let views = ids.iter().map(|id| self.instances.describe(id)).collect::<Result<Vec<_>, _>>()?;
        let mut fresh = vec![Ipv4Addr::UNSPECIFIED; views.len()];
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let first = self.instances.next_places(offset(views.len()))?;
        let place = |at| first.wrapping_add(offset(at));
        let regions: BTreeSet<&Region> = views.iter().map(|view| &view.instance.placement.region).collect();
        for region in regions {
            let there = self.standing(region)?;
            let starting: Vec<(usize, &Instance)> = instances_of(&views)
                .enumerate()
                .filter(|(_, instance)| instance.placement.region == *region)
                .collect();
            let mut capacity = Capacity::new(self.directory, region, instances_of(&there), self.now);
            for (_, instance) in starting.iter().filter(|(_, instance)| self.is_to_count(instance)) {
                capacity.take(&instance.instance_type, 1, 1)?;
            }
            let mut addresses = PublicAddresses::new(self.seed, instances_of(&there));
            for (at, _) in &starting {
                fresh[*at] = addresses.next(place(*at));
            }
        }
        let (changed, states) = self.instances.start(ids, &fresh, self.now, self.delay)?;
        turn.publish(&changed)?;
        Ok(states)
    }

    /// `StopInstances`
    ///
    /// # Errors
    /// `IncorrectInstanceState`, `OperationNotPermitted`, `UnsupportedHibernationConfiguration`
    pub fn stop(
        &self,
        turn: &mut dyn HostTurn,
        ids: &[InstanceId],
        how: Stop,
    ) -> Result<Vec<StateChange>, ServiceError> {
        let (changed, states) = self.instances.stop(ids, how, self.now, self.delay)?;
        turn.publish(&changed)?;
        Ok(states)
    }

    /// `TerminateInstances`. Of instances in several zones, those go in whose zone none is protected (EC2 API reference).
    ///
    /// # Errors
    /// `OperationNotPermitted`
    pub fn terminate(
        &self,
        turn: &mut dyn HostTurn,
        ids: &[InstanceId],
    ) -> Result<Vec<StateChange>, ServiceError> {
        let views = ids.iter().map(|id| self.instances.describe(id)).collect::<Result<Vec<_>, _>>()?;
        let protected: BTreeSet<&str> = instances_of(&views)
            .filter(|instance| instance.life.disable_api_termination && !instance.life.is_terminated())
            .map(zone)
            .collect();
        let (held, free): (Vec<&Instance>, _) =
            instances_of(&views).partition(|instance| protected.contains(zone(instance)));
        let go = |turn: &mut dyn HostTurn, instances: Vec<&Instance>| {
            let ids: Vec<_> = instances.iter().map(|instance| instance.instance_id.clone()).collect();
            let (changed, states) = self.instances.terminate(&ids, self.now, self.delay)?;
            turn.publish(&changed)?;
            Ok::<_, ServiceError>(states)
        };
        if held.is_empty() || free.is_empty() {
            return go(turn, [free, held].concat());
        }
        go(turn, free)?;
        go(turn, held)
    }

    /// `RebootInstances`: nothing of an instance changes, but what was announced to need a reboot is done with.
    ///
    /// # Errors
    /// `IncorrectInstanceState`
    pub fn reboot(
        &self,
        turn: &mut dyn HostTurn,
        ids: &[InstanceId],
    ) -> Result<Vec<StateChange>, ServiceError> {
        let (changed, states) = self.instances.update_all(ids, |instance| {
            let state = instance.life.state(self.now);
            let instance_id = instance.instance_id.clone();
            if !matches!(state, InstanceState::Running | InstanceState::Pending) {
                return Err(refusal::wants_state(&instance_id, "'running' state"));
            }
            complete_reboots(instance);
            Ok(StateChange { instance_id, previous: state, current: state })
        })?;
        turn.publish(&changed)?;
        Ok(states)
    }

    /// Holds a launch to the vCPU quota and to what the account says of metadata options: these get their options here, as `asked`
    /// over the account's over the image's. All are of one type and region.
    ///
    /// # Errors
    /// `VcpuLimitExceeded`, `UnsupportedOperation`
    pub fn admit(&self, launch: &mut [Instance], asked: MetadataOptionsChange) -> Result<(), ServiceError> {
        let Some(first) = launch.first().filter(|first| first.account_id == self.account_id()) else {
            return Ok(());
        };
        let region = first.placement.region.clone();
        if self.holds_to_quotas && counts(first, self.now) {
            let there = self.standing(&region)?;
            let mut capacity = Capacity::new(self.directory, &region, instances_of(&there), self.now);
            let count = u32::try_from(launch.len()).unwrap_or(u32::MAX);
            capacity.take(&first.instance_type, count, count)?;
        }
        let place = Place { seed: self.seed, account_id: self.account_id(), region: &region };
        let needs_tokens = Image::public(&place, &first.image_id).is_some_and(|image| image.imds_v2);
        let options = metadata_defaults::launch_options(self.directory, &region, asked, needs_tokens)?;
        launch.iter_mut().for_each(|instance| instance.metadata_options = options);
        Ok(())
    }

    fn account_id(&self) -> AccountId {
        self.directory.account_id()
    }

    fn standing(&self, region: &Region) -> Result<Vec<InstanceView>, ServiceError> {
        Ok(visible(self.instances, self.account_id(), region, self.now)?)
    }

    /// Whether its vCPUs are counted from now on: one that does not run yet, and is of this account.
    fn is_to_count(&self, instance: &Instance) -> bool {
        self.holds_to_quotas
            && instance.account_id == self.account_id()
            && instance.life.state(self.now) == InstanceState::Stopped
    }
}

fn zone(instance: &Instance) -> &str {
    instance.placement.availability_zone.as_str()
}

/// A reboot by the owner is the one that was announced (EC2 user guide, "Manage instances scheduled for reboot").
fn complete_reboots(instance: &mut Instance) {
    let events = &mut instance.events;
    let done: Vec<_> = events.maintenance.extract_if(.., |event| event.code == "instance-reboot").collect();
    remember(events, done.into_iter().map(completed));
}

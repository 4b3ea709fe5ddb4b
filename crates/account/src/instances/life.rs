//! Changes of state: stop, start, terminate (EC2 user guide, "Amazon EC2 instance state changes"; texts as EC2 gives them).
//!
//! Rule: all instances of a request change or none does. What an instance loses when it stops, and gets when it starts, changes in
//! the same transaction as its state.

use std::net::Ipv4Addr;
use std::time::Duration;

use types::instance::{InstanceState, Ipv4Association, Settled, StateReason, Transition};
use types::{Instance, InstanceId, Timestamp};

use super::event::{completed, remember};
use super::{Changed, InstanceError, Instances, Refusal, nobody};

/// What became of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    pub instance_id: InstanceId,
    pub previous: InstanceState,
    pub current: InstanceState,
}

/// How instances are stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// Brings one that is stopping to its end.
    pub force: bool,
    pub hibernate: bool,
}

impl Instances {
    /// `TerminateInstances`: seen for an hour yet, and removed then.
    pub fn terminate(
        &self,
        ids: &[InstanceId],
        now: Timestamp,
        delay: Duration,
    ) -> Result<(Changed, Vec<StateChange>), InstanceError> {
        self.change_states(ids, now, |instance| {
            if instance.life.is_terminated() {
                return Ok(());
            }
            if instance.life.disable_api_termination {
                return Err(protected(&instance.instance_id, "terminated", "disableApiTermination"));
            }
            // Of one that is stopped there is nothing to shut down.
            let is_stopped = instance.life.state(now) == InstanceState::Stopped;
            let delay = if is_stopped { Duration::ZERO } else { delay };
            transit(instance, Settled::Terminated, now, delay);
            release(instance);
            instance.life.wants_public_address = false;
            instance.binding = types::instance::Binding::default();
            Ok(())
        })
    }

    /// `StopInstances`
    pub fn stop(
        &self,
        ids: &[InstanceId],
        how: Stop,
        now: Timestamp,
        delay: Duration,
    ) -> Result<(Changed, Vec<StateChange>), InstanceError> {
        self.change_states(ids, now, |instance| {
            stoppable(instance, how, now)?;
            match instance.life.goal() {
                Settled::Stopped if how.force => settle(instance, now),
                Settled::Stopped => {}
                _ => {
                    transit(instance, Settled::Stopped, now, delay);
                    if how.hibernate {
                        hibernating(instance);
                    }
                    release(instance);
                }
            }
            Ok(())
        })
    }

    /// `StartInstances`: on another host, with another public address and none of the announcements that the old host had.
    ///
    /// `addresses` are the public ones that they get, where they want any.
    pub fn start(
        &self,
        ids: &[InstanceId],
        addresses: &[Ipv4Addr],
        now: Timestamp,
        delay: Duration,
    ) -> Result<(Changed, Vec<StateChange>), InstanceError> {
        self.change_states(ids, now, |instance| {
            match instance.life.state(now) {
                InstanceState::Running | InstanceState::Pending => return Ok(()),
                InstanceState::Stopped => {}
                _ => return Err(not_startable(&instance.instance_id)),
            }
            instance.life.first_launch_time.get_or_insert(instance.launch_time);
            instance.launch_time = now.trunc_secs();
            transit(instance, Settled::Running, now, delay);
            let at = ids.iter().position(|id| *id == instance.instance_id);
            address(instance, at.and_then(|at| addresses.get(at)).copied());
            leave_host(instance);
            Ok(())
        })
    }

    fn change_states(
        &self,
        ids: &[InstanceId],
        now: Timestamp,
        mut edit: impl FnMut(&mut Instance) -> Result<(), InstanceError>,
    ) -> Result<(Changed, Vec<StateChange>), InstanceError> {
        if ids.is_empty() {
            return Err(nobody());
        }
        self.update_all(ids, |instance| {
            let instance_id = instance.instance_id.clone();
            if instance.life.is_gone(now) {
                return Err(InstanceError::NotFound(instance_id));
            }
            let previous = instance.life.state(now);
            edit(instance)?;
            Ok(StateChange { instance_id, previous, current: instance.life.state(now) })
        })
    }
}

fn stoppable(instance: &Instance, how: Stop, now: Timestamp) -> Result<(), InstanceError> {
    let id = &instance.instance_id;
    match instance.life.state(now) {
        InstanceState::Pending if instance.life.first_launch_time.is_none() => {
            let text =
                format!("Instance '{id}' cannot be stopped as it has never reached the 'running' state.");
            return Err(Refusal::new("IncorrectInstanceState", text).into());
        }
        InstanceState::ShuttingDown | InstanceState::Terminated => {
            let text = format!("This instance '{id}' is not in a state from which it can be stopped.");
            return Err(Refusal::new("IncorrectInstanceState", text).into());
        }
        _ => {}
    }
    if instance.life.disable_api_stop && instance.life.answers() {
        return Err(protected(id, "stopped", "disableApiStop"));
    }
    if how.hibernate && instance.hibernation_configured != Some(true) {
        let text = format!("The instance '{id}' was not configured to support hibernation at launch.");
        return Err(Refusal::new("UnsupportedHibernationConfiguration", text).into());
    }
    Ok(())
}

fn transit(instance: &mut Instance, to: Settled, now: Timestamp, delay: Duration) {
    let (reason, state_reason) = match to {
        Settled::Running => (String::new(), None),
        Settled::Stopped | Settled::Terminated => (initiated(now), Some(shut_down_by_user())),
    };
    instance.life.transition =
        Some(Transition { to, at: now, settles_at: now + delay, reason, state_reason });
}

fn settle(instance: &mut Instance, now: Timestamp) {
    if let Some(transition) = &mut instance.life.transition {
        transition.settles_at = transition.settles_at.min(now);
    }
}

fn hibernating(instance: &mut Instance) {
    if let Some(transition) = &mut instance.life.transition {
        transition.state_reason = Some(StateReason {
            code: "Client.UserInitiatedHibernate".to_owned(),
            message: "Client.UserInitiatedHibernate: User initiated hibernate".to_owned(),
        });
    }
}

/// Public addresses go back to where they came from.
fn release(instance: &mut Instance) {
    let life = &mut instance.life;
    for interface in &mut instance.network_interfaces {
        life.wants_public_address |= !interface.ipv4_associations.is_empty();
        interface.ipv4_associations.clear();
    }
}

/// One that had a public address gets another.
fn address(instance: &mut Instance, public_ip: Option<Ipv4Addr>) {
    if !std::mem::take(&mut instance.life.wants_public_address) {
        return;
    }
    let interface = instance.network_interfaces.iter_mut().min_by_key(|interface| interface.device_number);
    if let (Some(interface), Some(public_ip)) = (interface, public_ip)
        && let Some(private_ip) = interface.primary_ipv4()
    {
        interface.ipv4_associations = vec![Ipv4Association { public_ip, private_ip }];
    }
}

/// What was announced of a host does not concern the next one.
fn leave_host(instance: &mut Instance) {
    let events = &mut instance.events;
    (events.spot, events.rebalance) = (None, None);
    let over: Vec<_> = events.maintenance.drain(..).map(completed).collect();
    remember(events, over);
}

fn initiated(now: Timestamp) -> String {
    let text = now.trunc_secs().iso8601();
    let (date, time) = text.trim_end_matches('Z').split_once('T').unwrap_or((&text, ""));
    let time = time.split('.').next().unwrap_or_default();
    format!("User initiated ({date} {time} GMT)")
}

fn shut_down_by_user() -> StateReason {
    StateReason {
        code: "Client.UserInitiatedShutdown".to_owned(),
        message: "Client.UserInitiatedShutdown: User initiated shutdown".to_owned(),
    }
}

fn protected(id: &InstanceId, what: &str, attribute: &str) -> InstanceError {
    let text = format!(
        "The instance '{id}' may not be {what}. Modify its '{attribute}' instance attribute and try again."
    );
    Refusal::new("OperationNotPermitted", text).into()
}

fn not_startable(id: &InstanceId) -> InstanceError {
    let text = format!("The instance '{id}' is not in a state from which it can be started.");
    Refusal::new("IncorrectInstanceState", text).into()
}

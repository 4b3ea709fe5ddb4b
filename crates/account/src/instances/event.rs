//! What EC2 announces to an instance, and takes back (EC2 user guide: scheduled events, spot interruption notices,
//! rebalance recommendations; Auto Scaling user guide: target lifecycle state).

use types::instance::{
    AutoScalingState, Events, MaintenanceCode, MaintenanceEvent, MaintenanceState, SpotInterruption,
};
use types::{Instance, InstanceId, Timestamp};

use super::{Changed, InstanceError, Instances, Refusal};
use crate::identifier::{Identifiers, Seed};

/// An announcement, or its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventChange {
    /// Also moves one that was announced.
    SpotInterruption(SpotInterruption),
    CancelSpotInterruption,
    /// With its notice time.
    Rebalance(Timestamp),
    CancelRebalance,
    Maintenance(MaintenanceNotice),
    /// Moves a scheduled event to the history. Without an id it is the only one there is.
    EndMaintenance {
        event_id: Option<String>,
        how: MaintenanceEnd,
    },
    AutoScaling(AutoScalingState),
    CancelAutoScaling,
}

/// A maintenance event to schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceNotice {
    pub code: MaintenanceCode,
    /// `None` is what the code says, in words.
    pub description: Option<String>,
    pub not_before: Timestamp,
    pub not_after: Option<Timestamp>,
    pub not_before_deadline: Option<Timestamp>,
}

/// How a scheduled event came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaintenanceEnd {
    Canceled,
    Completed,
}

impl Instances {
    pub fn change_events(&self, id: &InstanceId, change: &EventChange) -> Result<Changed, InstanceError> {
        self.update(id, |instance| Ok(change.apply_to(instance, &self.seed)?))
    }
}

impl EventChange {
    pub fn apply_to(&self, instance: &mut Instance, seed: &Seed) -> Result<(), Refusal> {
        let ids = seed.named(instance.instance_id.as_str());
        apply(&mut instance.events, self, &ids)
    }
}

fn apply(events: &mut Events, change: &EventChange, ids: &Identifiers) -> Result<(), Refusal> {
    match change {
        EventChange::SpotInterruption(spot) => {
            events.spot = Some(SpotInterruption { time: spot.time.trunc_secs(), ..*spot });
        }
        EventChange::CancelSpotInterruption => cancel(&mut events.spot, "spot interruption")?,
        EventChange::Rebalance(time) => events.rebalance = Some(time.trunc_secs()),
        EventChange::CancelRebalance => cancel(&mut events.rebalance, "rebalance recommendation")?,
        EventChange::Maintenance(notice) => schedule(events, notice, ids)?,
        EventChange::EndMaintenance { event_id, how } => end(events, event_id.as_deref(), *how)?,
        EventChange::AutoScaling(state) => events.autoscaling = Some(*state),
        EventChange::CancelAutoScaling => cancel(&mut events.autoscaling, "target lifecycle state")?,
    }
    Ok(())
}

fn cancel<T>(event: &mut Option<T>, name: &str) -> Result<(), Refusal> {
    match event.take() {
        Some(_) => Ok(()),
        None => Err(Refusal::new("IncorrectState", format!("there is no {name} to cancel"))
            .hint("`linklocal instance show` shows what is announced")),
    }
}

fn schedule(events: &mut Events, notice: &MaintenanceNotice, ids: &Identifiers) -> Result<(), Refusal> {
    let not_before = notice.not_before.trunc_secs();
    for (name, time) in [("not-after", notice.not_after), ("not-before-deadline", notice.not_before_deadline)]
    {
        if let Some(time) = time.filter(|time| *time < not_before) {
            let message = format!("{name} {time} lies before the start {not_before}");
            return Err(Refusal::new("InvalidParameterValue", message).hint("name a later time"));
        }
    }
    if events.maintenance.len() >= MAX_EVENTS {
        let message = format!("instance has {MAX_EVENTS} scheduled events already");
        return Err(Refusal::new("ResourceLimitExceeded", message).hint("cancel or complete some first"));
    }
    let description = notice.description.clone();
    events.maintenance.push(MaintenanceEvent {
        event_id: unused_id(events, ids),
        code: notice.code.as_str().to_owned(),
        description: description.unwrap_or_else(|| notice.code.description().to_owned()),
        state: MaintenanceState::Active,
        not_before,
        not_after: notice.not_after.map(Timestamp::trunc_secs),
        not_before_deadline: notice.not_before_deadline.map(Timestamp::trunc_secs),
    });
    Ok(())
}

/// The first of the instance's event ids that no event has; one that left the history may come again.
fn unused_id(events: &Events, ids: &Identifiers) -> String {
    let used = |id: &String| {
        events.maintenance.iter().chain(&events.maintenance_history).any(|event| event.event_id == *id)
    };
    (0..).map(|n| ids.nth_resource("instance-event", n)).find(|id| !used(id)).expect("fewer than 2^32 events")
}

fn end(events: &mut Events, event_id: Option<&str>, how: MaintenanceEnd) -> Result<(), Refusal> {
    let at = match (event_id, events.maintenance.len()) {
        (None, 1) => Some(0),
        (None, 2..) => {
            let refusal = Refusal::new("MissingParameter", "instance has several scheduled events");
            return Err(refusal.hint(format!("name one of {}", scheduled(events))));
        }
        (id, _) => events.maintenance.iter().position(|event| Some(event.event_id.as_str()) == id),
    };
    let Some(at) = at else {
        let message = match event_id {
            Some(id) => format!("instance has no scheduled event {id}"),
            None => "instance has no scheduled event".to_owned(),
        };
        return Err(Refusal::new("InvalidInstanceEventIDNotFound", message)
            .hint(format!("scheduled are: {}", scheduled(events))));
    };
    let mut event = events.maintenance.remove(at);
    event.state = match how {
        MaintenanceEnd::Canceled => MaintenanceState::Canceled,
        MaintenanceEnd::Completed => MaintenanceState::Completed,
    };
    remember(events, [event]);
    Ok(())
}

pub(crate) fn completed(event: MaintenanceEvent) -> MaintenanceEvent {
    MaintenanceEvent { state: MaintenanceState::Completed, ..event }
}

/// Adds to the history, from which the oldest go first; EC2 does not say how long its history is.
pub(crate) fn remember(events: &mut Events, over: impl IntoIterator<Item = MaintenanceEvent>) {
    events.maintenance_history.extend(over);
    let surplus = events.maintenance_history.len().saturating_sub(MAX_EVENTS);
    events.maintenance_history.drain(..surplus);
}

fn scheduled(events: &Events) -> String {
    let ids: Vec<&str> = events.maintenance.iter().map(|event| event.event_id.as_str()).collect();
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}

/// Keeps a script that runs away from filling the instance's record.
const MAX_EVENTS: usize = 100;

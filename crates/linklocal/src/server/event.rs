//! What an announcement does to the events of an instance (EC2 user guide, "Scheduled events", "Spot interruption
//! notices", "Rebalance recommendations").

use types::Timestamp;
use types::instance::{Events, MaintenanceEvent, MaintenanceState, SpotInterruption};

use crate::admin::{EventChange, MaintenanceNotice, Refusal};

/// Applies the change. `event_id` is the id of a maintenance event that is made.
pub(super) fn apply(
    events: &mut Events,
    change: EventChange,
    now: Timestamp,
    event_id: String,
) -> Result<(), Refusal> {
    match change {
        EventChange::Spot { action, when } => {
            events.spot = Some(SpotInterruption { action, time: when.resolve(now).trunc_secs() });
        }
        EventChange::CancelSpot => taken(events.spot.take(), "spot-interruption")?,
        EventChange::Rebalance { when } => events.rebalance = Some(when.resolve(now).trunc_secs()),
        EventChange::CancelRebalance => taken(events.rebalance.take(), "rebalance")?,
        EventChange::Maintenance(notice) => schedule(events, notice, now, event_id)?,
        EventChange::EndMaintenance { event_id, state } => {
            end_maintenance(events, event_id.as_deref(), state)?
        }
        EventChange::Autoscaling { state } => events.autoscaling = Some(state),
        EventChange::CancelAutoscaling => taken(events.autoscaling.take(), "autoscaling")?,
    }
    Ok(())
}

fn taken<T>(event: Option<T>, kind: &str) -> Result<(), Refusal> {
    match event {
        Some(_) => Ok(()),
        None => Err(Refusal::new("EventNotFound", format!("there is no {kind} event to cancel"))
            .hint("`linklocal instance show` lists the events")),
    }
}

fn schedule(
    events: &mut Events,
    notice: MaintenanceNotice,
    now: Timestamp,
    event_id: String,
) -> Result<(), Refusal> {
    let not_before = notice.not_before.resolve(now).trunc_secs();
    if notice.not_after.is_some_and(|end| end < not_before) {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("--not-after lies before the start at {not_before}"),
        ));
    }
    if events.maintenance.len() >= MOST_EVENTS {
        return Err(Refusal::new(
            "EventLimitExceeded",
            format!("the instance has {MOST_EVENTS} scheduled events"),
        )
        .hint("cancel or complete some first"));
    }
    events.maintenance.push(MaintenanceEvent {
        event_id,
        description: notice.description.unwrap_or_else(|| usual_description(&notice.code).to_owned()),
        code: notice.code,
        state: MaintenanceState::Active,
        not_before,
        not_after: notice.not_after,
        not_before_deadline: notice.not_before_deadline,
    });
    Ok(())
}

fn end_maintenance(
    events: &mut Events,
    event_id: Option<&str>,
    state: MaintenanceState,
) -> Result<(), Refusal> {
    let ids =
        || events.maintenance.iter().map(|event| event.event_id.as_str()).collect::<Vec<_>>().join(", ");
    let at = match (event_id, events.maintenance.len()) {
        (_, 0) => None,
        (None, 1) => Some(0),
        (None, _) => {
            return Err(Refusal::new("MissingParameter", "there are several scheduled events")
                .hint(format!("name one of {}", ids())));
        }
        (Some(id), _) => events.maintenance.iter().position(|event| event.event_id == id),
    };
    let Some(at) = at else {
        let refusal = Refusal::new("EventNotFound", "there is no such scheduled maintenance event");
        return Err(match events.maintenance.is_empty() {
            true => refusal,
            false => refusal.hint(format!("scheduled are {}", ids())),
        });
    };
    let mut event = events.maintenance.remove(at);
    event.state = state;
    events.maintenance_history.push(event);
    // The oldest goes first; EC2 does not say how long its history is.
    let surplus = events.maintenance_history.len().saturating_sub(MOST_EVENTS);
    events.maintenance_history.drain(..surplus);
    Ok(())
}

fn usual_description(code: &str) -> &'static str {
    match code {
        "instance-reboot" => "The instance is scheduled for a reboot",
        "system-maintenance" => "The instance is scheduled for system maintenance",
        "instance-retirement" => "The instance is running on degraded hardware",
        "instance-stop" => "The instance is scheduled to stop",
        _ => "scheduled reboot",
    }
}

/// Keeps a runaway script from filling the instance's record.
const MOST_EVENTS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::When;
    use types::instance::SpotAction;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_999);

    fn notice() -> EventChange {
        EventChange::Maintenance(MaintenanceNotice {
            code: "system-reboot".to_owned(),
            description: None,
            not_before: When::InSeconds(60),
            not_after: None,
            not_before_deadline: None,
        })
    }

    fn done(events: &mut Events, change: EventChange, id: &str) -> Result<(), String> {
        apply(events, change, NOW, id.to_owned()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn spot_marks_come_and_go() {
        let mut events = Events::default();
        let mark = EventChange::Spot { action: SpotAction::Stop, when: When::InSeconds(120) };
        done(&mut events, mark, "").unwrap();
        assert_eq!(events.spot.map(|spot| spot.time), Some(Timestamp::from_secs(1_700_000_120)));
        done(&mut events, EventChange::CancelSpot, "").unwrap();
        assert!(events.is_empty());
        assert_eq!(done(&mut events, EventChange::CancelSpot, ""), Err("EventNotFound".to_owned()));
    }

    #[test]
    fn maintenance_ends_in_history() {
        let mut events = Events::default();
        let end = |id: Option<&str>| EventChange::EndMaintenance {
            event_id: id.map(str::to_owned),
            state: MaintenanceState::Completed,
        };
        assert_eq!(done(&mut events, end(None), ""), Err("EventNotFound".to_owned()));
        done(&mut events, notice(), "a").unwrap();
        done(&mut events, notice(), "b").unwrap();
        assert_eq!(done(&mut events, end(None), ""), Err("MissingParameter".to_owned()));
        done(&mut events, end(Some("a")), "").unwrap();
        done(&mut events, end(None), "").unwrap();
        let ids: Vec<&str> = events.maintenance_history.iter().map(|event| event.event_id.as_str()).collect();
        assert_eq!((events.maintenance.len(), ids), (0, vec!["a", "b"]));
    }
}

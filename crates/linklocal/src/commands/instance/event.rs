//! `instance event …`: announces what EC2 would announce, or takes it back.

use std::time::Duration;

use types::instance::{Events, MaintenanceCode, SpotAction};

use super::{Context, changed};
use crate::admin::{Change, EventChange, MaintenanceNotice, Reply};
use crate::arguments::{
    AutoscalingArguments, EventCommand, MaintenanceArguments, OneInstance, RebalanceArguments, SpotArguments,
    When,
};
use crate::commands::foreign;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, command: EventCommand) -> Result<(), Failure> {
    let (one, change) = meant(command);
    let Reply::Events(reply) = changed(context, &one, Change::Events(change)).await? else {
        return Err(foreign());
    };
    context.output.result(&reply, || match lines(&reply.events) {
        lines if lines.is_empty() => format!("{}: no events\n", reply.instance_id),
        lines => format!("{}:\n{lines}", reply.instance_id),
    })
}

/// Events in force, a line each.
pub(super) fn lines(events: &Events) -> String {
    let mut text = String::new();
    if let Some(spot) = &events.spot {
        text.push_str(&format!("  spot-interruption  {} at {}\n", spot.action.as_str(), spot.time));
    }
    if let Some(notice) = events.rebalance {
        text.push_str(&format!("  rebalance          noticed at {notice}\n"));
    }
    if let Some(state) = events.autoscaling {
        text.push_str(&format!("  autoscaling        target lifecycle state {state}\n"));
    }
    for event in events.maintenance.iter().chain(&events.maintenance_history) {
        let (id, code, state) = (&event.event_id, &event.code, event.state.as_str());
        text.push_str(&format!(
            "  maintenance        {id} {code} {state}, not before {}\n",
            event.not_before
        ));
    }
    text
}

fn meant(command: EventCommand) -> (OneInstance, EventChange) {
    match command {
        EventCommand::SpotInterruption(arguments) => (arguments.one.clone(), spot(&arguments)),
        EventCommand::Rebalance(arguments) => (arguments.one.clone(), rebalance(&arguments)),
        EventCommand::Maintenance(arguments) => (arguments.one.clone(), maintenance(arguments)),
        EventCommand::Autoscaling(arguments) => (arguments.one.clone(), autoscaling(&arguments)),
    }
}

fn spot(arguments: &SpotArguments) -> EventChange {
    if arguments.cancel {
        return EventChange::CancelSpot;
    }
    let action = match arguments.action.as_str() {
        "stop" => SpotAction::Stop,
        "hibernate" => SpotAction::Hibernate,
        _ => SpotAction::Terminate,
    };
    // Hibernation begins at once, the others after two minutes (EC2 user guide, "Spot interruption notices").
    let usual = if action == SpotAction::Hibernate { Duration::ZERO } else { Duration::from_secs(120) };
    let when = When::typed(arguments.time, arguments.span).unwrap_or(When::InSeconds(usual.as_secs()));
    EventChange::Spot { action, when }
}

fn rebalance(arguments: &RebalanceArguments) -> EventChange {
    if arguments.cancel {
        return EventChange::CancelRebalance;
    }
    EventChange::Rebalance { when: When::typed(arguments.time, arguments.span).unwrap_or(When::InSeconds(0)) }
}

fn maintenance(arguments: MaintenanceArguments) -> EventChange {
    // An id left out is the only event.
    let named = |id: String| Some(id).filter(|id| !id.is_empty());
    if let Some(id) = arguments.cancel {
        return EventChange::CancelMaintenance { event_id: named(id) };
    }
    if let Some(id) = arguments.complete {
        return EventChange::CompleteMaintenance { event_id: named(id) };
    }
    EventChange::Maintenance(MaintenanceNotice {
        code: maintenance_code(&arguments.code),
        description: arguments.description,
        not_before: When::typed(arguments.not_before, arguments.span).unwrap_or(When::InSeconds(WEEK)),
        not_after: arguments.not_after,
        not_before_deadline: arguments.not_before_deadline,
    })
}

/// A code that the argument parser has checked.
fn maintenance_code(typed: &str) -> MaintenanceCode {
    serde_json::from_value(typed.into()).expect("the argument parser lets only these codes through")
}

fn autoscaling(arguments: &AutoscalingArguments) -> EventChange {
    match arguments.target_lifecycle_state {
        Some(state) => EventChange::Autoscaling { state },
        None => EventChange::CancelAutoscaling,
    }
}

const WEEK: u64 = 7 * 86_400;

//! `DescribeInstanceStatus`: whether instances are well, and what is announced to them.

use std::borrow::Cow;

use account::ec2::filter::Filtered;
use account::ec2::page::PageLimits;
use account::{InstanceView, ServiceError};
use types::instance::{InstanceState, MaintenanceEvent, MaintenanceState};
use types::{Instance, Timestamp};
use wire::{Structure, Value};

use super::filters::{describing, filters, page};
use super::instances::{asked, state_shown};
use super::places::collect;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeInstanceStatus",
    checks: |ask| describing(ask, "ec2:DescribeInstanceStatus"),
    run: describe,
}];

/// The status of one instance, as it is shown.
struct Status(Structure);

impl Filtered for Status {
    const FILTERS: &'static [&'static str] = &[
        "attached-ebs-status.reachability",
        "attached-ebs-status.status",
        "availability-zone",
        "availability-zone-id",
        "event.code",
        "event.description",
        "event.instance-event-id",
        "event.not-after",
        "event.not-before",
        "event.not-before-deadline",
        "instance-state-code",
        "instance-state-name",
        "instance-status.reachability",
        "instance-status.status",
        "operator.managed",
        "operator.principal",
        "system-status.reachability",
        "system-status.status",
    ];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let place = match name {
            "attached-ebs-status.reachability" => "AttachedEbsStatus.Details.Status",
            "attached-ebs-status.status" => "AttachedEbsStatus.Status",
            "availability-zone" => "AvailabilityZone",
            "availability-zone-id" => "AvailabilityZoneId",
            "event.code" => "Events.Code",
            "event.description" => "Events.Description",
            "event.instance-event-id" => "Events.InstanceEventId",
            "event.not-after" => "Events.NotAfter",
            "event.not-before" => "Events.NotBefore",
            "event.not-before-deadline" => "Events.NotBeforeDeadline",
            "instance-state-code" => "InstanceState.Code",
            "instance-state-name" => "InstanceState.Name",
            "instance-status.reachability" => "InstanceStatus.Details.Status",
            "instance-status.status" => "InstanceStatus.Status",
            "operator.managed" => "Operator.Managed",
            "system-status.reachability" => "SystemStatus.Details.Status",
            "system-status.status" => "SystemStatus.Status",
            _ => return Vec::new(),
        };
        let mut found = Vec::new();
        collect(&self.0, place, &mut found);
        found
    }
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<Status>(ask)?;
    let page = page(ask, "DescribeInstanceStatus", PageLimits::USUAL);
    let views = asked(ask, |is_named| page.refuse_with_ids("instancesSet", is_named))?;
    let all = ask.input.boolean("IncludeAllInstances") == Some(true);
    let wanted = |view: &InstanceView| all || view.instance.life.state(ask.now) == InstanceState::Running;
    let statuses =
        views.iter().filter(|view| wanted(view)).map(|view| Status(status(&view.instance, ask.now)));
    let id = |status: &Status| status.0.text("InstanceId").unwrap_or_default().to_owned();
    let mut kept: Vec<(String, Status)> =
        statuses.filter(|status| filters.hold(status)).map(|status| (id(&status), status)).collect();
    kept.sort_by(|one, other| one.0.cmp(&other.0));
    let page = page.cut(kept, |(id, _)| id)?;
    let shown: Vec<Value> = page.items.into_iter().map(|(_, status)| status.0.into()).collect();
    Ok(Structure::new().with("InstanceStatuses", shown).with_some("NextToken", page.next_token))
}

fn status(instance: &Instance, now: Timestamp) -> Structure {
    let health = health(instance, now);
    let events = &instance.events;
    let events: Vec<Structure> =
        events.maintenance.iter().chain(&events.maintenance_history).map(event).collect();
    Structure::new()
        .with("AvailabilityZone", instance.placement.availability_zone.as_str())
        .with("AvailabilityZoneId", instance.placement.availability_zone_id.as_str())
        .with("Events", events)
        .with("InstanceId", instance.instance_id.as_str())
        .with("InstanceState", state_shown(instance.life.state(now)))
        .with("InstanceStatus", summary(health))
        .with("SystemStatus", summary(health))
        .with("AttachedEbsStatus", summary(health))
        .with("Operator", Structure::new().with("Managed", false))
}

/// Checks of an instance take as long again as its start did; on EC2 it is some minutes.
fn health(instance: &Instance, now: Timestamp) -> &'static str {
    if instance.life.state(now) != InstanceState::Running {
        return "not-applicable";
    }
    let checked = |transition: &types::instance::Transition| {
        transition.settles_at + transition.settles_at.since(transition.at) <= now
    };
    if instance.life.transition.as_ref().is_none_or(checked) { "ok" } else { "initializing" }
}

fn summary(health: &'static str) -> Structure {
    let summary = Structure::new().with("Status", health);
    let reachability = match health {
        "ok" => "passed",
        "initializing" => "initializing",
        _ => return summary,
    };
    let detail = Structure::new().with("Name", "reachability").with("Status", reachability);
    summary.with("Details", vec![detail])
}

fn event(event: &MaintenanceEvent) -> Structure {
    let mark = match event.state {
        MaintenanceState::Active => "",
        MaintenanceState::Canceled => "[Canceled] ",
        MaintenanceState::Completed => "[Completed] ",
    };
    Structure::new()
        .with("InstanceEventId", event.event_id.as_str())
        .with("Code", event.code.as_str())
        .with("Description", format!("{mark}{}", event.description))
        .with_some("NotAfter", event.not_after)
        .with("NotBefore", event.not_before)
        .with_some("NotBeforeDeadline", event.not_before_deadline)
}

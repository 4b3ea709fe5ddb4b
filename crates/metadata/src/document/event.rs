//! Announcements (facts/imds.md section 2.2; EC2 user guide on scheduled events, spot interruptions and rebalance
//! recommendations).

use types::Timestamp;
use types::instance::{MaintenanceEvent, MaintenanceState, SpotInterruption};

use super::object::Object;

/// `events/maintenance/scheduled`; `[]` when there is none.
pub fn maintenance_scheduled(events: &[MaintenanceEvent]) -> String {
    list(events, |event| event.description.clone())
}

/// `events/maintenance/history`: as scheduled, the outcome before the description.
pub fn maintenance_history(events: &[MaintenanceEvent]) -> String {
    list(events, |event| match event.state {
        MaintenanceState::Active => event.description.clone(),
        MaintenanceState::Canceled => format!("[Canceled] {}", event.description),
        MaintenanceState::Completed => format!("[Completed] {}", event.description),
    })
}

/// `events/recommendations/rebalance`
pub fn rebalance(notice: Timestamp) -> String {
    format!(r#"{{"noticeTime": "{}"}}"#, notice.iso8601())
}

/// `spot/instance-action`
pub fn spot_action(interruption: &SpotInterruption) -> String {
    format!(r#"{{"action": "{}", "time": "{}"}}"#, interruption.action.as_str(), interruption.time.iso8601())
}

fn list(events: &[MaintenanceEvent], description: impl Fn(&MaintenanceEvent) -> String) -> String {
    if events.is_empty() {
        return "[]".to_owned();
    }
    let objects: Vec<String> = events.iter().map(|event| object(event, &description(event))).collect();
    format!("[ {} ]", objects.join(", "))
}

/// The members' order is the user guide's. `NotBeforeDeadline` is in none of its samples and comes last.
fn object(event: &MaintenanceEvent, description: &str) -> String {
    let mut object = Object::new()
        .string("NotBefore", &event.not_before.event_date())
        .string("Code", &event.code)
        .string("Description", description)
        .string("EventId", &event.event_id);
    if let Some(end) = event.not_after {
        object = object.string("NotAfter", &end.event_date());
    }
    object = object.string("State", event.state.as_str());
    if let Some(deadline) = event.not_before_deadline {
        object = object.string("NotBeforeDeadline", &deadline.event_date());
    }
    object.finish()
}

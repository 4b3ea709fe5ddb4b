//! `events`: what EC2 announces to the instance from the start.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use types::Timestamp;
use types::instance::{
    AutoScalingState, Events, MaintenanceCode, MaintenanceEvent, MaintenanceState, SpotAction,
    SpotInterruption,
};

use super::{DeclarationError, EventId, Line};
use crate::identifier::Identifiers;

/// Announcements. What is declared replaces what was announced before, kind by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct EventsDeclaration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<Vec<MaintenanceDeclaration>>,
    /// Notice time of the rebalance recommendation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebalance: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot_interruption: Option<SpotDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoscaling_target_lifecycle_state: Option<AutoScalingState>,
}

/// One scheduled event; completed and cancelled ones stand in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MaintenanceDeclaration {
    pub code: MaintenanceCode,
    pub not_before: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before_deadline: Option<Moment>,
    /// By default what the code says, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// `active` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<MaintenanceState>,
}

/// The mark of a spot interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SpotDeclaration {
    pub action: SpotAction,
    pub time: Moment,
}

/// A time, in text or as TOML's own date-time with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Moment(pub Timestamp);

impl EventsDeclaration {
    pub(super) fn apply_to(&self, events: &mut Events, ids: &Identifiers) -> Result<(), DeclarationError> {
        if let Some(declared) = &self.maintenance {
            let all = declared.iter().zip(0..).map(|(event, ordinal)| event.event(ids, ordinal));
            let all = all.collect::<Result<Vec<_>, _>>()?;
            let (active, history) = all.into_iter().partition(|e| e.state == MaintenanceState::Active);
            (events.maintenance, events.maintenance_history) = (active, history);
        }
        if let Some(Moment(time)) = self.rebalance {
            events.rebalance = Some(time);
        }
        if let Some(SpotDeclaration { action, time: Moment(time) }) = self.spot_interruption {
            events.spot = Some(SpotInterruption { action, time });
        }
        if let Some(state) = self.autoscaling_target_lifecycle_state {
            events.autoscaling = Some(state);
        }
        Ok(())
    }
}

impl MaintenanceDeclaration {
    fn event(&self, ids: &Identifiers, ordinal: u32) -> Result<MaintenanceEvent, DeclarationError> {
        let ends_early = self.not_after.is_some_and(|end| end.0 < self.not_before.0);
        if ends_early {
            let key = format!("events.maintenance[{ordinal}].not-after");
            return Err(DeclarationError::new(
                key,
                "event ends before it starts; not-after must not precede not-before",
            ));
        }
        let id = self.event_id.as_ref().map(ToString::to_string);
        let description = self.description.as_ref().map(ToString::to_string);
        Ok(MaintenanceEvent {
            event_id: id.unwrap_or_else(|| ids.nth_resource("instance-event", ordinal)),
            code: self.code.as_str().to_owned(),
            description: description.unwrap_or_else(|| self.code.description().to_owned()),
            state: self.state.unwrap_or(MaintenanceState::Active),
            not_before: self.not_before.0,
            not_after: self.not_after.map(|t| t.0),
            not_before_deadline: self.not_before_deadline.map(|t| t.0),
        })
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(MomentVisitor)
    }
}

struct MomentVisitor;

impl<'de> Visitor<'de> for MomentVisitor {
    type Value = Moment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time like 2026-11-21T08:22:00Z")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
        text.parse().map(Moment).map_err(E::custom)
    }

    /// The crate `toml` hands its date-times over as a map of one entry.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Moment, A::Error> {
        match map.next_key::<String>()?.as_deref() {
            Some("$__toml_private_datetime") => self.visit_str(&map.next_value::<String>()?),
            _ => Err(A::Error::custom("expected a time like 2026-11-21T08:22:00Z, found a table")),
        }
    }
}

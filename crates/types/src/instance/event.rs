//! What EC2 announces to an instance (EC2 user guide: scheduled events, spot interruption notices, rebalance
//! recommendations; Auto Scaling user guide: target lifecycle state).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Announcements in force. What is not here is neither listed nor served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Events {
    /// `events/maintenance/scheduled`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintenance: Vec<MaintenanceEvent>,
    /// `events/maintenance/history`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintenance_history: Vec<MaintenanceEvent>,
    /// Notice time of `events/recommendations/rebalance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebalance: Option<Timestamp>,
    /// `spot/instance-action` and `spot/termination-time`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<SpotInterruption>,
    /// `autoscaling/target-lifecycle-state`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<AutoScalingState>,
}

impl Events {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A scheduled maintenance event, live or past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MaintenanceEvent {
    /// `instance-event-` and 17 hexadecimal digits.
    pub event_id: String,
    /// `instance-reboot`, `system-reboot`, `system-maintenance`, `instance-retirement` or `instance-stop`.
    pub code: String,
    /// Without the `[Canceled] ` or `[Completed] ` that history adds.
    pub description: String,
    pub state: MaintenanceState,
    pub not_before: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before_deadline: Option<Timestamp>,
}

/// Codes of scheduled events (EC2 user guide, "Scheduled events for your instances").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaintenanceCode {
    InstanceReboot,
    SystemReboot,
    SystemMaintenance,
    InstanceRetirement,
    InstanceStop,
}

/// Where a maintenance event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MaintenanceState {
    Active,
    Canceled,
    Completed,
}

/// The mark of a spot interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SpotInterruption {
    pub action: SpotAction,
    pub time: Timestamp,
}

/// What happens to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpotAction {
    Terminate,
    Stop,
    Hibernate,
}

/// The state that an Auto Scaling group moves its instance to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AutoScalingState {
    Detached,
    InService,
    Standby,
    Terminated,
    WarmedHibernated,
    WarmedRunning,
    WarmedStopped,
    WarmedTerminated,
}

/// The text is not a lifecycle state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "target lifecycle state {0:?} is none of Detached, InService, Standby, Terminated, Warmed:Hibernated, \
     Warmed:Running, Warmed:Stopped, Warmed:Terminated"
)]
pub struct AutoScalingStateError(String);

impl AutoScalingState {
    pub const ALL: [Self; 8] = [
        Self::Detached,
        Self::InService,
        Self::Standby,
        Self::Terminated,
        Self::WarmedHibernated,
        Self::WarmedRunning,
        Self::WarmedStopped,
        Self::WarmedTerminated,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detached => "Detached",
            Self::InService => "InService",
            Self::Standby => "Standby",
            Self::Terminated => "Terminated",
            Self::WarmedHibernated => "Warmed:Hibernated",
            Self::WarmedRunning => "Warmed:Running",
            Self::WarmedStopped => "Warmed:Stopped",
            Self::WarmedTerminated => "Warmed:Terminated",
        }
    }
}

impl SpotAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminate => "terminate",
            Self::Stop => "stop",
            Self::Hibernate => "hibernate",
        }
    }
}

impl MaintenanceState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Canceled => "canceled",
            Self::Completed => "completed",
        }
    }
}

impl FromStr for AutoScalingState {
    type Err = AutoScalingStateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| AutoScalingStateError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for AutoScalingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for AutoScalingState {
    type Error = AutoScalingStateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AutoScalingState> for String {
    fn from(state: AutoScalingState) -> Self {
        state.as_str().to_owned()
    }
}
impl MaintenanceCode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InstanceReboot => "instance-reboot",
            Self::SystemReboot => "system-reboot",
            Self::SystemMaintenance => "system-maintenance",
            Self::InstanceRetirement => "instance-retirement",
            Self::InstanceStop => "instance-stop",
        }
    }

    /// What the event says of itself where nothing else is declared.
    pub fn description(self) -> &'static str {
        match self {
            Self::InstanceReboot | Self::SystemReboot => "scheduled reboot",
            Self::SystemMaintenance => "scheduled maintenance",
            Self::InstanceRetirement => "scheduled retirement",
            Self::InstanceStop => "scheduled stop",
        }
    }
}

//! The life of an instance: what EC2 knows of it beside what its metadata shows (EC2 user guide, "Amazon EC2 instance state
//! changes"; EC2 API reference, `Instance`).
//!
//! Rule: what is stored is where an instance goes and when it is there; which state it is in is derived by whoever reads it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What EC2 knows of an instance beside its metadata. The default is an instance that runs and has nothing special.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Life {
    /// The last change of state; without one the instance runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// When it was first launched; `None` where that is the launch time still. A start makes a new launch time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_launch_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_not")]
    pub disable_api_termination: bool,
    #[serde(skip_serializing_if = "is_not")]
    pub disable_api_stop: bool,
    #[serde(skip_serializing_if = "ShutdownBehavior::is_stop")]
    pub instance_initiated_shutdown_behavior: ShutdownBehavior,
    #[serde(skip_serializing_if = "is_not")]
    pub ebs_optimized: bool,
    #[serde(skip_serializing_if = "is")]
    pub source_dest_check: bool,
    /// Enhanced networking by the Elastic Network Adapter.
    #[serde(skip_serializing_if = "is")]
    pub ena_support: bool,
    /// `default` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenancy: Option<String>,
    /// Of the request that launched it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_token: Option<String>,
    /// Block devices beside what the metadata shows of them. Without any there is a root volume that nobody changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
    /// Tags of its network interfaces, by their ids.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub interface_tags: BTreeMap<String, BTreeMap<String, String>>,
    /// A stopped instance had a public address, and gets another when it starts.
    #[serde(skip_serializing_if = "is_not")]
    pub wants_public_address: bool,
    /// Of the primary network interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface_description: Option<String>,
    /// `None` is what its type does by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_credits: Option<CpuCredits>,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transition {
    pub to: Settled,
    pub at: Timestamp,
    /// From when on the instance is in the new state.
    pub settles_at: Timestamp,
    /// `StateTransitionReason`, such as `User initiated (2026-11-22 18:42:00 GMT)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<StateReason>,
}

/// Why an instance is in its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StateReason {
    /// Such as `Client.UserInitiatedShutdown`.
    pub code: String,
    pub message: String,
}

/// A state that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Settled {
    Running,
    Stopped,
    Terminated,
}

/// The states of EC2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstanceState {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

/// What a shutdown from within the instance does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShutdownBehavior {
    #[default]
    Stop,
    Terminate,
}

/// What a burstable instance does when it has used its credits up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CpuCredits {
    Standard,
    Unlimited,
}

/// An EBS volume of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Volume {
    /// `vol-` and 17 hexadecimal digits.
    pub volume_id: String,
    /// With `/dev/`.
    pub device_name: String,
    pub size_gib: u32,
    /// Such as `gp3`.
    pub volume_type: String,
    #[serde(default, skip_serializing_if = "is_not")]
    pub encrypted: bool,
    /// ARN of the key that an encrypted one was asked to have; `None` is the region's own for EBS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iops: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    pub delete_on_termination: bool,
    pub attach_time: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            transition: None,
            first_launch_time: None,
            disable_api_termination: false,
            disable_api_stop: false,
            instance_initiated_shutdown_behavior: ShutdownBehavior::Stop,
            ebs_optimized: false,
            source_dest_check: true,
            ena_support: true,
            tenancy: None,
            client_token: None,
            volumes: Vec::new(),
            interface_tags: BTreeMap::new(),
            wants_public_address: false,
            interface_description: None,
            cpu_credits: None,
        }
    }
}

impl Life {
    /// How long a terminated instance is still seen (EC2 user guide, "Terminate Amazon EC2 instances").
    pub const TERMINATED_IS_SEEN: Duration = Duration::from_secs(3600);

    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub fn state(&self, now: Timestamp) -> InstanceState {
        let Some(transition) = &self.transition else { return InstanceState::Running };
        let settled = transition.settles_at <= now;
        match (transition.to, settled) {
            (Settled::Running, false) => InstanceState::Pending,
            (Settled::Running, true) => InstanceState::Running,
            (Settled::Stopped, false) => InstanceState::Stopping,
            (Settled::Stopped, true) => InstanceState::Stopped,
            (Settled::Terminated, false) => InstanceState::ShuttingDown,
            (Settled::Terminated, true) => InstanceState::Terminated,
        }
    }

    /// Where it is going, or is.
    pub fn goal(&self) -> Settled {
        self.transition.as_ref().map_or(Settled::Running, |transition| transition.to)
    }

    /// Whether its metadata service answers.
    pub fn answers(&self) -> bool {
        self.goal() == Settled::Running
    }

    pub fn is_terminated(&self) -> bool {
        self.goal() == Settled::Terminated
    }

    /// When nobody sees it any more; `None` for one that was not terminated.
    pub fn gone_at(&self) -> Option<Timestamp> {
        let transition =
            self.transition.as_ref().filter(|transition| transition.to == Settled::Terminated)?;
        Some(transition.settles_at + Self::TERMINATED_IS_SEEN)
    }

    /// Whether it is past the time in which a terminated instance is still seen.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        self.gone_at().is_some_and(|gone_at| gone_at <= now)
    }
}

impl Transition {
    /// That of a launch.
    pub fn launched(at: Timestamp, delay: Duration) -> Self {
        let settles_at = at + delay;
        Self { to: Settled::Running, at, settles_at, reason: String::new(), state_reason: None }
    }
}

impl InstanceState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// The low byte of `InstanceState.Code`; the high byte is EC2's own.
    pub fn code(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }
}

impl CpuCredits {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Unlimited => "unlimited",
        }
    }
}

impl ShutdownBehavior {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Terminate => "terminate",
        }
    }

    fn is_stop(&self) -> bool {
        *self == Self::Stop
    }
}

fn is(flag: &bool) -> bool {
    *flag
}

fn is_not(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn going(to: Settled) -> Life {
        let at = Timestamp::from_secs(100);
        let settles_at = Timestamp::from_secs(102);
        let transition = Transition { to, at, settles_at, reason: String::new(), state_reason: None };
        Life { transition: Some(transition), ..Life::default() }
    }

    #[test]
    fn states_follow_from_the_time() {
        for (to, before, after) in [
            (Settled::Running, "pending", "running"),
            (Settled::Stopped, "stopping", "stopped"),
            (Settled::Terminated, "shutting-down", "terminated"),
        ] {
            let life = going(to);
            let at = |millis| life.state(Timestamp::from_millis(millis)).as_str();
            assert_eq!((at(100_000), at(101_999), at(102_000)), (before, before, after));
            assert_eq!(life.answers(), to == Settled::Running);
        }
        assert_eq!(Life::default().state(Timestamp::EPOCH), InstanceState::Running);
    }

    #[test]
    fn a_terminated_instance_is_seen_for_an_hour() {
        let life = going(Settled::Terminated);
        assert_eq!(
            (life.is_gone(Timestamp::from_secs(3701)), life.is_gone(Timestamp::from_secs(3702))),
            (false, true)
        );
        assert_eq!((going(Settled::Stopped).gone_at(), Life::default().gone_at()), (None, None));
    }

    #[test]
    fn what_says_nothing_is_stored_as_nothing() {
        assert_eq!(serde_json::to_string(&Life::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Life>("{}").unwrap(), Life::default());
        let life = going(Settled::Stopped);
        assert_eq!(serde_json::from_str::<Life>(&serde_json::to_string(&life).unwrap()).unwrap(), life);
    }
}

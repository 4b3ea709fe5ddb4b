//! Scenarios on a running server: what can be asked of them, and what comes back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use types::{InstanceId, Timestamp};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum ScenarioCall {
    /// Plays the scenario in `text`, the content of a file of that name.
    Start {
        name: String,
        text: String,
        /// `None` is every instance.
        instance_id: Option<InstanceId>,
        /// In place of the file's.
        compress: Option<u32>,
        refresh_window: Option<Duration>,
    },
    /// What was told after the first `seen` steps, once there is some.
    Follow {
        seen: usize,
    },
    Stop,
    Describe,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum ScenarioReply {
    Scenario(ScenarioDescription),
    /// None was played since the server started.
    None,
}

/// A scenario that is played, or was played last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScenarioDescription {
    pub(crate) name: String,
    pub(crate) question: String,
    /// The instance that it befalls; every one if it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance_id: Option<InstanceId>,
    pub(crate) began: Timestamp,
    /// When it is over unless it is stopped.
    pub(crate) ends: Timestamp,
    pub(crate) compress: u32,
    /// What has happened so far.
    pub(crate) steps: Vec<ScenarioStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<ScenarioEnd>,
}

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScenarioStep {
    /// Seconds since the beginning.
    pub(crate) at: f64,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ScenarioEnd {
    /// At its end.
    Done,
    /// Before.
    Stopped,
}

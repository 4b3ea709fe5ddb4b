//! What became of the states of instances.

use serde::{Deserialize, Serialize};
use types::InstanceId;

/// Answer to `StartInstances`, `StopInstances`, `RebootInstances`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StateChangesReply {
    pub(crate) instance_state_changes: Vec<InstanceStateChange>,
}

/// Answer to `TerminateInstances`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TerminatedReply {
    pub(crate) terminating_instances: Vec<InstanceId>,
    #[serde(default)]
    pub(crate) instance_state_changes: Vec<InstanceStateChange>,
}

/// What became of an instance's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceStateChange {
    pub(crate) instance_id: InstanceId,
    pub(crate) previous_state: String,
    pub(crate) current_state: String,
}

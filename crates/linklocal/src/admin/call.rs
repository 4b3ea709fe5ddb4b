//! What can be asked of a running server, and what it answers: the JSON of `POST /call`.
//!
//! Rule: names and shapes are EC2's where EC2 has them; the objects are what `--json` prints, so a field may be added
//! and none may change.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use account::directory::MetadataDefaults;
use account::{Declaration, MetadataOptionsChange};
use serde::{Deserialize, Serialize};
use types::instance::{
    AutoScalingState, Events, InstanceProfile, MaintenanceCode, MetadataOptions, SpotAction, Tokens,
};
use types::{Instance, InstanceId, Timestamp};

use super::account::{AccountCall, AccountReply};
use super::callers::CallerList;
use super::life::{StateChangesReply, TerminatedReply};
use super::limits::{LimitsCall, LimitsReply};
use super::scenario::{ScenarioCall, ScenarioReply};
use crate::arguments::{ContainerAgent, When};

/// One operation. `InstanceId` as `None` means the only instance there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Call {
    DescribeServer,
    /// A page of instances in the order of their ids, after the one named.
    ListInstances {
        after: Option<InstanceId>,
    },
    DescribeInstance {
        instance_id: Option<InstanceId>,
    },
    /// A page of instances in full, after the one named.
    DescribeInstances {
        after: Option<InstanceId>,
    },
    /// What the account prefers of metadata options, in each region where it prefers anything.
    ListMetadataDefaults,
    /// What the scripts of an instance wrote, for its console: Base64.
    WriteConsole {
        instance_id: InstanceId,
        output: String,
    },
    LaunchInstance {
        declaration: Box<Declaration>,
    },
    ChangeInstance {
        instance_id: Option<InstanceId>,
        change: Change,
    },
    StartInstances {
        instance_ids: Vec<InstanceId>,
    },
    StopInstances {
        instance_ids: Vec<InstanceId>,
        /// Brings those that are stopping to their end.
        force: bool,
        hibernate: bool,
    },
    RebootInstances {
        instance_ids: Vec<InstanceId>,
    },
    TerminateInstances {
        instance_ids: Vec<InstanceId>,
    },
    /// The programs that have called; without an id, those of all instances.
    ListCallers {
        instance_id: Option<InstanceId>,
    },
    Scenario(ScenarioCall),
    Account(AccountCall),
    Limits(LimitsCall),
    /// The variables by which programs in containers find their credentials.
    ContainerEnvironment {
        instance_id: Option<InstanceId>,
        kind: ContainerAgent,
        at: AgentAddress,
    },
}

/// Where a program reaches the agent of its containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AgentAddress {
    /// At the agent's own link-local address, to which somebody brings its connections.
    LinkLocal,
    /// At an address that the server listens on.
    Listener,
}

/// What can be changed on an instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Change {
    Attributes(Box<Declaration>),
    Tags { set: BTreeMap<String, String>, remove: Vec<String> },
    AttachRole(RoleChange),
    DetachRole(Detachment),
    MetadataOptions(MetadataOptionsChange),
    Events(EventChange),
}

impl Call {
    /// The operation's name, for logs: what is in a call may be secret.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::DescribeServer => "DescribeServer",
            Self::ListInstances { .. } => "ListInstances",
            Self::DescribeInstance { .. } => "DescribeInstance",
            Self::DescribeInstances { .. } => "DescribeInstances",
            Self::ListMetadataDefaults => "GetInstanceMetadataDefaults",
            Self::WriteConsole { .. } => "WriteConsole",
            Self::LaunchInstance { .. } => "LaunchInstance",
            Self::ChangeInstance { change, .. } => match change {
                Change::Attributes(_) => "ModifyInstanceAttribute",
                Change::Tags { .. } => "CreateTags, DeleteTags",
                Change::AttachRole(_) => "AssociateIamInstanceProfile",
                Change::DetachRole(_) => "DisassociateIamInstanceProfile",
                Change::MetadataOptions(_) => "ModifyInstanceMetadataOptions",
                Change::Events(_) => "ChangeEvents",
            },
            Self::StartInstances { .. } => "StartInstances",
            Self::StopInstances { .. } => "StopInstances",
            Self::RebootInstances { .. } => "RebootInstances",
            Self::TerminateInstances { .. } => "TerminateInstances",
            Self::ListCallers { .. } => "ListCallers",
            Self::ContainerEnvironment { .. } => "DescribeContainerEnvironment",
            Self::Account(call) => call.operation(),
            Self::Limits(call) => call.operation(),
            Self::Scenario(ScenarioCall::Start { .. }) => "StartScenario",
            Self::Scenario(ScenarioCall::Follow { .. }) => "FollowScenario",
            Self::Scenario(ScenarioCall::Stop) => "StopScenario",
            Self::Scenario(ScenarioCall::Describe) => "DescribeScenario",
        }
    }
}

/// The role that `attach-role` names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RoleChange {
    /// Name or ARN.
    pub(crate) role: String,
    pub(crate) instance_profile_name: Option<String>,
    pub(crate) trusts_ec2: bool,
}

/// What `detach-role` leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Detachment {
    /// No profile at all.
    Disassociate,
    /// The profile, without a role.
    KeepProfile,
    /// An association with a profile that is gone.
    DeleteProfile,
}

/// An announcement, or its withdrawal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum EventChange {
    Spot {
        action: SpotAction,
        when: When,
    },
    CancelSpot,
    Rebalance {
        when: When,
    },
    CancelRebalance,
    Maintenance(MaintenanceNotice),
    /// `None` is the only scheduled event.
    CancelMaintenance {
        event_id: Option<String>,
    },
    CompleteMaintenance {
        event_id: Option<String>,
    },
    Autoscaling {
        state: AutoScalingState,
    },
    CancelAutoscaling,
}

/// A maintenance event to schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MaintenanceNotice {
    pub(crate) code: MaintenanceCode,
    pub(crate) description: Option<String>,
    pub(crate) not_before: When,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) not_before_deadline: Option<Timestamp>,
}

/// The answer to a call; each variant is the object that `--json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Reply {
    Server(ServerDescription),
    Instances(InstancePage),
    Instance(Box<InstanceDescription>),
    Descriptions(DescriptionPage),
    MetadataDefaults(Vec<MetadataDefaults>),
    Written,
    MetadataOptions(MetadataOptionsReply),
    Tags(TagsReply),
    Profile(ProfileReply),
    Events(EventsReply),
    StateChanges(StateChangesReply),
    Terminated(TerminatedReply),
    Callers(CallerList),
    Scenario(ScenarioReply),
    Account(AccountReply),
    Limits(LimitsReply),
    Environment(EnvironmentReply),
}

/// Variables by name. A value may be all that it takes to be given credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct EnvironmentReply(pub(crate) BTreeMap<String, String>);

impl std::fmt::Debug for EnvironmentReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ServerDescription {
    pub(crate) version: String,
    pub(crate) process_id: u32,
    /// Addresses of the metadata service that belong to no single instance.
    pub(crate) endpoints: Vec<SocketAddr>,
    /// Where it answers as the credential agents of ECS and EKS do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) container_endpoints: Vec<SocketAddr>,
    /// All that there are, but those that are terminated.
    pub(crate) instance_count: usize,
    /// Of these, those that do not answer: they are stopped, or about to be.
    #[serde(default)]
    pub(crate) stopped_instance_count: usize,
    /// Who answers a program of this machine at the first of `endpoints`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answering_instance_id: Option<InstanceId>,
    /// The first few of them: those that answer, by their ids, and then the others.
    pub(crate) instances: Vec<InstanceSummary>,
}

/// A page of instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstancePage {
    pub(crate) instances: Vec<InstanceSummary>,
    /// Where the next page starts; `None` on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<InstanceId>,
}

/// A page of instances in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescriptionPage {
    pub(crate) instances: Vec<InstanceDescription>,
    /// Where the next page starts; `None` on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<InstanceId>,
}

/// One line of `instance list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceSummary {
    pub(crate) instance_id: InstanceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) instance_type: String,
    pub(crate) availability_zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) private_ip_address: Option<IpAddr>,
    /// `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`.
    #[serde(default = "running")]
    pub(crate) state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    pub(crate) http_tokens: Tokens,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) endpoints: Vec<SocketAddr>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sources: Vec<IpAddr>,
}

/// One instance in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceDescription {
    /// As in `InstanceSummary`.
    #[serde(default = "running")]
    pub(crate) state: String,
    pub(crate) instance: Instance,
    /// Options that were asked for and are not in force yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending_metadata_options: Option<PendingOptions>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PendingOptions {
    #[serde(flatten)]
    pub(crate) options: MetadataOptions,
    pub(crate) applies_at: Timestamp,
}

/// Answer to `ModifyInstanceMetadataOptions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MetadataOptionsReply {
    pub(crate) instance_id: InstanceId,
    pub(crate) instance_metadata_options: StatedOptions,
}

/// Options and whether they are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StatedOptions {
    pub(crate) state: OptionsState,
    #[serde(flatten)]
    pub(crate) options: MetadataOptions,
    /// When pending options come into force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) applies_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OptionsState {
    Pending,
    Applied,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagsReply {
    pub(crate) instance_id: InstanceId,
    pub(crate) tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ProfileReply {
    pub(crate) instance_id: InstanceId,
    /// `None` after the profile was disassociated.
    pub(crate) iam_instance_profile: Option<InstanceProfile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EventsReply {
    pub(crate) instance_id: InstanceId,
    pub(crate) events: Events,
}

impl InstanceSummary {
    /// Whether its metadata service answers.
    pub(crate) fn answers(&self) -> bool {
        answers(&self.state)
    }
}

impl InstanceDescription {
    /// The same.
    pub(crate) fn answers(&self) -> bool {
        answers(&self.state)
    }
}

fn answers(state: &str) -> bool {
    matches!(state, "pending" | "running")
}

/// What a server is taken to mean that does not speak of states.
fn running() -> String {
    "running".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_variables_shows_no_values() {
        let pairs =
            [("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI".to_owned(), "/v2/credentials/secret".to_owned())];
        let reply = Reply::Environment(EnvironmentReply(BTreeMap::from(pairs)));
        assert_eq!(format!("{reply:?}"), r#"Environment({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"})"#);
    }
}

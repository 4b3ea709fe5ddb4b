//! The policy simulator.

mod shown;

use account::iam::simulation::{self, ContextEntry, Exclusion, InlineOwner, Simulated, Simulation};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::policies::{listed, on, text};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetContextKeysForCustomPolicy",
        checks: |_| Ok(vec![Check::new("iam:GetContextKeysForCustomPolicy", "*")]),
        run: custom_keys,
    },
    Operation {
        name: "GetContextKeysForPrincipalPolicy",
        checks: |ask| on_source(ask, "iam:GetContextKeysForPrincipalPolicy"),
        run: principal_keys,
    },
    Operation {
        name: "SimulateCustomPolicy",
        checks: |_| Ok(vec![Check::new("iam:SimulateCustomPolicy", "*")]),
        run: custom_policy,
    },
    Operation {
        name: "SimulatePrincipalPolicy",
        checks: |ask| on_source(ask, "iam:SimulatePrincipalPolicy"),
        run: principal_policy,
    },
];

/// On whose policies are read; what is nobody of the account is refused later, in words of its own.
fn on_source(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let holder = simulation::source_holder(ask.directory, text(ask, "PolicySourceArn"));
    Ok(vec![holder.map_or_else(|| Check::new(action, "*"), |holder| on(ask, holder, action))])
}

fn custom_keys(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let policies: Vec<&str> = ask.input.texts("PolicyInputList").collect();
    simulation::custom_keys(&policies).map(keys)
}

fn principal_keys(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let policies: Vec<&str> = ask.input.texts("PolicyInputList").collect();
    simulation::principal_keys(ask.directory, text(ask, "PolicySourceArn"), &policies).map(keys)
}

fn keys(keys: Vec<String>) -> Structure {
    Structure::new().with("ContextKeyNames", keys.into_iter().map(Value::from).collect::<Vec<_>>())
}

fn custom_policy(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    simulation::custom_policy(ask.directory, &request(ask)).map(answer)
}

fn principal_policy(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let exclusions: Vec<Exclusion<'_>> =
        ask.input.structures("PolicyExclusionList").filter_map(exclusion).collect();
    simulation::principal_policy(ask.directory, text(ask, "PolicySourceArn"), &exclusions, &request(ask))
        .map(answer)
}

fn answer(simulated: Simulated) -> Structure {
    let results: Vec<Structure> = simulated.results.iter().map(shown::result).collect();
    listed(Structure::new().with("EvaluationResults", results), simulated.marker)
}

fn request<'a>(ask: &Ask<'a>) -> Simulation<'a> {
    let input = ask.input;
    let level = |level: &'a Structure| level.texts("ServiceControlPolicyInputList").collect();
    Simulation {
        action_names: input.texts("ActionNames").collect(),
        resource_arns: input.texts("ResourceArns").collect(),
        policies: input.texts("PolicyInputList").collect(),
        boundary: input.texts("PermissionsBoundaryPolicyInputList").collect(),
        resource_policy: input.text("ResourcePolicy"),
        resource_owner: input.text("ResourceOwner"),
        caller_arn: input.text("CallerArn"),
        context: input.structures("ContextEntries").map(entry).collect(),
        organization: input.structures("OrderedOrganizationPolicyInputList").map(level).collect(),
        resource_handling: input.text("ResourceHandlingOption"),
        marker: input.text("Marker"),
        max_items: input.integer("MaxItems"),
    }
}

fn entry(entry: &Structure) -> ContextEntry<'_> {
    ContextEntry {
        key: entry.text("ContextKeyName").unwrap_or_default(),
        kind: entry.text("ContextKeyType"),
        values: entry.texts("ContextKeyValues").collect(),
    }
}

/// A union: the first member that is set counts.
fn exclusion(exclusion: &Structure) -> Option<Exclusion<'_>> {
    if let Some(kind) = exclusion.text("PolicyType") {
        return Some(Exclusion::Kind(kind));
    }
    if let Some(arn) = exclusion.text("PolicyArn") {
        return Some(Exclusion::Arn(arn));
    }
    let inline = exclusion.structure("InlinePolicyIdentifier")?;
    let member = |name| inline.text(name).unwrap_or_default();
    let owner = InlineOwner { kind: member("AttachmentType"), name: member("AttachmentName") };
    Some(Exclusion::Inline { policy_name: member("PolicyName"), owner })
}

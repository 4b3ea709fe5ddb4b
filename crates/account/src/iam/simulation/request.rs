//! What a simulation is asked, and its course: check, gather, evaluate a page.

use super::super::refusal;
use super::arn::{self, SimulatedCaller};
use super::context::{self, ContextEntry};
use super::evaluate::{Evaluation, EvaluationResult};
use super::source::{ListName, Source, SourceKind};
use crate::ServiceError;
use crate::directory::Directory;

/// What both operations are given.
#[derive(Clone, Debug, Default)]
pub struct Simulation<'a> {
    pub action_names: Vec<&'a str>,
    /// `*` where there is none.
    pub resource_arns: Vec<&'a str>,
    pub policies: Vec<&'a str>,
    pub boundary: Vec<&'a str>,
    pub resource_policy: Option<&'a str>,
    pub resource_owner: Option<&'a str>,
    pub caller_arn: Option<&'a str>,
    pub context: Vec<ContextEntry<'a>>,
    /// `OrderedOrganizationPolicyInputList`: levels from the root of the organisation on.
    pub organization: Vec<Vec<&'a str>>,
    pub resource_handling: Option<&'a str>,
    pub marker: Option<&'a str>,
    pub max_items: Option<i64>,
}

/// A page of results, one for each action.
#[derive(Debug)]
pub struct Simulated {
    pub results: Vec<EvaluationResult>,
    pub marker: Option<String>,
}

/// Policies and caller, from wherever the operation has them.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) identity: Vec<Source>,
    pub(super) boundary: Vec<Source>,
    pub(super) caller: Option<SimulatedCaller>,
}

/// `SimulateCustomPolicy`.
pub fn custom_policy(directory: &Directory, request: &Simulation<'_>) -> Result<Simulated, ServiceError> {
    let caller = request.caller_arn.map(SimulatedCaller::read).transpose()?;
    request.run(directory, Parts { identity: Vec::new(), boundary: Vec::new(), caller })
}

impl Simulation<'_> {
    pub(super) fn run(&self, directory: &Directory, parts: Parts) -> Result<Simulated, ServiceError> {
        self.check_names()?;
        let resource = self.resource_policy(parts.caller.as_ref())?;
        let owner = self.resource_owner.map(arn::resource_owner).transpose()?;
        let home = parts.caller.as_ref().map_or_else(|| directory.account_id(), |caller| caller.account);
        let context = context::context(&self.context, parts.caller.as_ref(), directory.account_id())?;
        let evaluation = Evaluation {
            context,
            identity: self.identity(parts.identity)?,
            boundary: self.boundary(parts.boundary)?,
            resource,
            organization: self.organization()?,
            caller: parts.caller,
            is_cross_account: owner.is_some_and(|owner| owner != home),
            given_keys: self.context.iter().map(|entry| entry.key.to_ascii_lowercase()).collect(),
        };
        self.page(&evaluation)
    }

    fn check_names(&self) -> Result<(), ServiceError> {
        if self.action_names.iter().any(|action| !action.contains(':')) {
            return Err(refusal::invalid_input("The action is invalid since it is missing names"));
        }
        self.resource_arns.iter().try_for_each(|resource| arn::check_resource(resource))?;
        let run_instances = |action: &&str| action.eq_ignore_ascii_case("ec2:RunInstances");
        let other = self.action_names.iter().find(|action| !run_instances(action));
        match other {
            Some(action) if self.resource_handling.is_some() && !self.resource_arns.is_empty() => {
                Err(refusal::invalid_input(format!(
                    "Invalid input resource handling options. Action does not support resource handling options: {action}. \
                     Please refer to the documentation for more details: \
                     https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html"
                )))
            }
            _ => Ok(()),
        }
    }

    /// The policies of the principal, then those of the request.
    fn identity(&self, mut kept: Vec<Source>) -> Result<Vec<Source>, ServiceError> {
        kept.extend(Source::list(&self.policies, ListName::POLICIES, SourceKind::Identity)?);
        Ok(kept)
    }

    /// A boundary of the request takes the place of the principal's.
    fn boundary(&self, kept: Vec<Source>) -> Result<Option<Source>, ServiceError> {
        if self.boundary.len() > 1 {
            return Err(refusal::invalid_input(
                "The list of Permissions Boundary policies cannot exceed 1 items.",
            ));
        }
        let given = Source::list(&self.boundary, ListName::BOUNDARY, SourceKind::Boundary)?;
        Ok(given.into_iter().chain(kept).next())
    }

    fn organization(&self) -> Result<Vec<Vec<Source>>, ServiceError> {
        let levels = self.organization.iter().zip(1..).map(|(level, number)| {
            if level.is_empty() {
                return Err(refusal::invalid_input(format!(
                    "Organization policy at index {number} must contain at least one service control policy"
                )));
            }
            Source::list(level, ListName::ORGANIZATION, SourceKind::Organization)
        });
        levels.collect()
    }

    /// A policy of the resource needs somebody whom it may name, and resources that are none but ARNs, on both sides (captured).
    fn resource_policy(&self, caller: Option<&SimulatedCaller>) -> Result<Option<Source>, ServiceError> {
        let Some(text) = self.resource_policy else { return Ok(None) };
        if caller.is_none() {
            return Err(refusal::invalid_input("Invalid caller - Caller cannot be null or empty."));
        }
        if self.resource_arns.is_empty() || self.resource_arns.contains(&"*") {
            return Err(refusal::invalid_input(
                "Invalid Entity Arn: * does not clearly define entity type and name.",
            ));
        }
        let source = Source::resource(text)?;
        let resources =
            source.policy.document().statements.iter().filter_map(|statement| statement.resource.as_ref());
        match resources.flat_map(|element| element.values()).find(|resource| !resource.starts_with("arn:")) {
            Some(resource) => Err(arn::not_an_arn(resource)),
            None => Ok(Some(source)),
        }
    }

    fn page(&self, evaluation: &Evaluation) -> Result<Simulated, ServiceError> {
        let first = self.marker.map_or(Ok(0), read_marker)?;
        let resources = self.resource_arns.len().max(1);
        let work = resources.saturating_mul(evaluation.work(&self.resource_arns).max(1));
        if work > MOST_WORK {
            return Err(refusal::invalid_input(
                "The request names too many resources, or too long values, for its policies: simulate less at once.",
            ));
        }
        let asked = self.max_items.and_then(|max| usize::try_from(max).ok()).unwrap_or(100).clamp(1, 1000);
        let count = asked.min((MOST_WORK / work).max(1));
        let rest = self.action_names.get(first..).unwrap_or_default();
        let results = rest.iter().take(count).map(|action| evaluation.action(action, &self.resource_arns));
        Ok(Simulated {
            results: results.collect(),
            marker: (rest.len() > count).then(|| format!("{MARKER}{}", first + count)),
        })
    }
}

fn read_marker(marker: &str) -> Result<usize, ServiceError> {
    let number = marker.strip_prefix(MARKER).and_then(|number| number.parse().ok());
    number.ok_or_else(|| refusal::invalid_input("Invalid marker for pagination."))
}

const MARKER: &str = "simulation-";
/// Statements and keys that one request may have looked at, so that nobody keeps the account busy or has it answer without
/// end. AWS may cut pages short as well.
const MOST_WORK: usize = 200_000;

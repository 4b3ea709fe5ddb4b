//! Why a source, or a profile, does not give the credentials, and what to change so that it does.

use super::counterfactual::{self, Change, Described, WhatIf};
use super::{Ground, Outcome, Plan, Source, State, Step};
use crate::Place;

/// The answer to *why not this one?*
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyNot {
    /// What was asked about: a source's name, or a profile's.
    pub subject: String,
    /// One sentence.
    pub answer: String,
    /// What to do, all of it together; empty where nothing is known that would help, or where it wins already.
    pub changes: Vec<Change>,
    /// Whose credentials would be in use then.
    pub credentials: Option<Described>,
}

/// The name is neither that of a source of this SDK nor that of a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is neither a profile nor a source of {sdk}; its sources are {sources}")]
pub struct WhyNotError {
    name: String,
    sdk: &'static str,
    sources: String,
}

/// Why the source, or the profile, of that name does not give the credentials of this plan.
///
/// # Errors
/// Nobody has that name. A profile that bears the name of a source is meant where the source is not in the SDK's chain,
/// and one that bears what people call a source, always.
pub fn why_not(ground: &Ground<'_>, plan: &Plan, name: &str) -> Result<WhyNot, WhyNotError> {
    let source = |name: &str| plan.steps.iter().position(|step| step.source.name() == name);
    if let Some(index) = source(name) {
        return Ok(of_source(ground, plan, index));
    }
    if ground.profile(name).is_some() {
        return Ok(of_profile(ground, plan, name));
    }
    if let Some(index) = source(alias(name)) {
        return Ok(of_source(ground, plan, index));
    }
    let sources: Vec<&str> = plan.steps.iter().map(|step| step.source.name()).collect();
    Err(WhyNotError { name: name.to_owned(), sdk: ground.sdk.title(), sources: sources.join(", ") })
}

/// What people call the sources.
fn alias(name: &str) -> &str {
    let source = match name {
        "env" => Source::Environment,
        "role" => Source::AssumeRole,
        "web-identity" => Source::WebIdentity,
        "process" | "credential_process" => Source::Process,
        "container" | "ecs" => Source::Container,
        "imds" | "instance" | "instance-role" => Source::InstanceMetadata,
        other => return other,
    };
    source.name()
}

fn of_source(ground: &Ground<'_>, plan: &Plan, index: usize) -> WhyNot {
    let step = &plan.steps[index];
    let answer = reason(plan, step);
    let helps = match (&step.state, &plan.outcome) {
        (State::ShadowedBy(_) | State::Skipped { .. }, Outcome::Error { .. }) => {
            counterfactual::counterfactuals(ground, plan).into_iter().next()
        }
        (State::ShadowedBy(_) | State::Skipped { .. }, _) => counterfactual::for_step(ground, plan, index),
        _ => None,
    };
    let (changes, credentials) =
        helps.map_or((Vec::new(), None), |helps| (helps.changes, Some(helps.credentials)));
    WhyNot { subject: step.source.name().to_owned(), answer, changes, credentials }
}

/// Why a step does not win, in one sentence.
fn reason(plan: &Plan, step: &Step) -> String {
    let name = step.source.name();
    match &step.state {
        State::Won | State::WouldWin => format!("{name} wins"),
        State::ShadowedBy(winner) => {
            let winner = &plan.steps[*winner];
            let at = winner.places.first().map_or_else(String::new, |place| format!(" ({place})"));
            format!("{name} comes after {}{at}, which has credentials", winner.source.name())
        }
        State::NotSet => format!("nothing of {name} is set"),
        State::Partial { missing, .. } => format!("{name} lacks {}", missing.join(" and ")),
        State::Broken { why, remedy, .. } => format!("{name} cannot work: {why}; {remedy}"),
        State::Skipped { why } => match &plan.outcome {
            Outcome::Error { message, .. } => format!("{name} is not looked at, for {message}"),
            _ => format!("{name} is not looked at: {why}"),
        },
    }
}

fn of_profile(ground: &Ground<'_>, plan: &Plan, name: &str) -> WhyNot {
    let in_use = plan.profile.name == name;
    let by_profile = plan.winner().filter(|winner| in_use && is_of_profile(winner.source));
    let subject = name.to_owned();
    if let Some(winner) = by_profile {
        let answer = format!("profile {name:?} wins, by {}", winner.source.name());
        return WhyNot { subject, answer, changes: Vec::new(), credentials: None };
    }
    let answer = match (&plan.outcome, plan.winner(), in_use) {
        (_, _, false) => match &plan.profile.place {
            Place::Default => {
                format!("the profile in use is {:?}, because nobody names another", plan.profile.name)
            }
            place => format!("the profile in use is {:?}, named by {place}", plan.profile.name),
        },
        (_, Some(winner), true) => {
            let at = winner.places.first().map_or_else(String::new, |place| format!(" ({place})"));
            format!("profile {name:?} is in use, and {}{at} comes first", winner.source.name())
        }
        (Outcome::Error { message, .. }, None, true) => format!("profile {name:?} is in use, and {message}"),
        (_, None, true) => format!("profile {name:?} is in use and has no credentials"),
    };
    let attempts =
        [WhatIf::naming(name), WhatIf::setting("AWS_PROFILE", name), alone_in_the_environment(plan, name)];
    let found = attempts.into_iter().find_map(|what_if| {
        let after = what_if.plan(ground)?;
        let winner =
            after.winner().filter(|winner| is_of_profile(winner.source) && after.profile.name == name)?;
        Some((what_if.changes(), counterfactual::described(winner)))
    });
    let (changes, credentials) = found.map_or((Vec::new(), None), |(changes, who)| (changes, Some(who)));
    WhyNot { subject, answer, changes, credentials }
}

/// The profile named by the one variable that all know, and no variable beside it.
fn alone_in_the_environment(plan: &Plan, name: &str) -> WhatIf {
    let mut what_if = WhatIf::setting("AWS_PROFILE", name);
    let places =
        plan.steps.iter().filter(|step| !is_of_profile(step.source)).flat_map(|step| step.places.clone());
    let mut places: Vec<Place> = places.collect();
    places.push(Place::variable("AWS_DEFAULT_PROFILE"));
    what_if.remove_settings(&places);
    what_if
}

/// Whether such a source has its settings from the profile in use.
fn is_of_profile(source: Source) -> bool {
    !matches!(
        source,
        Source::Arguments
            | Source::SystemProperties
            | Source::Environment
            | Source::LegacyCredentialFile
            | Source::BotoConfig
            | Source::Container
            | Source::InstanceMetadata
    )
}

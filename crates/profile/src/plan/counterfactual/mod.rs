//! What to change so that another source wins: variables to unset, a profile to name, lines to remove.
//!
//! Rule: nothing is promised that was not tried. Each change is made to a copy of the view, planned again, and told only
//! where the source wins then.

mod change;
mod what_if;

pub use change::Change;
pub(super) use what_if::WhatIf;

use super::{Ground, Outcome, Plan, Provider, Source, State, Step};
use crate::Place;

/// A change after which another source gives the credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterfactual {
    /// The index of the source among the plan's steps.
    pub step: usize,
    pub source: Source,
    /// All of them together.
    pub changes: Vec<Change>,
    pub credentials: Described,
}

/// Whose credentials somebody would have, as far as can be told without asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The end of the key id, as the AWS CLI shows it: `****************MPLE`.
    pub key_id: Option<String>,
    pub account: Option<String>,
    /// One line for people.
    pub detail: Option<String>,
}

/// For each source that is shadowed or switched off, the smallest change that makes it win; where the search ends with an
/// error, the change that lets it go on.
pub fn counterfactuals(ground: &Ground<'_>, plan: &Plan) -> Vec<Counterfactual> {
    if let Outcome::Error { step, .. } = plan.outcome {
        return after_error(ground, plan, step).into_iter().collect();
    }
    let others = plan.steps.iter().enumerate().filter(|(_, step)| is_candidate(step));
    others.filter_map(|(index, _)| for_step(ground, plan, index)).collect()
}

/// The smallest change that makes this step win; nothing where none was found.
pub(super) fn for_step(ground: &Ground<'_>, plan: &Plan, index: usize) -> Option<Counterfactual> {
    let target = &plan.steps[index];
    let in_the_way: Vec<&Step> = plan.steps[..index].iter().filter(|step| step.provider.is_some()).collect();
    attempts(plan, target, &in_the_way).into_iter().find_map(|what_if| {
        let after = what_if.plan(ground)?;
        let winner = after.winner().filter(|winner| winner.source == target.source)?;
        let credentials = described(winner);
        Some(Counterfactual { step: index, source: target.source, changes: what_if.changes(), credentials })
    })
}

/// What can be told of the credentials that a step gives.
pub fn described(step: &Step) -> Described {
    let detail = step.detail.clone();
    match &step.provider {
        Some(Provider::Static(keys)) => {
            let account = keys.account_id.clone().or_else(|| account_of_key(&keys.access_key_id));
            Described { key_id: Some(masked(&keys.access_key_id)), account, detail }
        }
        Some(Provider::AssumeRole(role)) => {
            Described { account: account_of_arn(&role.role_arn), key_id: None, detail }
        }
        Some(Provider::WebIdentity(role)) => {
            Described { account: account_of_arn(&role.role_arn), key_id: None, detail }
        }
        Some(Provider::MfaSession(session)) => match &session.base {
            Provider::Static(keys) => {
                let account = keys.account_id.clone().or_else(|| account_of_key(&keys.access_key_id));
                Described { key_id: None, account, detail }
            }
            _ => Described { detail, ..Described::default() },
        },
        Some(Provider::Sso(sso)) => Described { account: Some(sso.account_id.clone()), key_id: None, detail },
        _ => Described { detail, ..Described::default() },
    }
}

/// The last four characters of a key id; of one of no more than eight, which nobody issues, two.
pub fn masked(key_id: &str) -> String {
    let length = key_id.chars().count();
    let shown = if length > 8 { 4 } else { 2 };
    let end: String = key_id.chars().skip(length.saturating_sub(shown)).collect();
    format!("****************{end}")
}

/// It could win, or somebody switched it off.
fn is_candidate(step: &Step) -> bool {
    match step.state {
        State::ShadowedBy(_) => true,
        State::Skipped { .. } => !step.places.is_empty(),
        _ => false,
    }
}

/// Attempts from the smallest on: variables and flags alone, then one line of each source in the way (of keys all), then
/// all lines.
fn attempts(plan: &Plan, target: &Step, in_the_way: &[&Step]) -> Vec<WhatIf> {
    let mut base = WhatIf::default();
    if matches!(target.state, State::Skipped { .. }) {
        match target.source {
            // It is the profile's being named that switches keys off.
            Source::Environment | Source::WebIdentity => base.drop_flag("--profile"),
            _ => base.remove_settings(&target.places),
        }
    }
    // What a source names first is what makes it one: a variable that names a file takes the file's lines with it.
    let (by_line, by_setting): (Vec<&Step>, Vec<&Step>) =
        in_the_way.iter().partition(|step| step.places.first().is_some_and(is_line));
    by_setting.iter().for_each(|step| base.remove_settings(&step.places));
    let lines = |of: fn(&[Place]) -> &[Place]| {
        let mut what_if = base.clone();
        for step in &by_line {
            let lines: Vec<Place> = step.places.iter().filter(|place| is_line(place)).cloned().collect();
            // Half a set of keys is worse than none: some SDKs stop at it.
            let is_set = matches!(step.provider, Some(Provider::Static(_)));
            what_if.remove_lines(if is_set { &lines } else { of(&lines) });
        }
        what_if
    };
    let (first, all) = (lines(|lines| &lines[..lines.len().min(1)]), lines(|lines| lines));
    let mut attempts = vec![base];
    if in_the_way.iter().all(|step| step.source == Source::Environment) && !in_the_way.is_empty() {
        attempts.push(WhatIf::naming(&plan.profile.name));
    }
    attempts.extend([first, all]);
    attempts.retain(|attempt| !attempt.is_empty());
    attempts.dedup();
    attempts
}

/// The error's own settings taken away.
fn after_error(ground: &Ground<'_>, plan: &Plan, step: Option<usize>) -> Option<Counterfactual> {
    let places = match step {
        Some(step) => plan.steps[step].places.clone(),
        None => vec![plan.profile.place.clone()],
    };
    let mut settings = WhatIf::default();
    settings.remove_settings(&places);
    let lines: Vec<Place> = places.iter().filter(|place| is_line(place)).cloned().collect();
    let (mut first, mut all) = (settings.clone(), settings.clone());
    first.remove_lines(&lines[..lines.len().min(1)]);
    all.remove_lines(&lines);
    [settings, first, all].into_iter().filter(|attempt| !attempt.is_empty()).find_map(|what_if| {
        let after = what_if.plan(ground)?;
        let Outcome::Resolved(index) = after.outcome else {
            return None;
        };
        let winner = &after.steps[index];
        let step = plan.steps.iter().position(|step| step.source == winner.source)?;
        let (source, credentials) = (winner.source, described(winner));
        Some(Counterfactual { step, source, changes: what_if.changes(), credentials })
    })
}

fn is_line(place: &Place) -> bool {
    matches!(place, Place::Line { .. })
}

fn account_of_key(key_id: &str) -> Option<String> {
    Some(key_id.parse::<types::AccessKeyId>().ok()?.account()?.to_string())
}

fn account_of_arn(arn: &str) -> Option<String> {
    let account = arn.split(':').nth(4)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then(|| account.to_owned())
}

#[cfg(test)]
mod tests;

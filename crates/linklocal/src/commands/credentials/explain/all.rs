//! `explain --as all`: who picks what here, and who would do less than its user believes.

use std::collections::BTreeMap;

use profile::plan::{Outcome, Plan, Provider, State, Step, Warning};

use super::object::Object;
use super::{Explained, change, text};
use crate::output::table;

/// One object per SDK, by its name.
pub(super) fn objects(all: &[Explained]) -> BTreeMap<&'static str, Object> {
    all.iter().map(|explained| (explained.plan.sdk.name(), Object::of(explained))).collect()
}

/// A table, then what it comes to in words.
pub(super) fn tell(all: &[Explained]) -> String {
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let mut text = table(&["WHO", "PICKS", "ACCOUNT", "SOURCE", "REGION"], &rows);
    text.push('\n');
    text.push_str(&verdict(all));
    for explained in all {
        let answer = change::answer(explained);
        if !answer.is_empty() {
            text.push_str(&format!("\n{}: {answer}", explained.plan.sdk.title()));
        }
    }
    for explained in all {
        text.push_str(&failure(explained));
    }
    for explained in all {
        text.push_str(&warnings(explained, all));
    }
    text
}

fn row(explained: &Explained) -> Vec<String> {
    let plan = &explained.plan;
    let winner = explained.winner();
    let account = winner.and_then(|(index, _)| explained.identity(index).account_id);
    let source = winner.map(|(_, step)| step.source.name().to_owned());
    let of_instance = || text::is_of_instance(plan).then(|| "the instance's".to_owned());
    let region = plan.region.as_ref().map(|region| match region.value.as_str() {
        "" => "(empty)".to_owned(),
        name => name.to_owned(),
    });
    let region = region.or_else(of_instance);
    let dash = |cell: Option<String>| cell.unwrap_or_else(|| "-".to_owned());
    vec![plan.sdk.title().to_owned(), pick(explained), dash(account), dash(source), dash(region)]
}

/// Whose credentials, in a word or two.
fn pick(explained: &Explained) -> String {
    match (&explained.plan.outcome, explained.winner()) {
        (_, Some((index, step))) => {
            let identity = explained.identity(index);
            let named = identity.masked().or(identity.arn);
            named.unwrap_or_else(|| text::name(step.source).to_owned())
        }
        (Outcome::Error { .. }, _) => "an error".to_owned(),
        _ => "none".to_owned(),
    }
}

/// Whether they agree, and who goes with whom where they do not.
fn verdict(all: &[Explained]) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for explained in all {
        let (pick, title) = (pick(explained), explained.plan.sdk.title());
        match groups.iter_mut().find(|(group, _)| *group == pick) {
            Some((_, members)) => members.push(title),
            None => groups.push((pick, vec![title])),
        }
    }
    if groups.len() == 1 {
        return match all.iter().any(|explained| explained.winner().is_some()) {
            true => "All pick the same.\n".to_owned(),
            false => "Nobody finds credentials here.\n".to_owned(),
        };
    }
    let line = |(pick, members): &(String, Vec<&str>)| format!("  {pick}: {}\n", members.join(", "));
    format!("They do not agree:\n{}", groups.iter().map(line).collect::<String>())
}

/// Why nobody's credentials are used, where there is a reason; some SDKs pass over faults without a word.
fn failure(explained: &Explained) -> String {
    let title = explained.plan.sdk.title();
    let (what, why, remedy) = match &explained.plan.outcome {
        Outcome::Error { message, remedy, .. } => ("ends with an error", message, remedy),
        Outcome::None => match explained.plan.steps.iter().find_map(fault) {
            Some((why, remedy)) => ("finds none, and does not say why", why, remedy),
            None => return String::new(),
        },
        Outcome::Resolved(_) => return String::new(),
    };
    let hint = if remedy.is_empty() { String::new() } else { format!("  hint: {remedy}\n") };
    format!("\n{title} {what}: {why}\n{hint}")
}

fn fault(step: &Step) -> Option<(&String, &String)> {
    match &step.state {
        State::Broken { why, remedy, .. } => Some((why, remedy)),
        _ => None,
    }
}

/// What its user should know: the plan's own warnings, and where it falls behind what others do with the same profile.
fn warnings(explained: &Explained, all: &[Explained]) -> String {
    let plan = &explained.plan;
    let has = |code: &str| plan.warnings.iter().any(|warning| warning.code == code);
    let own = plan.warnings.iter().filter(|warning| is_told(warning)).map(|warning| warning.text.clone());
    let mut texts: Vec<String> = own.collect();
    match (assumed(explained), all.iter().find_map(assumed)) {
        (None, _) if !has(ROLE_NOT_ASSUMED) && explained.winner().is_some() => texts.extend(left_out(plan, all)),
        (Some((own, None)), Some((role, Some(_)))) if own == role && !has("mfa-not-asked") => texts.push(format!(
            "role {role} is assumed without the MFA that the profile asks for; STS refuses that where the role wants it"
        )),
        _ => {}
    }
    // Many name the SDK themselves.
    let who = |text: &str| match text.starts_with(plan.sdk.title()) {
        true => String::new(),
        false => format!("{}: ", plan.sdk.title()),
    };
    texts.iter().map(|text| format!("\nwarning: {}{text}\n", who(text))).collect()
}

/// That a role which the profile names is not assumed; nothing where it names none.
fn left_out(plan: &Plan, all: &[Explained]) -> Option<String> {
    let is_named = all.iter().any(|other| {
        let warns = other.plan.warnings.iter().any(|warning| warning.code == ROLE_NOT_ASSUMED);
        other.plan.profile.name == plan.profile.name && (warns || assumed(other).is_some())
    });
    let source = plan.winner()?.source.name();
    is_named.then(|| {
        format!("{source} comes first: the role that profile {:?} names is not assumed", plan.profile.name)
    })
}

/// The region is a column of its own.
fn is_told(warning: &Warning) -> bool {
    !text::IN_SETTINGS.contains(&warning.code)
}

/// The role that the winner assumes, and the device that is asked.
fn assumed(explained: &Explained) -> Option<(&str, Option<&str>)> {
    let (_, step) = explained.winner()?;
    match step.provider.as_ref()? {
        Provider::AssumeRole(role) => Some((&role.role_arn, role.mfa_serial.as_deref())),
        Provider::WebIdentity(role) => Some((&role.role_arn, None)),
        _ => None,
    }
}

const ROLE_NOT_ASSUMED: &str = "role-not-assumed";

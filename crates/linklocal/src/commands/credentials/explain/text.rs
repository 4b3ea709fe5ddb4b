//! `explain` for people: who wins, every source in its order, the settings beside, and what would change it.

use profile::plan::{Outcome, Plan, Provider, Source, State, Warning};
use profile::{Place, Sdk, View};

use super::super::{places_text, region_text};
use super::{Explained, change};

/// All of it, ready to print.
pub(super) fn tell(explained: &Explained, view: &View<'_>) -> String {
    let parts = [
        headline(explained, view),
        change::answer(explained),
        steps(explained, view),
        settings(explained),
        change::changes(explained, view),
        warnings(&explained.plan),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// The outcome in a sentence.
fn headline(explained: &Explained, view: &View<'_>) -> String {
    let who = match explained.plan.sdk {
        Sdk::Linklocal => String::new(),
        sdk => format!("{}: ", sdk.title()),
    };
    let mut text = match (&explained.plan.outcome, explained.winner()) {
        (_, Some((index, step))) => {
            let are_many = matches!(step.source, Source::SystemProperties | Source::Profile);
            let verb = match (&step.state, are_many) {
                (State::Won, true) => "win",
                (State::Won, false) => "wins",
                _ => "would win, if it answers",
            };
            format!("{who}{} {verb}: {}\n", name(step.source), what(explained, index, view))
        }
        (Outcome::Error { message, remedy, .. }, _) => {
            let hint = if remedy.is_empty() { String::new() } else { format!("hint: {remedy}\n") };
            format!("{who}the search ends with an error: {message}\n{hint}")
        }
        _ => format!("{who}no source has credentials\n"),
    };
    // A sentence, unless it begins with a name.
    if let Some(first) = text.get(..1).filter(|_| who.is_empty()) {
        let capital = first.to_ascii_uppercase();
        text.replace_range(..1, &capital);
    }
    text
}

fn steps(explained: &Explained, view: &View<'_>) -> String {
    let steps = &explained.plan.steps;
    let names = steps.iter().map(|step| step.source.name().len()).max().unwrap_or(0);
    let states = steps.iter().map(|step| state(&step.state).len()).max().unwrap_or(0);
    let margin = "  12  ".len() + names + "  ".len() + states + "  ".len();
    let mut text = String::new();
    let mut before = None;
    for (index, step) in steps.iter().enumerate() {
        let head =
            format!("  {:>2}  {:names$}  {:states$}", index + 1, step.source.name(), state(&step.state));
        // What holds for several in a row is said once.
        let said = if before == Some(&step.state) && step.provider.is_none() && step.places.is_empty() {
            Vec::new()
        } else {
            said(explained, index, view)
        };
        let mut said = said.into_iter();
        let first = said.next().unwrap_or_default();
        text.push_str(format!("{head}  {first}").trim_end());
        text.push('\n');
        said.for_each(|line| text.push_str(&format!("{:margin$}{line}\n", "")));
        before = Some(&step.state);
    }
    text
}

/// What there is to say of a step, a line each: what it is, what is wrong, what to do, where.
fn said(explained: &Explained, index: usize, view: &View<'_>) -> Vec<String> {
    let step = &explained.plan.steps[index];
    let mut said = Vec::new();
    match &step.state {
        State::Won | State::WouldWin | State::ShadowedBy(_) => said.push(what(explained, index, view)),
        State::Partial { missing, .. } => said.push(format!("{} is missing", missing.join(" and "))),
        State::Broken { why, remedy, .. } => said.extend([why.clone(), remedy.clone()]),
        State::Skipped { why } => said.push(why.clone()),
        State::NotSet => {}
    }
    if let Some(Err(refusal)) = explained.answers.get(&index).filter(|_| step.provider.is_some()) {
        said.push(format!("does not answer: {refusal}"));
    }
    let places = places_text(&step.places);
    said.extend((!places.is_empty()).then(|| format!("from {places}")));
    said.retain(|line| !line.is_empty());
    said
}

/// Whose credentials a step gives: of keys their form, else what the plan says of the source.
pub(super) fn what(explained: &Explained, index: usize, view: &View<'_>) -> String {
    let step = &explained.plan.steps[index];
    let identity = explained.identity(index).text(view.now);
    let is_known = matches!(explained.answers.get(&index), Some(Ok(_)));
    match (&step.provider, &step.detail) {
        (Some(Provider::Static(_)), _) | (_, None) => identity,
        (_, Some(detail)) if is_known => format!("{identity}; {detail}"),
        (_, Some(detail)) => detail.clone(),
    }
}

fn settings(explained: &Explained) -> String {
    let plan = &explained.plan;
    let mut rows = vec![("profile", profile(plan))];
    rows.push(("region", region(plan)));
    let others = explained.settings.iter();
    rows.extend(others.map(|set| (set.name.as_str(), format!("{} ({})", set.found.value, set.found.place))));
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().map(|(name, text)| format!("{name:width$}  {text}\n")).collect()
}

fn profile(plan: &Plan) -> String {
    let named = match &plan.profile.place {
        Place::Default => format!("{}, as nobody names another", plan.profile.name),
        place => format!("{} ({place})", plan.profile.name),
    };
    match plan.outcome {
        _ if plan.profile.exists => named,
        // Where the files cannot be read nobody knows.
        Outcome::Error { step: None, .. } => named,
        _ => format!("{named}; no file has it"),
    }
}

fn region(plan: &Plan) -> String {
    let variable = if plan.sdk == Sdk::Boto3 { "AWS_DEFAULT_REGION" } else { "AWS_REGION" };
    match &plan.region {
        Some(region) => region_text(region),
        None if is_of_instance(plan) => {
            "none is named: on an instance its own counts, elsewhere calls fail".to_owned()
        }
        None => format!("none: nothing names one, and calls fail until {variable} or the profile does"),
    }
}

/// Whether the instance is asked for the region.
pub(super) fn is_of_instance(plan: &Plan) -> bool {
    plan.warnings.iter().any(|warning| warning.code == REGION_OF_INSTANCE)
}

fn warnings(plan: &Plan) -> String {
    let told = plan.warnings.iter().filter(|warning| !IN_SETTINGS.contains(&warning.code));
    told.map(warning).collect()
}

fn warning(warning: &Warning) -> String {
    match &warning.place {
        Some(place) => format!("warning: {} ({place})\n", warning.text),
        None => format!("warning: {}\n", warning.text),
    }
}

/// The state in the words of the text.
fn state(state: &State) -> String {
    match state {
        State::Won => "won".to_owned(),
        State::WouldWin => "would win".to_owned(),
        State::ShadowedBy(winner) => format!("shadowed by {}", winner + 1),
        State::NotSet => "not set".to_owned(),
        State::Partial { .. } => "partial".to_owned(),
        State::Broken { .. } => "broken".to_owned(),
        State::Skipped { .. } => "skipped".to_owned(),
    }
}

/// A source in a sentence.
pub(super) const fn name(source: Source) -> &'static str {
    match source {
        Source::Arguments => "the command line",
        Source::SystemProperties => "the system properties of Java",
        Source::Environment => "the environment",
        Source::AssumeRole => "the role of the profile",
        Source::WebIdentity => "the web identity token",
        Source::Sso => "IAM Identity Center",
        Source::SharedCredentialsFile => "the credentials file",
        Source::Profile => "the profile's keys",
        Source::Login => "the session of `aws login`",
        Source::Process => "the profile's process",
        Source::ConfigFile => "the config file",
        Source::LegacyCredentialFile => "the file of AWS_CREDENTIAL_FILE",
        Source::BotoConfig => "the configuration of boto 2",
        Source::Container => "the container's role",
        Source::InstanceMetadata => "the instance's role",
    }
}

/// Warnings that the line of a setting says already.
pub(super) const IN_SETTINGS: [&str; 2] = ["region-by-default", REGION_OF_INSTANCE];
const REGION_OF_INSTANCE: &str = "region-from-instance";

//! `explain` for people: who wins, every source in its order, the settings beside, and what would change it.

use profile::View;
use profile::plan::{Outcome, Plan, Source, State, Step};
use profile::settings::Found;
use profile::{Place, Sdk};

use super::Explained;

/// All of it, ready to print.
pub(super) fn text(explained: &Explained, view: &View<'_>) -> String {
    let mut text = headline(explained, view);
    text.push('\n');
    text.push_str(&steps(explained, view));
    text.push('\n');
    text.push_str(&settings(explained));
    text.push_str(&warnings(&explained.plan));
    text
}

/// The outcome in a sentence or two.
fn headline(explained: &Explained, view: &View<'_>) -> String {
    let who = match explained.plan.sdk {
        Sdk::Linklocal => "Here",
        sdk => sdk.title(),
    };
    match (&explained.plan.outcome, explained.winner()) {
        (_, Some((index, step))) => {
            let identity = explained.identity(index).text(view.now);
            let verb = if step.state == State::Won { "wins" } else { "would win, once asked" };
            format!("{who}: {} {verb}{}\n", name(step.source), after(": ", &identity))
        }
        (Outcome::Error { message, remedy, .. }, _) => {
            format!("{who}: the search ends with an error: {message}\n{}", indented("", remedy))
        }
        _ => format!("{who}: no source has credentials\n"),
    }
}

fn steps(explained: &Explained, view: &View<'_>) -> String {
    let steps = &explained.plan.steps;
    let width = |words: &mut dyn Iterator<Item = usize>| words.max().unwrap_or(0);
    let names = width(&mut steps.iter().map(|step| step.source.name().len()));
    let states = width(&mut steps.iter().map(|step| state(&step.state).len()));
    let margin = 2 + 2 + 2 + names + 2 + states + 2;
    let line = |(index, step): (usize, &Step)| {
        let head =
            format!("  {:>2}  {:names$}  {:states$}", index + 1, step.source.name(), state(&step.state));
        let mut said = said(explained, index, view).into_iter();
        let first = said.next().unwrap_or_default();
        let mut line = format!("{head}  {first}").trim_end().to_owned() + "\n";
        said.for_each(|more| line.push_str(&format!("{:margin$}{more}\n", "")));
        line
    };
    steps.iter().enumerate().map(line).collect()
}

/// What there is to say of a step, a line each: what it is, why not, what to do, where.
fn said(explained: &Explained, index: usize, view: &View<'_>) -> Vec<String> {
    let step = &explained.plan.steps[index];
    let identity = explained.identity(index).text(view.now);
    let mut said = vec![identity];
    said.extend(step.detail.clone());
    match &step.state {
        State::Partial { missing, .. } => said.push(format!("missing: {}", missing.join(", "))),
        State::Broken { why, remedy, .. } => said.extend([why.clone(), remedy.clone()]),
        State::Skipped { why } => said.push(why.clone()),
        State::Won | State::WouldWin | State::ShadowedBy(_) | State::NotSet => {}
    }
    let places: Vec<String> = step.places.iter().map(ToString::to_string).collect();
    said.push(after("from ", &places.join(", ")));
    said.retain(|line| !line.is_empty());
    said
}

fn settings(explained: &Explained) -> String {
    let plan = &explained.plan;
    let mut rows = vec![("profile", plan.profile.name.clone(), profile(plan))];
    rows.push(match &plan.region {
        Some(region) => ("region", region.value.clone(), region_from(region)),
        None => (
            "region",
            "none".to_owned(),
            "nothing names one: calls fail until --region or AWS_REGION does".to_owned(),
        ),
    });
    let others = explained.settings.iter();
    rows.extend(
        others.map(|setting| (setting.name, setting.found.value.clone(), setting.found.place.to_string())),
    );
    let width = rows.iter().map(|(_, value, _)| value.chars().count()).max().unwrap_or(0);
    let row = |(name, value, from): &(&str, String, String)| format!("{name:12}  {value:width$}  {from}\n");
    rows.iter().map(row).collect()
}

fn profile(plan: &Plan) -> String {
    let named = match &plan.profile.place {
        Place::Default => "nobody names one".to_owned(),
        place => format!("from {place}"),
    };
    if plan.profile.exists { named } else { format!("{named}; it is in neither file") }
}

fn region_from(region: &Found<String>) -> String {
    match &region.place {
        Place::Default => "the last resort: nothing names one, and most SDKs would fail".to_owned(),
        place => format!("from {place}"),
    }
}

fn warnings(plan: &Plan) -> String {
    let line = |warning: &profile::plan::Warning| {
        let place = warning.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        format!("\nwarning: {}{place}\n", warning.text)
    };
    plan.warnings.iter().map(line).collect()
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
const fn name(source: Source) -> &'static str {
    match source {
        Source::Arguments => "the keys of the command line",
        Source::SystemProperties => "the system properties of Java",
        Source::Environment => "the environment",
        Source::AssumeRole => "the role of the profile",
        Source::WebIdentity => "the web identity token",
        Source::Sso => "IAM Identity Center",
        Source::SharedCredentialsFile => "the credentials file",
        Source::Profile => "the keys of the profile",
        Source::Login => "the session of `aws login`",
        Source::Process => "the credential_process",
        Source::ConfigFile => "the config file",
        Source::LegacyCredentialFile => "the file of AWS_CREDENTIAL_FILE",
        Source::BotoConfig => "the configuration of boto 2",
        Source::Container => "the container's role",
        Source::InstanceMetadata => "the instance's role",
    }
}

fn after(words: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{words}{text}") }
}

fn indented(margin: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{margin}{text}\n") }
}

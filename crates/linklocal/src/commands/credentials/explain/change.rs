//! What would let another source win: the counterfactuals of a plan, and the answer to `--why-not`.
//!
//! Rule: a change that is typed stands on a line of its own, ready to be copied.

use profile::View;
use profile::plan::{Change, Counterfactual, Described, Outcome, WhyNot};
use serde::Serialize;

use super::{Explained, text};

/// A change after which `source` wins.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChangeObject {
    source: &'static str,
    /// All of them together.
    changes: Vec<StepObject>,
    credentials: CredentialsObject,
}

/// The answer to `--why-not`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct WhyNotObject {
    answer: String,
    changes: Vec<StepObject>,
    credentials: Option<CredentialsObject>,
}

#[derive(Clone, Debug, Serialize)]
struct StepObject {
    /// `unset`, `set`, `drop`, `name-profile` or `remove`.
    kind: &'static str,
    text: String,
}

#[derive(Clone, Debug, Serialize)]
struct CredentialsObject {
    /// Masked.
    access_key_id: Option<String>,
    account_id: Option<String>,
    detail: Option<String>,
}

impl ChangeObject {
    pub(super) fn of(other: &Counterfactual) -> Self {
        Self {
            source: other.source.name(),
            changes: other.changes.iter().map(StepObject::of).collect(),
            credentials: CredentialsObject::of(&other.credentials),
        }
    }
}

impl WhyNotObject {
    pub(super) fn of(answer: &Result<WhyNot, String>) -> Self {
        match answer {
            Ok(why_not) => Self {
                answer: why_not.answer.clone(),
                changes: why_not.changes.iter().map(StepObject::of).collect(),
                credentials: why_not.credentials.as_ref().map(CredentialsObject::of),
            },
            Err(error) => Self { answer: error.clone(), changes: Vec::new(), credentials: None },
        }
    }
}

impl StepObject {
    fn of(change: &Change) -> Self {
        Self { kind: change.kind(), text: change.to_string() }
    }
}

impl CredentialsObject {
    fn of(described: &Described) -> Self {
        let Described { key_id, account, detail } = described.clone();
        Self { access_key_id: key_id, account_id: account, detail }
    }
}

/// The answer to `--why-not`, where it was asked.
pub(super) fn answer(explained: &Explained) -> String {
    match &explained.why_not {
        Some(Ok(why_not)) => said(why_not),
        Some(Err(error)) => format!("{error}\n"),
        None => String::new(),
    }
}

fn said(why_not: &WhyNot) -> String {
    let mut text = format!("Why not {}: {}\n", why_not.subject, why_not.answer);
    if !why_not.changes.is_empty() {
        let gives = in_brackets(why_not.credentials.as_ref().map(described).unwrap_or_default());
        text.push_str(&format!("To let it win{gives}:\n{}", lines(&why_not.changes)));
    }
    text
}

/// A paragraph for each source that could win.
pub(super) fn changes(explained: &Explained, view: &View<'_>) -> String {
    let paragraph = |other: &Counterfactual| {
        let is_error = matches!(explained.plan.outcome, Outcome::Error { .. });
        let source = text::name(other.source);
        let what = match explained.plan.steps[other.step].provider {
            Some(_) => text::what(explained, other.step, view),
            None => described(&other.credentials),
        };
        let what = in_brackets(what);
        let lines = lines(&other.changes);
        let instead = if explained.winner().is_some() { " instead" } else { "" };
        match is_error {
            true => format!("To get past the error and use {source}{what}:\n{lines}"),
            false => format!("To use {source}{instead}{what}:\n{lines}"),
        }
    };
    explained.counterfactuals.iter().map(paragraph).collect::<Vec<_>>().join("\n")
}

fn lines(changes: &[Change]) -> String {
    changes.iter().map(|change| format!("  {change}\n")).collect()
}

/// Whose credentials are in use then.
fn described(described: &Described) -> String {
    let key = described.key_id.as_deref().map(|key| format!("key {key}"));
    let account = described.account.as_ref().map(|account| format!("account {account}"));
    let parts: Vec<String> = match key {
        Some(key) => [Some(key), account].into_iter().flatten().collect(),
        None => described.detail.clone().into_iter().collect(),
    };
    parts.join(", ")
}

fn in_brackets(what: String) -> String {
    if what.is_empty() { what } else { format!(" ({what})") }
}

//! What came of all cases.

use policy::document::Effect;
use policy::{Decision, StatementTrace, Trace};
use serde::Serialize;

use super::case::Check;
use crate::failure::Failure;

#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) checks: Vec<Check>,
}

/// As `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReportObject<'a> {
    cases: Vec<CheckObject<'a>>,
    met: usize,
    unmet: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CheckObject<'a> {
    name: &'a str,
    /// `cases.toml:12:1`
    place: &'a str,
    action: &'a str,
    resource: &'a str,
    expected: &'a str,
    /// `allow`, `explicit-deny` or `implicit-deny`
    decision: &'a str,
    met: bool,
    /// What is not as expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    miss: Option<&'a str>,
    /// That denies, or is the first to lack an allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<PlaceObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trace: Vec<StatementObject<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PlaceObject<'a> {
    policy: &'a str,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatementObject<'a> {
    layer: &'a str,
    #[serde(flatten)]
    place: PlaceObject<'a>,
    effect: &'a str,
    applies: bool,
    /// In words.
    outcome: String,
}

impl Report {
    pub(super) fn object(&self, traces: bool) -> ReportObject<'_> {
        ReportObject {
            cases: self.checks.iter().map(|check| check.object(traces)).collect(),
            met: self.checks.len() - self.unmet(),
            unmet: self.unmet(),
        }
    }

    pub(super) fn text(&self, traces: bool) -> String {
        let mut text = String::new();
        for check in &self.checks {
            text.push_str(&check.line());
            if traces || check.miss.is_some() {
                lines(&check.trace).iter().for_each(|line| text.push_str(&format!("        {line}\n")));
            }
        }
        text.push_str(&format!("{} as expected, {} not\n", self.checks.len() - self.unmet(), self.unmet()));
        text
    }

    /// Exit code 1 where something is not as expected.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        match (self.checks.len(), self.unmet()) {
            (0, _) => Err(Failure::new("no case has that text in its name")),
            (_, 0) => Ok(()),
            (all, unmet) => Err(Failure::new(format!("{unmet} of {all} checks are not as expected"))),
        }
    }

    fn unmet(&self) -> usize {
        self.checks.iter().filter(|check| check.miss.is_some()).count()
    }
}

impl Check {
    fn line(&self) -> String {
        let Self { case, place, action, resource, .. } = self;
        let decision = decision(&self.trace.decision);
        let by = match self.deciding() {
            Some((policy, start, sid)) => format!(" by {policy}:{start}{}", in_brackets(sid)),
            None => String::new(),
        };
        match &self.miss {
            None => format!("ok      {case}: {action} on {resource} is {decision}{by}\n"),
            Some(miss) => {
                format!("FAILED  {case} ({place}): {miss}, but {action} on {resource} is {decision}{by}\n")
            }
        }
    }

    fn object(&self, traces: bool) -> CheckObject<'_> {
        let (decision, layer) = match &self.trace.decision {
            Decision::Allowed => ("allow", None),
            Decision::Denied(denial) => {
                (if denial.explicit { "explicit-deny" } else { "implicit-deny" }, Some(denial.layer.as_str()))
            }
        };
        let shown = traces || self.miss.is_some();
        CheckObject {
            name: &self.case,
            place: &self.place,
            action: &self.action,
            resource: &self.resource,
            expected: self.expect.as_str(),
            decision,
            met: self.miss.is_none(),
            miss: self.miss.as_deref(),
            layer,
            statement: self.deciding().map(|(policy, start, sid)| PlaceObject {
                policy,
                line: start.line,
                column: start.column,
                sid,
            }),
            trace: self.trace.statements.iter().filter(|_| shown).map(statement).collect(),
        }
    }
}

fn decision(decision: &Decision) -> String {
    match decision {
        Decision::Allowed => "allowed".to_owned(),
        Decision::Denied(denial) if denial.explicit => {
            format!("denied explicitly in the {}", denial.layer.as_str())
        }
        Decision::Denied(denial) => format!("denied: no {} allows it", denial.layer.as_str()),
    }
}

/// A line for each statement that speaks of the action; the others are counted.
fn lines(trace: &Trace) -> Vec<String> {
    let (told, others): (Vec<_>, Vec<_>) =
        trace.statements.iter().partition(|statement| statement.has_action);
    let mut lines: Vec<String> = told.into_iter().map(line).collect();
    match (trace.statements.len(), others.len()) {
        (0, _) => lines.push("no policy applies".to_owned()),
        (_, 0) => {}
        (_, 1) => lines.push("1 statement is of other actions".to_owned()),
        (_, count) => lines.push(format!("{count} statements are of other actions")),
    }
    lines
}

fn line(traced: &StatementTrace) -> String {
    let place = &traced.statement;
    let sid = in_brackets(place.sid.as_deref());
    format!("{}:{}{sid} {}: {}", place.policy, place.span.start, traced.layer.as_str(), outcome(traced))
}

/// What a statement's own line says behind its place.
fn outcome(traced: &StatementTrace) -> String {
    let effect = traced.effect.as_str();
    let text = traced.to_string();
    match text.split_once(&format!(": {effect} ")) {
        Some((_, outcome)) => format!("{effect} {outcome}"),
        None => text,
    }
}

fn statement(traced: &StatementTrace) -> StatementObject<'_> {
    let place = &traced.statement;
    StatementObject {
        layer: traced.layer.as_str(),
        place: PlaceObject {
            policy: &place.policy,
            line: place.span.start.line,
            column: place.span.start.column,
            sid: place.sid.as_deref(),
        },
        effect: match traced.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        },
        applies: traced.applies,
        outcome: outcome(traced),
    }
}

fn in_brackets(sid: Option<&str>) -> String {
    sid.filter(|sid| !sid.is_empty()).map(|sid| format!(" ({sid})")).unwrap_or_default()
}

//! What a client made of a scenario: from the requests that were seen to figures, and from figures to an answer.
//!
//! Rule: only what was seen counts. A client is not asked what it did, and what it keeps to itself is not guessed.

mod calls;
mod condition;
mod coverage;
mod fallback;
mod markdown;
mod measure;
mod recovery;
mod retries;
mod text;
mod timeline;
mod tokens;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::Plan;

pub use calls::Calls;
pub use condition::{Condition, ConditionError};
pub use coverage::{Coverage, Gap};
pub use fallback::Fallback;
pub use measure::Measure;
pub use recovery::{Course, Met};
pub use retries::{Backoff, Retries};
pub use tokens::Tokens;

/// What was seen of a client that lived through a scenario.
#[derive(Clone, Debug)]
pub struct Trial<'a> {
    pub plan: &'a Plan,
    /// The program, as a reader would recognise it.
    pub client: String,
    /// In the order of their arrival.
    pub records: Vec<Record>,
    /// How many requests more there were than could be kept.
    pub unrecorded: u64,
    /// How long the client lived, from the beginning of the scenario.
    pub lived: Duration,
    /// How it ended, such as `exit code 0`.
    pub ended: String,
}

/// One request and what became of it. Times count from the beginning of the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub arrived: Duration,
    pub settled: Duration,
    pub connection: u64,
    pub method: &'static str,
    pub path: String,
    pub kind: Kind,
    /// Whether it asks for a session token or carries one.
    pub by_token: bool,
    /// Tells session tokens apart.
    pub token: Option<u64>,
    pub ending: Ending,
    /// The event whose fault befell it.
    pub event: Option<usize>,
    /// Its token was lost.
    pub token_lost: bool,
    /// How often it was sent before the packet budget had room for it.
    pub packets_dropped: u32,
    pub grant: Option<Grant>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Token,
    RoleList,
    Credentials,
    Container,
    Metadata,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Answered(u16),
    Reset,
    Unanswered,
}

/// A set of credentials that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub access_key_id: String,
    /// When it ends; before the scenario began where it is negative.
    pub ends_millis: i64,
}

/// What a client did, in figures.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report {
    pub scenario: String,
    pub question: String,
    pub answer: String,
    pub client: String,
    pub ended: String,
    /// How long the client lived.
    #[serde(serialize_with = "seconds")]
    pub lived: Duration,
    /// Requests that are in no figure, because there were too many.
    pub unrecorded: u64,
    pub calls: Calls,
    pub fallback: Fallback,
    pub retries: Retries,
    pub tokens: Tokens,
    pub coverage: Coverage,
    /// Requests that were answered with an error, by status.
    pub refused: BTreeMap<u16, usize>,
    /// What each event did to the client.
    pub courses: Vec<Course>,
    /// What happened, a line each.
    pub timeline: Vec<String>,
}

impl Report {
    pub fn of(trial: &Trial<'_>) -> Self {
        let records = &trial.records;
        let scenario = &trial.plan.scenario;
        let mut report = Self {
            scenario: scenario.name.clone(),
            question: scenario.question.clone(),
            answer: String::new(),
            client: trial.client.clone(),
            ended: trial.ended.clone(),
            lived: trial.lived,
            unrecorded: trial.unrecorded,
            calls: Calls::of(records),
            fallback: Fallback::of(records),
            retries: Retries::of(records),
            tokens: Tokens::of(records),
            coverage: Coverage::of(records, trial.lived),
            refused: refused(records),
            courses: recovery::courses(trial),
            timeline: timeline::lines(trial),
        };
        report.answer = scenario.measure.answer(&report);
        report
    }
}

impl Record {
    /// Whether it got what it asked for. An error document is none, whatever its status.
    pub fn succeeded(&self) -> bool {
        let answered = matches!(self.ending, Ending::Answered(status) if status < 400);
        answered && (!matches!(self.kind, Kind::Credentials | Kind::Container) || self.grant.is_some())
    }
}

fn refused(records: &[Record]) -> BTreeMap<u16, usize> {
    let mut refused = BTreeMap::new();
    for record in records {
        if let Ending::Answered(status @ 400..) = record.ending {
            *refused.entry(status).or_insert(0) += 1;
        }
    }
    refused
}

/// A span as a number of seconds, to the millisecond.
fn seconds<S: serde::Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(millis(*span) as f64 / 1000.0)
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Seconds with one digit behind the point: `12.3 s`.
fn shown(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

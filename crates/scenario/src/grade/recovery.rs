//! What each event did to the client, and when the client was well again.

use std::time::Duration;

use serde::Serialize;

use super::{Ending, Kind, Record, Trial, seconds, shown, times};
use crate::{Action, Plan, Step, StepKind};

/// One event, once, and the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Course {
    pub event: String,
    #[serde(serialize_with = "seconds")]
    pub from: Duration,
    #[serde(serialize_with = "seconds")]
    pub to: Duration,
    /// Requests that it befell.
    pub befallen: usize,
    pub met: Met,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Kind", rename_all_fields = "PascalCase")]
pub enum Met {
    /// The client was not there, or asked for nothing that was concerned.
    NotMet,
    /// It got what it wanted again so long after it first failed to, and so long after the event was over.
    Recovered {
        #[serde(serialize_with = "seconds")]
        after_failure: Duration,
        #[serde(serialize_with = "seconds")]
        after_end: Duration,
    },
    /// It asked again, in vain.
    Failing,
    /// It did not ask again.
    GaveUp,
    /// It ended before the event did.
    CutShort,
    /// It saw what was announced, so long after.
    Noticed {
        #[serde(serialize_with = "seconds")]
        after: Duration,
    },
    /// It never looked.
    Unnoticed,
}

/// How an event shows in what a client asks for.
enum Trace {
    /// Requests that it befalls.
    Failures(fn(&Record, usize) -> bool),
    /// New credentials.
    Credentials,
    /// A document below this path, or one that tells of it.
    Announcement(&'static [&'static str]),
}

/// The courses of all events, each repetition by itself, in the order of time.
pub(super) fn courses(trial: &Trial<'_>) -> Vec<Course> {
    let begun = trial.plan.steps.iter().filter(|step| step.kind != StepKind::Ends);
    begun.map(|step| course(trial, step)).collect()
}

impl Course {
    pub(super) fn told(&self) -> String {
        let befallen = match self.befallen {
            0 => String::new(),
            count => format!("met {}; ", times(count)),
        };
        let text = match self.met {
            Met::NotMet => "not met".to_owned(),
            Met::Recovered { after_failure, after_end } if after_end.is_zero() => {
                format!("well again in its course, {} after the first failure", shown(after_failure))
            }
            Met::Recovered { after_end, .. } => format!("well again {} after its end", shown(after_end)),
            Met::Failing => "asked again, in vain".to_owned(),
            Met::GaveUp => "did not ask again".to_owned(),
            Met::CutShort => "the client ended first".to_owned(),
            Met::Noticed { after } => format!("noticed after {}", shown(after)),
            Met::Unnoticed => "not noticed".to_owned(),
        };
        format!("{befallen}{text}")
    }
}

fn course(trial: &Trial<'_>, step: &Step) -> Course {
    let action = trial.plan.action(step);
    let to = end(trial.plan, step);
    let (befallen, met) = match trace(action) {
        _ if step.at >= trial.lived => (0, Met::NotMet),
        Trace::Failures(befalls) => failures(trial, step, to, befalls),
        Trace::Credentials => credentials(trial, step, to),
        Trace::Announcement(paths) => (0, noticed(trial, step.at, paths)),
    };
    Course { event: action.to_string(), from: step.at, to, befallen, met }
}

/// Tokens that are lost stay lost; the next loss is another event.
fn end(plan: &Plan, step: &Step) -> Duration {
    if *plan.action(step) != Action::LoseTokens {
        return step.until;
    }
    let later =
        plan.steps.iter().find(|other| other.at > step.at && *plan.action(other) == Action::LoseTokens);
    later.map_or(plan.duration, |later| later.at)
}

fn trace(action: &Action) -> Trace {
    match action {
        Action::Request(_) => Trace::Failures(|record, event| record.event == Some(event)),
        Action::LoseTokens => Trace::Failures(|record, _| record.token_lost),
        Action::PacketBudget(_) => Trace::Failures(|record, _| record.packets_dropped > 0),
        Action::MetadataOptions(_) => {
            Trace::Failures(|record, _| matches!(record.ending, Ending::Answered(401 | 403)))
        }
        Action::RefuseRole | Action::RemoveRole(_) => {
            Trace::Failures(|record, _| is_credentials(record) && !record.succeeded())
        }
        Action::RotateEarly
        | Action::RotateLate
        | Action::ExpiredSet(_)
        | Action::Overlap(_)
        | Action::SwapRole(_)
        | Action::ClockSkew(_) => Trace::Credentials,
        Action::SpotInterruption { .. } => Trace::Announcement(&["/spot"]),
        Action::Rebalance => Trace::Announcement(&["/events/recommendations/rebalance"]),
        Action::Maintenance { .. } => Trace::Announcement(&["/events/maintenance/scheduled"]),
        Action::AutoScaling(_) => Trace::Announcement(&["/autoscaling/target-lifecycle-state"]),
    }
}

fn is_credentials(record: &Record) -> bool {
    matches!(record.kind, Kind::RoleList | Kind::Credentials | Kind::Container)
}

fn failures(
    trial: &Trial<'_>,
    step: &Step,
    to: Duration,
    befalls: fn(&Record, usize) -> bool,
) -> (usize, Met) {
    let within = |record: &&Record| record.arrived >= step.at && record.arrived < to;
    let hit: Vec<&Record> =
        trial.records.iter().filter(within).filter(|record| befalls(record, step.event)).collect();
    let (Some(first), Some(last)) = (hit.first(), hit.last()) else { return (0, Met::NotMet) };
    let is_later = |record: &&Record| record.settled >= last.settled && !std::ptr::eq(*record, *last);
    let well = if last.succeeded() {
        Some(*last)
    } else {
        trial.records.iter().filter(is_later).find(|record| record.succeeded() && is_instead(record, last))
    };
    let met = match well {
        Some(well) => Met::Recovered {
            after_failure: well.settled.saturating_sub(first.arrived),
            // Lost tokens are not given back, so there is no end to wait for.
            after_end: if to >= trial.plan.duration {
                Duration::ZERO
            } else {
                well.settled.saturating_sub(to)
            },
        },
        None if hit.len() > 1 || trial.records.iter().any(|record| is_later(&record)) => Met::Failing,
        None if trial.lived < to => Met::CutShort,
        None => Met::GaveUp,
    };
    (hit.len(), met)
}

/// Whether what was asked for is what failed before, or does as well. Whoever gets no token and is served without has what
/// it wants; whoever gets one has not got its credentials yet.
fn is_instead(record: &Record, failed: &Record) -> bool {
    failed.kind == Kind::Token
        || record.kind == failed.kind
        || is_credentials(record) && is_credentials(failed)
}

/// Of what concerns sets and not requests: those that were handed out meanwhile, and when a good one came afterwards.
fn credentials(trial: &Trial<'_>, step: &Step, to: Duration) -> (usize, Met) {
    let granted = || trial.records.iter().filter_map(|record| Some((record, record.grant.as_ref()?)));
    let before = granted().rfind(|(record, _)| record.arrived < step.at).map(|(_, grant)| grant);
    let during = granted().filter(|(record, _)| record.arrived >= step.at && record.arrived < to).count();
    let is_good = |record: &Record, ends: i64| ends > super::millis(record.settled);
    let from = if to >= trial.plan.duration { step.at } else { to };
    let good = granted().find(|(record, grant)| {
        let is_new = before.is_none_or(|before| before.access_key_id != grant.access_key_id);
        record.arrived >= from && is_new && is_good(record, grant.ends_millis)
    });
    let asked_later = trial.records.iter().any(|record| record.arrived >= from && is_credentials(record));
    let met = match good {
        Some((record, _)) => Met::Recovered {
            after_failure: record.settled.saturating_sub(step.at),
            after_end: record.settled.saturating_sub(from),
        },
        None if asked_later => Met::Failing,
        None if trial.lived < to => Met::CutShort,
        None => Met::GaveUp,
    };
    (during, met)
}

fn noticed(trial: &Trial<'_>, from: Duration, paths: &[&str]) -> Met {
    let tells = |record: &&Record| {
        record.settled >= from && record.succeeded() && paths.iter().any(|path| record.path.contains(path))
    };
    match trial.records.iter().find(tells) {
        Some(record) => Met::Noticed { after: record.settled.saturating_sub(from) },
        None => Met::Unnoticed,
    }
}

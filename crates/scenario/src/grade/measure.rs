//! Which figure answers a scenario's question, and the answer in one sentence.

use std::time::Duration;

use serde::Deserialize;

use super::{Backoff, Fallback, Met, Report, plural, shown, times};

/// What a question asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// How long was it without good credentials?
    #[default]
    Gap,
    /// Did it do without session tokens?
    V1Fallback,
    /// Did it show a rejected token again?
    RepeatedTokens,
    /// Was it well again after each event, and how soon?
    Recovery,
    /// Did it see what was announced?
    Notice,
    /// How did it ask again?
    Retries,
}

impl Measure {
    pub(super) fn answer(self, report: &Report) -> String {
        if report.calls.total == 0 {
            return "Unknown: the client made no request.".to_owned();
        }
        match self {
            Self::Gap => gap(report),
            Self::V1Fallback => v1_fallback(report),
            Self::RepeatedTokens => repeated_tokens(report),
            Self::Recovery => recovery(report),
            Self::Notice => notice(report),
            Self::Retries => retries(report),
        }
    }
}

fn gap(report: &Report) -> String {
    let coverage = &report.coverage;
    if !coverage.asked {
        return "Unknown: the client never asked for credentials.".to_owned();
    }
    match coverage.gaps.len() {
        0 => "It had good credentials all the time.".to_owned(),
        count => format!(
            "It was without good credentials for {} of {}, in {}.",
            shown(coverage.without),
            shown(report.lived),
            plural(count, "stretch", "stretches")
        ),
    }
}

fn v1_fallback(report: &Report) -> String {
    match &report.fallback {
        Fallback::Silent => "Unknown: the client made no request.".to_owned(),
        Fallback::No => format!(
            "No: it asked for a token {} and never did without; it was without good credentials for {}.",
            times(report.calls.token),
            shown(report.coverage.without)
        ),
        Fallback::OnlyVersion1 { .. } => "It never asked for a token: it speaks version 1 alone.".to_owned(),
        Fallback::Yes { at, after, .. } => {
            format!("Yes: {} into the scenario, after {after}, it went on by version 1.", shown(*at))
        }
    }
}

fn repeated_tokens(report: &Report) -> String {
    match (report.tokens.rejected, report.tokens.repeated) {
        (0, _) => "Unknown: no token that the client used was rejected.".to_owned(),
        (rejected, 0) => {
            format!("No: of {} none was shown again.", plural(rejected, "rejected token", "rejected tokens"))
        }
        (_, repeated) => format!("Yes: {} it showed a token again that had been rejected.", times(repeated)),
    }
}

fn recovery(report: &Report) -> String {
    let met: Vec<Met> = report
        .courses
        .iter()
        .map(|course| course.met)
        .filter(|met| !matches!(met, Met::NotMet | Met::CutShort))
        .collect();
    let recovered: Vec<Duration> = met.iter().filter_map(recovered_after).collect();
    let slowest = recovered.iter().max().copied().unwrap_or_default();
    let spent = format!("it was without good credentials for {}", shown(report.coverage.without));
    match (met.len(), recovered.len()) {
        (0, _) => "Unknown: the client met none of the events.".to_owned(),
        (all, well) if all == well && slowest.is_zero() => {
            format!("Yes: it was well again in the course of every event; {spent}.")
        }
        (all, well) if all == well => {
            format!("Yes: it was well again at most {} after the end of an event; {spent}.", shown(slowest))
        }
        (all, well) => format!(
            "No: after {} of {} it was not well again; {spent}.",
            all - well,
            plural(all, "event", "events")
        ),
    }
}

fn notice(report: &Report) -> String {
    let announced = report.courses.iter().filter(|course| is_notice(course.met));
    let announced: Vec<Met> = announced.map(|course| course.met).collect();
    let noticed: Vec<Duration> = announced.iter().filter_map(noticed_after).collect();
    match (announced.len(), noticed.iter().max()) {
        (0, _) => "Unknown: nothing was announced while the client lived.".to_owned(),
        (all, Some(slowest)) if all == noticed.len() => {
            format!(
                "Yes: it read of {} within {}.",
                plural(all, "announcement", "announcements"),
                shown(*slowest)
            )
        }
        (all, _) => format!(
            "No: it did not read of {} of {}.",
            all - noticed.len(),
            plural(all, "announcement", "announcements")
        ),
    }
}

fn retries(report: &Report) -> String {
    let law = match report.retries.backoff {
        Backoff::Unknown => "too seldom to tell how the wait grows",
        Backoff::Constant => "with waits that stay the same",
        Backoff::Exponential => "with waits that grow each time",
        Backoff::Irregular => "with waits that follow no plain law",
    };
    match report.retries.count {
        0 => "It never asked again after a failure.".to_owned(),
        count => format!("It asked again {}, {law}.", times(count)),
    }
}

pub(super) fn recovered_after(met: &Met) -> Option<Duration> {
    match met {
        Met::Recovered { after_end, .. } => Some(*after_end),
        _ => None,
    }
}

fn noticed_after(met: &Met) -> Option<Duration> {
    match met {
        Met::Noticed { after } => Some(*after),
        _ => None,
    }
}

fn is_notice(met: Met) -> bool {
    matches!(met, Met::Noticed { .. } | Met::Unnoticed)
}

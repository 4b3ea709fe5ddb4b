//! What a report must not show, for those who run it as a test: `v1-fallback`, `gap>5s`, `repeated-tokens>0`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use toml_source::Span;

use super::measure::recovered_after;
use super::{Met, Report, plural, shown};

/// A figure and its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Going on without session tokens.
    V1Fallback,
    /// Being without good credentials for longer, all stretches together.
    Gap(Duration),
    /// Showing rejected tokens again, more often.
    RepeatedTokens(usize),
    /// Being well again later after the end of an event, or not at all.
    Recovery(Duration),
    /// Not reading of something announced.
    Unnoticed,
    /// Making more requests.
    Calls(usize),
    /// Ending with a failure.
    Exit,
}

/// The text is not a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "condition {0:?} is none of v1-fallback, gap>SPAN, repeated-tokens>NUMBER, recovery>SPAN, unnoticed, calls>NUMBER, \
     exit"
)]
pub struct ConditionError(String);

impl Condition {
    /// What of the report meets the condition, in words; `None` if nothing does.
    pub fn met_by(self, report: &Report) -> Option<String> {
        match self {
            Self::V1Fallback => report.fallback.happened().then(|| "it fell back to version 1".to_owned()),
            Self::Gap(limit) => (report.coverage.without > limit)
                .then(|| format!("it was without good credentials for {}", shown(report.coverage.without))),
            Self::RepeatedTokens(limit) => (report.tokens.repeated > limit)
                .then(|| plural(report.tokens.repeated, "request", "requests"))
                .map(|requests| format!("it showed rejected tokens again in {requests}")),
            Self::Recovery(limit) => report.courses.iter().find_map(|course| match course.met {
                Met::Failing | Met::GaveUp => Some(format!("it was not well again after: {}", course.event)),
                met => recovered_after(&met)
                    .filter(|after| *after > limit)
                    .map(|after| format!("it was well again {} after: {}", shown(after), course.event)),
            }),
            Self::Unnoticed => {
                let unnoticed = report.courses.iter().find(|course| course.met == Met::Unnoticed);
                unnoticed.map(|course| format!("it did not notice: {}", course.event))
            }
            Self::Calls(limit) => (report.calls.total > limit)
                .then(|| format!("it made {}", plural(report.calls.total, "request", "requests"))),
            Self::Exit => (report.ended != SUCCESS).then(|| format!("it left with {}", report.ended)),
        }
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let (name, limit) = match text.split_once('>') {
            Some((name, limit)) => (name.trim(), Some(limit.trim())),
            None => (text.trim(), None),
        };
        let span =
            |limit: Option<&str>| limit.and_then(|limit| limit.parse::<Span>().ok()).map(|span| span.0);
        let number = |limit: Option<&str>| limit.map_or(Some(0), |limit| limit.parse().ok());
        let found = match name {
            "v1-fallback" if limit.is_none() => Some(Self::V1Fallback),
            "unnoticed" if limit.is_none() => Some(Self::Unnoticed),
            "exit" if limit.is_none() => Some(Self::Exit),
            "gap" => span(limit.or(Some("0s"))).map(Self::Gap),
            "recovery" => span(limit).map(Self::Recovery),
            "repeated-tokens" => number(limit).map(Self::RepeatedTokens),
            "calls" => limit.and_then(|limit| limit.parse().ok()).map(Self::Calls),
            _ => None,
        };
        found.ok_or_else(|| ConditionError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V1Fallback => f.write_str("v1-fallback"),
            Self::Gap(limit) => write!(f, "gap>{}", Span(*limit)),
            Self::RepeatedTokens(limit) => write!(f, "repeated-tokens>{limit}"),
            Self::Recovery(limit) => write!(f, "recovery>{}", Span(*limit)),
            Self::Unnoticed => f.write_str("unnoticed"),
            Self::Calls(limit) => write!(f, "calls>{limit}"),
            Self::Exit => f.write_str("exit"),
        }
    }
}

/// How a program that did well is said to have ended.
pub(super) const SUCCESS: &str = "exit code 0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_and_written() {
        let cases = [
            ("v1-fallback", "v1-fallback"),
            ("gap", "gap>0s"),
            ("gap > 90s", "gap>1m30s"),
            ("repeated-tokens", "repeated-tokens>0"),
            ("recovery>2s", "recovery>2s"),
            ("unnoticed", "unnoticed"),
            ("calls>100", "calls>100"),
            ("exit", "exit"),
        ];
        for (text, written) in cases {
            assert_eq!(text.parse::<Condition>().map(|c| c.to_string()), Ok(written.to_owned()), "{text}");
        }
        for text in ["", "gap>", "gap>5", "v1-fallback>1", "calls", "recovery", "gapp>1s", "calls>-1"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }
}

//! What many requests came to: counted as they end, so that a million of them need no more room than their times.

use std::collections::BTreeMap;
use std::time::Duration;

use client::retry::{Cause, History, Rate};
use serde::Serialize;

use super::super::report::said;

/// Counts of requests that have ended.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By what became of them in the end.
    outcomes: BTreeMap<String, u32>,
    good: u32,
    attempts: u32,
    causes: BTreeMap<&'static str, (Cause, u32)>,
    corrections: BTreeMap<String, u32>,
    waits: u32,
    waited: Duration,
    /// By the rate of `adaptive`.
    held: Duration,
    /// Microseconds from the first attempt to the end of the answer.
    times: Vec<u32>,
}

/// How a request ended.
#[derive(Debug)]
pub(in crate::commands::request) struct Shot {
    pub(in crate::commands::request) outcome: String,
    pub(in crate::commands::request) is_good: bool,
    pub(in crate::commands::request) took: Duration,
    pub(in crate::commands::request) history: History,
}

/// What is left of what requests share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::commands::request) struct Shared {
    pub(in crate::commands::request) quota: Option<u32>,
    pub(in crate::commands::request) rate: Option<Rate>,
}

/// The object of `--json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands::request) struct Summary {
    count: u32,
    succeeded: u32,
    seconds: f64,
    requests_per_second: f64,
    outcomes: Vec<Counted>,
    attempts: u32,
    retried: Vec<Counted>,
    corrections: Vec<Counted>,
    waits: u32,
    waited_seconds: f64,
    /// Spent before attempts that the rate of `adaptive` held back.
    held_seconds: f64,
    /// Of a request with all its attempts and waits.
    time_seconds: Option<Quantiles>,
    /// Requests that began later than the rate wanted: as many as may be were under way, or the machine was busy.
    late: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota_left: Option<u32>,
    /// Attempts a second that `adaptive` lets through.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Counted {
    what: String,
    count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Quantiles {
    median: f64,
    p90: f64,
    p99: f64,
    longest: f64,
}

impl Tally {
    pub(super) fn add(&mut self, shot: &Shot) {
        *self.outcomes.entry(shot.outcome.clone()).or_default() += 1;
        self.good += u32::from(shot.is_good);
        self.times.push(u32::try_from(shot.took.as_micros()).unwrap_or(u32::MAX));
        for attempt in &shot.history.attempts {
            self.attempts += 1;
            if let Some(correction) = &attempt.correction {
                *self.corrections.entry(correction.to_string()).or_default() += 1;
            } else if let (Some(cause), Some(wait)) = (attempt.cause, attempt.wait) {
                self.causes.entry(cause.name()).or_insert((cause, 0)).1 += 1;
                self.waits += u32::from(!wait.is_zero());
                self.waited += wait;
            }
            self.held += attempt.held;
        }
    }

    pub(super) fn has_failures(&self) -> bool {
        (self.good as usize) < self.times.len()
    }

    /// Attempts that were not the first of their request.
    pub(super) fn retries(&self) -> u32 {
        self.attempts.saturating_sub(self.times.len() as u32)
    }

    pub(super) fn summary(mut self, took: Duration, late: u32, shared: Shared) -> Summary {
        self.times.sort_unstable();
        let count = self.times.len() as u32;
        let seconds = took.as_secs_f64();
        let counted = |(what, count): (String, u32)| Counted { what, count };
        Summary {
            count,
            succeeded: self.good,
            seconds: rounded(seconds),
            requests_per_second: if seconds > 0.0 { rounded(f64::from(count) / seconds) } else { 0.0 },
            outcomes: self.outcomes.into_iter().map(counted).collect(),
            attempts: self.attempts,
            retried: self.causes.into_values().map(|(cause, n)| counted((cause.to_string(), n))).collect(),
            corrections: self.corrections.into_iter().map(counted).collect(),
            waits: self.waits,
            waited_seconds: rounded(self.waited.as_secs_f64()),
            held_seconds: rounded(self.held.as_secs_f64()),
            time_seconds: Quantiles::of(&self.times),
            late,
            quota_left: shared.quota,
            rate_limit: shared.rate.and_then(|rate| rate.allowed).map(rounded),
        }
    }
}

impl Summary {
    pub(in crate::commands::request) fn text(&self) -> String {
        let mut lines = vec![(
            "requests",
            format!("{} in {}, {:.1} a second", self.count, span(self.seconds), self.requests_per_second),
        )];
        let mut rows = |name: &'static str, rows: &[Counted]| {
            lines.extend(rows.iter().enumerate().map(|(number, row)| {
                (if number == 0 { name } else { "" }, format!("{:>7}  {}", row.count, row.what))
            }));
        };
        rows("answers", &self.outcomes);
        rows("retried", &self.retried);
        rows("mended", &self.corrections);
        let waits = match self.waits {
            0 => String::new(),
            waits => format!(", {waits} waits, {} in all", span(self.waited_seconds)),
        };
        let held = match self.held_seconds > 0.0 {
            false => String::new(),
            true => format!(", held back {} in all", span(self.held_seconds)),
        };
        lines.push(("attempts", format!("{}{waits}{held}", self.attempts)));
        if let Some(times) = &self.time_seconds {
            let Quantiles { median, p90, p99, longest } = *times;
            let [median, p90, p99, longest] = [median, p90, p99, longest].map(span);
            lines.push(("time", format!("median {median}, 90 % {p90}, 99 % {p99}, longest {longest}")));
        }
        if self.late > 0 {
            lines.push((
                "late",
                format!("{} began late: this machine or --parallel did not keep up", self.late),
            ));
        }
        lines.extend(self.quota_left.map(|left| ("quota", format!("{left} left for retries"))));
        lines.extend(self.rate_limit.map(|rate| ("rate", format!("held to {rate:.1} attempts a second"))));
        lines.iter().map(|(name, text)| format!("{name:8}  {text}\n")).collect()
    }
}

impl Quantiles {
    /// Of times in order.
    fn of(times: &[u32]) -> Option<Self> {
        let last = times.len().checked_sub(1)?;
        let at = |part: f64| rounded(f64::from(times[(last as f64 * part).round() as usize]) / 1e6);
        Some(Self { median: at(0.5), p90: at(0.9), p99: at(0.99), longest: at(1.0) })
    }
}

fn span(seconds: f64) -> String {
    said(Duration::from_secs_f64(seconds))
}

/// To the microsecond: what is beyond is noise.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use client::retry::{Attempt, Outcome};

    use super::*;

    fn attempt(number: u32, status: u16, cause: Option<Cause>, wait: Option<u64>) -> Attempt {
        Attempt {
            number,
            max: 3,
            at: Duration::ZERO,
            took: Duration::from_millis(10),
            held: Duration::ZERO,
            region: "us-east-1".to_owned(),
            outcome: Outcome::Answer { status, code: None, request_id: None },
            cause,
            wait: wait.map(Duration::from_millis),
            asked_for: None,
            correction: None,
            may_repeat: false,
            quota: None,
        }
    }

    #[test]
    fn says_what_was_retried_and_why() {
        let mut tally = Tally::default();
        let plain = vec![attempt(1, 200, None, None)];
        let throttled = vec![
            attempt(1, 503, Some(Cause::Throttling), Some(1000)),
            attempt(2, 500, Some(Cause::ServerError), Some(0)),
            attempt(3, 503, Some(Cause::Throttling), None),
        ];
        for (outcome, is_good, attempts, took) in
            [("200", true, plain.clone(), 10), ("200", true, plain, 20), ("503", false, throttled, 1030)]
        {
            let history = History { attempts, ended: None };
            let took = Duration::from_millis(took);
            tally.add(&Shot { outcome: outcome.to_owned(), is_good, took, history });
        }
        assert!(tally.has_failures());
        let shared = Shared { quota: Some(490), rate: Some(Rate { allowed: Some(4.25), measured: 3.0 }) };
        let summary = tally.summary(Duration::from_millis(1500), 1, shared);
        assert_eq!(
            summary.text(),
            "requests  3 in 1.5 s, 2.0 a second\n\
             answers         2  200\n\
             \u{20}               1  503\n\
             retried         1  server error\n\
             \u{20}               1  throttled\n\
             attempts  5, 1 waits, 1 s in all\n\
             time      median 20 ms, 90 % 1.03 s, 99 % 1.03 s, longest 1.03 s\n\
             late      1 began late: this machine or --parallel did not keep up\n\
             quota     490 left for retries\n\
             rate      held to 4.2 attempts a second\n"
        );
    }
}

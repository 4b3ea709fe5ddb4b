//! Whether a client went on without session tokens when it could not get one.

use std::time::Duration;

use serde::Serialize;

use super::{Ending, Kind, Record, plural, seconds, shown};

/// By which version of the service a client asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Kind", rename_all_fields = "PascalCase")]
pub enum Fallback {
    /// It made no request.
    Silent,
    /// Never without a token.
    No,
    /// It never asked for a token.
    OnlyVersion1 { requests: usize },
    /// It asked for tokens, and then without.
    Yes {
        #[serde(serialize_with = "seconds")]
        at: Duration,
        /// What the last request for a token had come to.
        after: String,
        requests: usize,
    },
}

impl Fallback {
    pub(super) fn of(records: &[Record]) -> Self {
        let without: Vec<&Record> = records.iter().filter(|record| !record.by_token).collect();
        let Some(first_token) = records.iter().position(|record| record.by_token) else {
            return if records.is_empty() {
                Self::Silent
            } else {
                Self::OnlyVersion1 { requests: without.len() }
            };
        };
        let fell = records.iter().skip(first_token).position(|record| !record.by_token);
        let Some(fell) = fell.map(|place| place + first_token) else { return Self::No };
        let put = records[..fell].iter().rev().find(|record| record.kind == Kind::Token);
        Self::Yes {
            at: records[fell].arrived,
            after: put.map_or_else(|| "a request with a token".to_owned(), |put| after(put, &records[fell])),
            requests: records[fell..].iter().filter(|record| !record.by_token).count(),
        }
    }

    /// Whether tokens were asked for and then done without.
    pub fn happened(&self) -> bool {
        matches!(self, Self::Yes { .. })
    }

    pub(super) fn told(&self) -> String {
        match self {
            Self::Silent => "it made no request".to_owned(),
            Self::No => "no".to_owned(),
            Self::OnlyVersion1 { requests } => {
                format!("never asked for a token: {} by version 1", plural(*requests, "request", "requests"))
            }
            Self::Yes { at, after, requests } => {
                let requests = plural(*requests, "request", "requests");
                format!("yes, at {} after {after}: {requests} by version 1", shown(*at))
            }
        }
    }
}

/// What the last request for a token had come to when the first one without was made.
fn after(put: &Record, next: &Record) -> String {
    match put.ending {
        Ending::Answered(status) if status < 400 => "a token had been given".to_owned(),
        Ending::Answered(status) => format!("a token request was answered {status}"),
        Ending::Reset => "a token request was reset".to_owned(),
        Ending::Unanswered => {
            let waited = next.arrived.saturating_sub(put.arrived);
            format!("a token request had no answer for {}", shown(waited))
        }
    }
}

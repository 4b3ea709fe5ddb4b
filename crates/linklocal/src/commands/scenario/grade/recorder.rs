//! What is seen of a client's requests, as far as there is room.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use imds::{Observation, Observer, RequestKind};
use metadata::{Access, Method};
use scenario::grade::{Ending, Grant, Kind, Record};
use types::Timestamp;

/// Keeps the first [`MOST`] requests and counts the others.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    observations: Vec<Observation>,
    more: u64,
}

impl Observer for Recorder {
    fn observe(&self, observation: Observation) {
        // An observation is put in whole.
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.observations.len() < MOST {
            seen.observations.push(observation);
        } else {
            seen.more += 1;
        }
    }
}

impl Recorder {
    /// The requests in the order of their arrival, and how many more there were.
    pub(super) fn records(&self, began: Timestamp) -> (Vec<Record>, u64) {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut records: Vec<Record> = seen.observations.iter().map(|seen| record(seen, began)).collect();
        records.sort_by_key(|record| record.arrived);
        (records, seen.more)
    }
}

fn record(seen: &Observation, began: Timestamp) -> Record {
    let since = |time: Timestamp| -> Duration { time.since(began) };
    Record {
        arrived: since(seen.arrived),
        settled: since(seen.settled),
        connection: seen.connection,
        method: method(seen.method),
        path: seen.path.clone(),
        kind: kind(seen.kind),
        by_token: seen.kind == RequestKind::Token
            || seen.token.is_some()
            || matches!(seen.access, Access::V2 | Access::BadToken),
        token: seen.token.map(|mark| mark.0),
        ending: match seen.ending {
            imds::Ending::Answered(status) => Ending::Answered(status),
            imds::Ending::Reset => Ending::Reset,
            imds::Ending::Unanswered => Ending::Unanswered,
        },
        event: seen.befallen.rule.and_then(|rule| usize::try_from(rule).ok()),
        token_lost: seen.befallen.token_lost,
        packets_dropped: seen.befallen.packets_dropped,
        grant: seen.grant.as_ref().map(|grant| Grant {
            access_key_id: grant.access_key_id.as_str().to_owned(),
            ends_millis: grant.expiration.map_or(i64::MAX, |end| end.millis() - began.millis()),
        }),
    }
}

fn kind(kind: RequestKind) -> Kind {
    match kind {
        RequestKind::Token => Kind::Token,
        RequestKind::RoleList => Kind::RoleList,
        RequestKind::Credentials => Kind::Credentials,
        RequestKind::Container => Kind::Container,
        RequestKind::Metadata => Kind::Metadata,
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Put => "PUT",
        Method::Options => "OPTIONS",
        Method::Other => "other",
    }
}

/// About a thousand requests a second for the longest of the shipped scenarios; some 50 MB.
const MOST: usize = 50_000;

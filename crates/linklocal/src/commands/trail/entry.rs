//! One entry of either trail, and which entries are asked for.

use std::net::IpAddr;

use serde::Serialize;
use sys::Clock;
use trail::{Aside, Event as CallEvent, Kept};
use types::{InstanceId, Timestamp};

use crate::arguments::{EventKind, TrailArguments};
use crate::failure::Failure;
use crate::server::trail::{Event, Record};

/// An entry.
#[derive(Debug)]
pub(super) enum Entry {
    Credentials(Box<Record>),
    Call(Box<Kept>),
    /// So many calls were not kept.
    LostCalls(Timestamp, u64),
}

/// A call as one object: the event, and what is beside it.
#[derive(Serialize)]
pub(super) struct ShownCall<'a> {
    #[serde(flatten)]
    event: &'a CallEvent,
    linklocal: &'a Aside,
}

impl Entry {
    /// A line of the trail of hand-outs, without its end.
    pub(super) fn of_credentials(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok().map(|record| Self::Credentials(Box::new(record)))
    }

    /// A line of the journal of calls.
    pub(super) fn of_call(line: &[u8]) -> Option<Self> {
        if let Some(kept) = Kept::read(line) {
            return Some(Self::Call(Box::new(kept)));
        }
        let aside: Aside = serde_json::from_slice(line.strip_prefix(b"null\t")?).ok()?;
        Some(Self::LostCalls(aside.time?, aside.lost))
    }

    pub(super) fn time(&self) -> Timestamp {
        match self {
            Self::Credentials(record) => record.time,
            Self::Call(kept) => kept.aside.time.unwrap_or(kept.event.event_time),
            Self::LostCalls(time, _) => *time,
        }
    }
}

impl<'a> ShownCall<'a> {
    pub(super) fn of(kept: &'a Kept) -> Self {
        Self { event: &kept.event, linklocal: &kept.aside }
    }
}

/// Which entries are asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    since: Option<Timestamp>,
    kind: Option<EventKind>,
    instance_id: Option<InstanceId>,
    denied: bool,
    /// Capitals or not.
    who_has: Option<String>,
    event_name: Option<String>,
    event_source: Option<String>,
    user: Option<String>,
    access_key_id: Option<String>,
    errors: bool,
    source_ip: Option<IpAddr>,
    now: Timestamp,
}

impl Wanted {
    pub(super) fn new(arguments: &TrailArguments) -> Result<Self, Failure> {
        let now = Clock::system().now();
        let source =
            |name: &String| if name.contains('.') { name.clone() } else { format!("{name}.amazonaws.com") };
        Ok(Self {
            since: arguments.since.map(|since| since.resolve(now)),
            kind: arguments.events,
            instance_id: arguments.instance.as_deref().map(crate::commands::instance_id).transpose()?,
            denied: arguments.denied,
            who_has: arguments.who_has.as_ref().map(|text| text.to_lowercase()),
            event_name: arguments.event_name.clone(),
            event_source: arguments.event_source.as_ref().map(source),
            user: arguments.user.clone(),
            access_key_id: arguments.access_key_id.clone(),
            errors: arguments.errors,
            source_ip: arguments.source_ip,
            now,
        })
    }

    /// Whether calls are looked at; what only hand-outs have leaves them out.
    pub(super) fn calls(&self) -> bool {
        self.kind != Some(EventKind::Credentials) && self.who_has.is_none()
    }

    /// Likewise hand-outs and denials.
    pub(super) fn credentials(&self) -> bool {
        let of_calls = [&self.event_name, &self.event_source, &self.user].into_iter().any(Option::is_some);
        self.kind != Some(EventKind::Calls) && !of_calls && !self.errors
    }

    /// Whether it leaves anything out.
    pub(super) fn picks(&self) -> bool {
        let texts = [&self.who_has, &self.event_name, &self.event_source, &self.user, &self.access_key_id];
        texts.into_iter().any(Option::is_some)
            || self.since.is_some()
            || self.kind.is_some()
            || self.instance_id.is_some()
            || self.source_ip.is_some()
            || self.denied
            || self.errors
    }

    pub(super) fn takes(&self, entry: &Entry) -> bool {
        self.since.is_none_or(|since| entry.time() >= since)
            && match entry {
                Entry::Credentials(record) => self.credentials() && self.takes_record(record),
                Entry::Call(kept) => self.calls() && self.takes_call(kept),
                Entry::LostCalls(..) => self.calls() && !self.picks(),
            }
    }

    fn takes_record(&self, record: &Record) -> bool {
        let key = match &record.event {
            Event::HandOut { access_key_id, .. } => Some(access_key_id),
            _ => None,
        };
        let address = record.caller.as_ref().and_then(|caller| caller.address);
        (self.instance_id.is_none() || self.instance_id == record.instance_id)
            && (!self.denied || matches!(record.event, Event::Denial { .. }))
            && self.who_has.as_ref().is_none_or(|text| has(record, text, self.now))
            && self.access_key_id.as_ref().is_none_or(|id| key == Some(id))
            && self
                .source_ip
                .is_none_or(|wanted| address.map(|ip| ip.to_canonical()) == Some(wanted.to_canonical()))
    }

    fn takes_call(&self, kept: &Kept) -> bool {
        let Kept { event, aside } = kept;
        let code = event.error_code.as_deref();
        let identity = &event.user_identity;
        let of_instance = |id: &InstanceId| {
            let arn = aside.origin.as_ref().map(|origin| origin.instance_arn.as_str());
            arn.is_some_and(|arn| arn.rsplit('/').next() == Some(id.as_str()))
        };
        let is = |wanted: &String| {
            let issuer =
                identity.session_context.as_ref().and_then(|context| context.session_issuer.as_ref());
            let names = [&identity.user_name, &identity.arn, &aside.user_name];
            let issuers =
                issuer.into_iter().flat_map(|issuer| [Some(&issuer.arn), issuer.user_name.as_ref()]);
            names.into_iter().map(Option::as_ref).chain(issuers).flatten().any(|name| name == wanted)
        };
        self.instance_id.as_ref().is_none_or(of_instance)
            && (!self.denied || code.is_some_and(|code| DENIED.iter().any(|word| code.contains(word))))
            && (!self.errors || code.is_some())
            && self.event_name.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&event.event_name))
            && self
                .event_source
                .as_ref()
                .is_none_or(|source| source.eq_ignore_ascii_case(&event.event_source))
            && self.user.as_ref().is_none_or(is)
            && self.access_key_id.as_ref().is_none_or(|id| identity.access_key_id.as_ref() == Some(id))
            && self.source_ip.is_none_or(|ip| event.source_ip_address == ip.to_canonical().to_string())
    }
}

/// Whether somebody like `text` was given credentials that are good at `now`.
fn has(record: &Record, text: &str, now: Timestamp) -> bool {
    let Event::HandOut { principal, expiration, profile, .. } = &record.event else { return false };
    let names = |name: &String| name.to_lowercase().contains(text);
    expiration.is_none_or(|end| end > now) && (names(principal) || profile.as_ref().is_some_and(names))
}

/// Error codes of who may not, or whom nobody knows.
const DENIED: [&str; 7] = [
    "AccessDenied",
    "UnauthorizedOperation",
    "AuthFailure",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "MissingAuthenticationToken",
];

//! `linklocal verify`: judges the signature of a captured request as AWS would.

mod answer;
mod body;
mod form;
mod report;
mod verdict;

use std::time::Duration;

use request_source::Message;
use sigv4::ServiceRules;
use sigv4::verify::{Disclosure, Endpoint, KeyRing, RingEntry};
use sys::{Clock, Env};

use self::form::Form;
use self::verdict::Verdict;
use super::credentials::Snapshot;
use super::signing::{
    Claim, Incoming, Keys, Moment, Place, Reach, Told, Wire, file, host, is_curl, is_url, stdin, with_headers,
};
use crate::arguments::VerifyArguments;
use crate::failure::Failure;
use crate::output::Output;

/// A request, and all that it is judged by.
#[derive(Debug)]
struct Subject {
    message: Message,
    form: Option<Form>,
    keys: Keys,
    /// The endpoint's.
    place: Place,
    rules: ServiceRules,
    now: Moment,
    at_request_time: bool,
    strict: bool,
    /// What somebody should know about how it was read and judged.
    notes: Vec<String>,
}

pub(super) fn run(env: &Env, output: Output, arguments: &VerifyArguments) -> Result<(), Failure> {
    let subject = Subject::read(&Snapshot::of_keys(env, &arguments.keys), arguments)?;
    let verdict = Verdict::of(&subject);
    report::print(&subject, &verdict, output, arguments)
}

impl Subject {
    fn read(snapshot: &Snapshot, arguments: &VerifyArguments) -> Result<Self, Failure> {
        let Incoming { message, mut notes } = incoming(arguments)?;
        let keys = Keys::find(&arguments.keys, snapshot, Reach::Files)?;
        let form = Form::of(&message)?;
        let claim = Claim::read(&message, |name| form.as_ref()?.value(name));
        let told = Told::by(&host(&message), &message.target);
        let place = Place::judging(arguments.service.as_ref(), arguments.region.as_ref(), &told, &claim)?;
        notes.extend(place.notes.iter().cloned());
        Ok(Self {
            notes,
            form,
            keys,
            rules: ServiceRules::of(&place.service.value).for_request(&Wire::of(&message).request()),
            place,
            now: now(arguments, &claim),
            at_request_time: arguments.at_request_time,
            strict: arguments.strict,
            message,
        })
    }

    fn endpoint(&self, tokens: Disclosure) -> Endpoint<'_> {
        let place = &self.place;
        let endpoint =
            Endpoint::new(&place.service.value, Some(&place.region.value), &self.rules, self.now.time);
        let endpoint = match self.strict {
            true => endpoint.strict(),
            // AWS takes the path of `/topics/a%2Fb` and of any other as it is signed.
            false => Endpoint { paths: &[], ..endpoint },
        };
        Endpoint { tokens, ecdsa: true, ..endpoint }
    }

    fn key_ring(&self) -> KeyRing {
        let keys = &self.keys;
        KeyRing::new([RingEntry {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: keys.session_token.clone(),
            expires: keys.expiration,
        }])
    }

    /// How far the time of an event may be from the time that is judged by: a stream goes on after its request.
    fn event_skew(&self) -> Duration {
        if self.at_request_time { Duration::MAX } else { self.rules.max_skew }
    }
}

/// The request in whichever form it is given. Only a URL leaves open what it is sent with.
fn incoming(arguments: &VerifyArguments) -> Result<Incoming, Failure> {
    let (bytes, named) = match arguments.file.as_deref() {
        Some(name) if is_url(name.as_bytes()) => (name.as_bytes().to_vec(), "the command line"),
        Some(name) if name != "-" => (file(name, "a request")?, name),
        _ => (stdin("a request")?, "stdin"),
    };
    if is_url(&bytes) {
        let Incoming { message, notes } =
            Incoming::of_url(&String::from_utf8_lossy(&bytes), arguments.method.as_deref())?;
        return Ok(Incoming { message: with_headers(message, &arguments.header)?, notes });
    }
    if arguments.method.is_some() || !arguments.header.is_empty() {
        return Err(Failure::usage("--method and --header go with a URL")
            .hint("a captured request and a curl command have their own"));
    }
    match is_curl(&bytes) {
        true => Incoming::of_curl(bytes, named, matches!(arguments.file.as_deref(), None | Some("-"))),
        false => Incoming::captured(&bytes, named),
    }
}

fn now(arguments: &VerifyArguments, claim: &Claim) -> Moment {
    let clock = || Clock::system().now();
    let (time, origin) = match (arguments.date, arguments.at_request_time, claim.time) {
        (Some(date), ..) => (date.0, "--date"),
        (None, true, Some(time)) => (time, "the request itself"),
        (None, true, None) => (clock(), "the clock: the request bears no date"),
        (None, false, _) => (clock(), "the clock"),
    };
    Moment { time: time.trunc_secs(), origin: origin.to_owned() }
}

//! LookupEvents over a journal: the newest first, file by file from the end.
//!
//! Rule: a line is looked through as text before it is read, so what is seldom is found quickly among much, and what was long before is
//! not looked through at all: a file ends at the first event that is an hour older than what is looked for, as lines stand in the order in
//! which calls ended. A page's token names the line it ended with and the look-up it belongs to. The last 90 days are seen, as on AWS, and
//! management events alone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gateway::{LookUp, LookUpAttribute, LookUpError, PastEvent, PastEvents};
use sys::fs::{HeldFile, Opened, ReadError};
use types::Timestamp;

use crate::backwards::Backwards;
use crate::event::{Kept, halves};
use crate::glance;
use crate::journal;
use crate::keeper::FIRST_LINE;
use crate::reader::Place;

/// One page.
pub(crate) fn look_up(
    directory: &Path,
    look_up: &LookUp<'_>,
    now: Timestamp,
) -> Result<PastEvents, LookUpError> {
    let mut before = look_up.next_token.map(|token| token_place(token, look_up)).transpose()?;
    let from = look_up.from.max(now - KEPT_FOR);
    let mut page = PastEvents::default();
    let files = match journal::files(directory) {
        Err(ReadError::NotFound { .. }) => return Ok(page),
        files => files.map_err(|error| unreadable(&error))?,
    };
    for at in (0..files.len()).rev() {
        let (number, path) = &files[at];
        let number = *number;
        if before.is_some_and(|place| number > place.number) || is_past(files.get(at + 1), from) {
            continue;
        }
        let file = match HeldFile::open(path) {
            Err(ReadError::NotFound { .. }) | Ok(Opened::Stream(_)) => continue,
            Ok(Opened::File(file)) => file,
            Err(error) => return Err(unreadable(&error)),
        };
        let length = file.length();
        let end = before.take_if(|place| place.number == number).map_or(length, |place| place.offset);
        if end > length {
            return Err(LookUpError::NextToken);
        }
        let mut lines = Backwards::new(file, end);
        while let Some((offset, line)) = lines.next().map_err(|error| unreadable(&error))? {
            let event = match glance(&line, look_up, from) {
                Glance::Past => break,
                Glance::Other => continue,
                Glance::Candidate => matched(&line, look_up, from),
            };
            let Some(event) = event else { continue };
            page.events.push(event);
            if page.events.len() == look_up.max_results {
                page.next_token =
                    more(directory, offset, number).then(|| token(look_up, Place { number, offset }));
                return Ok(page);
            }
        }
    }
    Ok(page)
}

/// Whether all that a file holds is too old, as the `next` one began too long ago.
fn is_past(next: Option<&(u64, PathBuf)>, from: Timestamp) -> bool {
    let Some((_, next)) = next else { return false };
    let bytes = sys::fs::read_from(next, 0, FIRST_LINE).unwrap_or_default();
    let began = bytes.split(|byte| *byte == b'\n').find(|line| glance::is_management(line));
    began.and_then(glance::event_time).is_some_and(|began| began < from - LATENESS)
}

/// What a line is, seen as text.
enum Glance {
    /// Older than what is looked for, as is all before it.
    Past,
    Other,
    Candidate,
}

fn glance(line: &[u8], look_up: &LookUp<'_>, from: Timestamp) -> Glance {
    let Some(time) = glance::event_time(line) else { return Glance::Other };
    // What is done to objects may have begun hours before it ended.
    if !glance::is_management(line) {
        return Glance::Other;
    }
    if time < from - LATENESS {
        return Glance::Past;
    }
    let may_have = |value: &str| !is_plain(value) || glance::contains(line, value.as_bytes());
    let is_candidate = time >= from
        && time <= look_up.to
        && glance::is_of_region(line, look_up.region)
        && look_up.attribute.is_none_or(|(_, value)| may_have(value));
    if is_candidate { Glance::Candidate } else { Glance::Other }
}

/// The event of a line, if it is one that is looked for.
fn matched(line: &[u8], look_up: &LookUp<'_>, from: Timestamp) -> Option<PastEvent> {
    let Kept { event, aside } = Kept::read(line)?;
    let in_time = event.event_time >= from && event.event_time <= look_up.to;
    if !in_time || !event.management_event || event.aws_region != look_up.region {
        return None;
    }
    let found = PastEvent {
        event_id: event.event_id,
        event_name: event.event_name,
        event_source: event.event_source,
        event_time: event.event_time,
        read_only: event.read_only,
        user_name: aside.user_name,
        access_key_id: event.user_identity.access_key_id,
        resources: aside.touched.into_iter().map(|resource| (resource.kind, resource.arn)).collect(),
        text: String::from_utf8(halves(line)?.0.to_vec()).ok()?,
    };
    look_up.attribute.is_none_or(|(attribute, value)| has(&found, attribute, value)).then_some(found)
}

fn has(event: &PastEvent, attribute: LookUpAttribute, value: &str) -> bool {
    match attribute {
        LookUpAttribute::EventId => event.event_id == value,
        LookUpAttribute::EventName => event.event_name == value,
        LookUpAttribute::ReadOnly => event.read_only.to_string() == value,
        LookUpAttribute::Username => event.user_name.as_deref() == Some(value),
        LookUpAttribute::ResourceType => event.resources.iter().any(|(kind, _)| kind == value),
        LookUpAttribute::ResourceName => event.resources.iter().any(|(_, name)| name == value),
        LookUpAttribute::EventSource => event.event_source == value,
        LookUpAttribute::AccessKeyId => event.access_key_id.as_deref() == Some(value),
    }
}

/// Whether JSON writes it as it is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\')
}

/// Whether anything lies before this line.
fn more(directory: &Path, offset: u64, number: u64) -> bool {
    let older = |files: Vec<(u64, _)>| files.first().is_some_and(|(oldest, _)| *oldest < number);
    offset > 0 || journal::files(directory).is_ok_and(older)
}

fn token(look_up: &LookUp<'_>, place: Place) -> String {
    format!("{:016x}{:016x}{:016x}", fingerprint(look_up), place.number, place.offset)
}

fn token_place(token: &str, look_up: &LookUp<'_>) -> Result<Place, LookUpError> {
    let part = |at: usize| {
        let digits =
            token.get(at..at + 16).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).ok_or(LookUpError::NextToken)
    };
    if token.len() != 48 || part(0)? != fingerprint(look_up) {
        return Err(LookUpError::NextToken);
    }
    Ok(Place { number: part(16)?, offset: part(32)? })
}

/// Tells look-ups apart (FNV-1a); nothing is allowed by it.
fn fingerprint(look_up: &LookUp<'_>) -> u64 {
    let (attribute, value) =
        look_up.attribute.map_or((None, ""), |(attribute, value)| (Some(attribute), value));
    let text = format!("{}|{attribute:?}|{value}|{}|{}", look_up.region, look_up.from, look_up.to);
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn unreadable(error: &dyn std::error::Error) -> LookUpError {
    LookUpError::Unreadable(error.to_string())
}

/// Days that event history reaches back (CloudTrail User Guide, "Working with CloudTrail Event history").
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(90 * 86_400);

/// How long a call may last that is no call on objects, with room to spare: its line has the time at which it began.
const LATENESS: Duration = Duration::from_secs(3600);

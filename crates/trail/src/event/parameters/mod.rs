//! `requestParameters` and `responseElements`: what was asked and answered, in the words that CloudTrail has for it.
//!
//! Rule: each service is told as CloudTrail tells it: members with a small first letter, EC2 by the names of its XML with lists in `items`,
//! S3 by what stood in path, query and headers. What is secret is left out, or its place kept where AWS keeps it; so are the bytes of
//! blobs. Source: facts/account.md section 4.4; CloudTrail User Guide, "CloudTrail record contents".

mod ec2;
mod s3;
mod secret;

use serde_json::{Map, Value as Json};
use types::Timestamp;
use wire::model::{Part, Service};
use wire::{Structure, Value};

use crate::call::Call;

pub(super) use secret::without_secrets;
use secret::{Cover, cover};

/// Of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Input,
    Output,
}

/// The JSON of one half of `call`.
pub(super) fn shown(
    service: Option<&'static Service>,
    operation: &str,
    half: Half,
    structure: &Structure,
    call: &Call,
) -> Json {
    let part = service.and_then(|service| {
        let operation = service.operation(operation)?;
        match half {
            Half::Input => Part::input(service, operation),
            Half::Output => Part::output(service, operation),
        }
    });
    let shown = match (service.map(|service| service.name), half) {
        (Some("ec2"), Half::Input) => ec2::request(operation, structure, part),
        (Some("ec2"), Half::Output) => ec2::response(operation, structure, part, &call.request_id),
        (Some("s3"), Half::Input) => {
            let uri = service
                .and_then(|service| service.operation(operation))
                .map_or("", |operation| operation.uri);
            s3::request(structure, part, uri, call.host.as_deref())
        }
        _ => object(structure, part),
    };
    if shown.is_empty() { Json::Null } else { Json::Object(shown) }
}

/// As query and JSON services are told.
fn object(structure: &Structure, part: Option<Part>) -> Map<String, Json> {
    let mut object = Map::new();
    for (name, value) in structure.members() {
        let part = part.and_then(|part| part.member(name));
        match cover(name, part) {
            Cover::Leave => continue,
            Cover::Mark => insert(&mut object, small(name), Some(secret::MARK.into())),
            Cover::None => insert(&mut object, small(name), plain(value, part)),
        }
    }
    object
}

fn plain(value: &Value, part: Option<Part>) -> Option<Json> {
    Some(match value {
        Value::Structure(structure) => Json::Object(object(structure, part)),
        Value::List(items) => {
            let item = part.and_then(Part::item);
            items.iter().filter_map(|value| plain(value, item)).collect()
        }
        Value::Map(entries) => {
            let entries = entries.iter().filter_map(|(key, value)| Some((key.clone(), plain(value, None)?)));
            Json::Object(entries.collect())
        }
        Value::Timestamp(time) => java_date(*time).into(),
        other => return scalar(other),
    })
}

/// What is the same in all services.
fn scalar(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Double(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        _ => return None,
    })
}

fn insert(object: &mut Map<String, Json>, name: String, value: Option<Json>) {
    if let Some(value) = value {
        object.insert(name, value);
    }
}

/// `VirtualMFADeviceName` becomes `virtualMFADeviceName`.
fn small(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

/// `Dec 12, 2024, 4:19:32 PM`: the form of IAM's and STS's times.
fn java_date(time: Timestamp) -> String {
    let text = time.iso8601();
    let number = |from: usize, to: usize| {
        text.get(from..to).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(0)
    };
    let (month, day, hour) = (number(5, 7), number(8, 10), number(11, 13));
    let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month} {day}, {}, {hour}:{} {half}", &text[..4], &text[14..19])
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_java_writes_them() {
        for (time, text) in [
            ("2024-12-12T16:19:32Z", "Dec 12, 2024, 4:19:32 PM"),
            ("2026-01-02T00:05:00Z", "Jan 2, 2026, 12:05:00 AM"),
            ("2026-07-31T12:00:09Z", "Jul 31, 2026, 12:00:09 PM"),
        ] {
            assert_eq!(java_date(time.parse().unwrap()), text);
        }
    }

    #[test]
    fn first_letters_are_small_and_others_stay() {
        for (name, shown) in [
            ("UserName", "userName"),
            ("VirtualMFADeviceName", "virtualMFADeviceName"),
            ("URL", "uRL"),
            ("", ""),
        ] {
            assert_eq!(small(name), shown);
        }
    }
}

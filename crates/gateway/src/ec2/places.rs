//! Filters by what is shown: a filter is a place in the structure that an answer shows of a resource.
//!
//! Rule: a filter without a place is known and matches nothing.

use std::borrow::Cow;

use wire::{Structure, Value};

/// A filter's name, and its place, such as `NetworkInterfaces.Association.PublicIp`.
pub(super) type Place = (&'static str, &'static str);

/// The names alone.
pub(super) const fn names<const N: usize>(places: &[Place; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = places[at].0;
        at += 1;
    }
    names
}

/// What a structure has under a filter's name.
pub(super) fn values<'a>(structure: &'a Structure, name: &str, places: &[Place]) -> Vec<Cow<'a, str>> {
    let place = places.iter().find(|(held, _)| *held == name).map_or("", |(_, place)| place);
    let mut found = Vec::new();
    if !place.is_empty() {
        collect(structure, place, &mut found);
    }
    found
}

/// The values at a place; lists are gone through.
pub(super) fn collect<'a>(structure: &'a Structure, place: &str, found: &mut Vec<Cow<'a, str>>) {
    let (member, rest) = place.split_once('.').unwrap_or((place, ""));
    if let Some(value) = structure.member(member) {
        gather(value, rest, found);
    }
}

fn gather<'a>(value: &'a Value, rest: &str, found: &mut Vec<Cow<'a, str>>) {
    match value {
        Value::List(items) => items.iter().for_each(|item| gather(item, rest, found)),
        Value::Structure(inner) if !rest.is_empty() => collect(inner, rest, found),
        Value::String(text) => found.push(text.into()),
        Value::Boolean(flag) => found.push(flag.to_string().into()),
        Value::Integer(number) => found.push(number.to_string().into()),
        Value::Timestamp(time) => found.push(with_millis(time.trunc_secs().iso8601()).into()),
        _ => {}
    }
}

/// Times are filtered in the form `2026-11-22T18:42:00.000Z`.
fn with_millis(text: String) -> String {
    if text.contains('.') { text } else { text.replace('Z', ".000Z") }
}

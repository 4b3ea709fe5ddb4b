//! `KEY=VALUE` pairs as a declaration: keys are those of an instance in linklocal.toml, with points between tables.
//!
//! A value is read as TOML where that fits the key, and as text otherwise, so that neither `monitoring=true` nor
//! `account-id=111122223333` needs quotes inside quotes.

use account::Declaration;
use serde::Deserialize as _;
use toml::{Table, Value};

use crate::arguments::{Assignment, LaunchArguments};
use crate::failure::Failure;

/// The declaration that the pairs make.
pub(super) fn declaration(assignments: &[Assignment]) -> Result<Declaration, Failure> {
    let mut table = Table::new();
    for assignment in assignments {
        insert(&mut table, &assignment.key, value(assignment))?;
    }
    let mut declaration = read(table).map_err(|message| failure(&message))?;
    // Paths are the caller's, so the caller reads them.
    if let Some(path) = declaration.user_data_file() {
        let bytes = user_data_in(path)?;
        declaration.set_user_data(bytes).map_err(|error| Failure::of(&error))?;
    }
    Ok(declaration)
}

/// The declaration that the flags of `launch` make.
pub(super) fn launch(arguments: LaunchArguments) -> Result<Declaration, Failure> {
    let mut assignments = arguments.set;
    let mut flag = |key: &str, value: Option<String>| {
        assignments.extend(value.map(|value| Assignment { key: key.to_owned(), value }));
    };
    flag("instance-type", arguments.instance_type);
    flag("image-id", arguments.image_id);
    flag("region", arguments.region);
    flag("availability-zone", arguments.availability_zone);
    flag("private-ip", arguments.private_ip_address.map(|address| address.to_string()));
    flag("role", arguments.role);
    flag("count", arguments.count.map(|count| count.to_string()));
    let options = arguments.options;
    let hops = options.http_put_response_hop_limit.map(|hops| i64::from(hops).to_string());
    flag("metadata-options.http-tokens", options.http_tokens);
    flag("metadata-options.http-put-response-hop-limit", hops);
    flag("metadata-options.http-endpoint", options.http_endpoint);
    flag("metadata-options.http-protocol-ipv6", options.http_protocol_ipv6);
    flag("metadata-options.instance-metadata-tags", options.instance_metadata_tags);
    flag("endpoints", list(&arguments.endpoint));
    flag("sources", list(&arguments.source));
    if let Some(typed) = arguments.user_data {
        let (key, value) = user_data(typed);
        flag(key, Some(value));
    }
    assignments
        .extend(arguments.tag.into_iter().map(|tag| Assignment { key: format!("tags.{}", tag.key), ..tag }));
    declaration(&assignments)
}

/// `file://` and a path as in the AWS CLI, else the text itself.
fn user_data(typed: String) -> (&'static str, String) {
    match typed.strip_prefix("file://") {
        Some(path) => ("user-data-file", path.to_owned()),
        None => ("user-data", typed),
    }
}

fn user_data_in(path: &str) -> Result<Vec<u8>, Failure> {
    sys::fs::read(path.as_ref(), types::Instance::MAX_USER_DATA).map_err(|error| Failure::of(&error))
}

fn list<T: ToString>(values: &[T]) -> Option<String> {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{}\"", value.to_string())).collect();
    (!quoted.is_empty()).then(|| format!("[{}]", quoted.join(", ")))
}

/// The value as TOML, unless only its text fits the key.
fn value(assignment: &Assignment) -> Value {
    let text = || Value::String(assignment.value.clone());
    let Some(parsed) = toml_value(&assignment.value) else { return text() };
    let fits = |value: Value| {
        let mut alone = Table::new();
        insert(&mut alone, &assignment.key, value).is_ok() && read(alone).is_ok()
    };
    if !fits(parsed.clone()) && fits(text()) { text() } else { parsed }
}

fn toml_value(text: &str) -> Option<Value> {
    let mut line: Table = toml::from_str(&format!("value = {text}")).ok()?;
    let value = line.remove("value")?;
    line.is_empty().then_some(value)
}

/// Puts the value at its place. Tag keys may hold points themselves.
fn insert(table: &mut Table, key: &str, value: Value) -> Result<(), Failure> {
    let (above, leaf) = match key.split_once('.') {
        Some(("tags", tag)) => (vec!["tags"], tag),
        _ => {
            let mut parts: Vec<&str> = key.split('.').collect();
            let leaf = parts.pop().unwrap_or_default();
            (parts, leaf)
        }
    };
    let mut place = table;
    for part in above {
        let entry = place.entry(part).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = entry else {
            return Err(Failure::usage(format!("{key}: {part} has a value already and cannot hold others")));
        };
        place = inner;
    }
    place.insert(leaf.to_owned(), value);
    Ok(())
}

fn read(table: Table) -> Result<Declaration, String> {
    Declaration::deserialize(Value::Table(table)).map_err(|error: toml::de::Error| error.to_string())
}

fn failure(message: &str) -> Failure {
    let message = message.trim_end();
    let Some((key, nearest)) = unknown_key(message) else {
        return Failure::usage(message.replace('\n', " "));
    };
    let failure = Failure::usage(format!("{key:?} is no key of an instance"));
    match nearest {
        Some(nearest) => failure.hint(format!("did you mean {nearest:?}?")),
        None => failure.hint("the keys are those of linklocal.toml"),
    }
}

/// The key in serde's message about an unknown field, and the known one that is most like it.
fn unknown_key(message: &str) -> Option<(&str, Option<&str>)> {
    let mut names = message.split("unknown field `").nth(1)?.split('`').step_by(2);
    let key = names.next()?;
    let nearest = names
        .map(|known| (strsim::damerau_levenshtein(known, key), known))
        .filter(|(distance, known)| *distance <= known.len().max(key.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance);
    Some((key, nearest.map(|(_, known)| known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_pairs(pairs: &[&str]) -> Result<Declaration, Failure> {
        declaration(&pairs.iter().map(|pair| pair.parse().unwrap()).collect::<Vec<_>>())
    }

    #[test]
    fn values_need_no_second_quotes() {
        let read = read_pairs(&[
            "account-id=111122223333",
            "monitoring=true",
            "tags.a.b=1",
            "metadata-options.http-tokens=required",
            "metadata-options.http-put-response-hop-limit=2",
            "user-data=#!/bin/sh",
        ])
        .unwrap();
        assert_eq!(read.account_id.unwrap().to_string(), "111122223333");
        assert_eq!((read.monitoring, read.tags.unwrap()["a.b"].as_str()), (Some(true), "1"));
        assert!(read.metadata_options.is_some() && read.user_data.is_some());
    }

    #[test]
    fn a_wrong_key_is_answered_with_the_nearest() {
        let failure = read_pairs(&["instance-typ=t3.micro"]).unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("did you mean \"instance-type\"?"));
        assert_eq!(failure.exit_code(), 2);
        assert_eq!(read_pairs(&["monitoring=perhaps"]).unwrap_err().exit_code(), 2);
        assert_eq!(read_pairs(&["dns=false", "dns.hostname-type=x"]).unwrap_err().exit_code(), 2);
    }
}

//! Requests as clients send them, read.

use serde_json::Value as Json;
use wire::{Request, Structure, Value};

use super::Case;

#[test]
fn requests_of_every_protocol_are_read() {
    super::run(["input", "legacy/input"], one);
}

fn one(case: &Case<'_>) -> Result<(), String> {
    let service = case.service()?;
    let operation = service.operation(case.operation()).ok_or("the table has no such operation")?;
    let sent = &case.case["serialized"];
    let uri = sent["uri"].as_str().unwrap_or("/");
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let headers: Vec<(&str, &str)> = sent["headers"].as_object().map_or_else(Vec::new, |headers| {
        headers.iter().map(|(name, text)| (name.as_str(), text.as_str().unwrap())).collect()
    });
    let body = sent["body"].as_str().unwrap_or_default().as_bytes();
    let request = Request { path, query, headers: &headers, body };
    let read = wire::read(&service, operation, &request).map_err(|error| error.to_string())?;
    let wanted = &case.case["params"];
    if agrees(&read, wanted) { Ok(()) } else { Err(format!("{read:?} is not {wanted}")) }
}

fn agrees(read: &Structure, wanted: &Json) -> bool {
    let none = serde_json::Map::new();
    let wanted = wanted.as_object().unwrap_or(&none);
    let held = wanted.iter().all(|(name, wanted)| match read.member(name) {
        Some(value) => is(value, wanted),
        // What is empty leaves no trace in some protocols.
        None => is_empty(wanted),
    });
    let mut extra = read.members().filter(|(name, _)| !wanted.contains_key(*name));
    held && extra.all(|(_, value)| matches!(value, Value::Map(entries) if entries.is_empty()))
}

fn is(value: &Value, wanted: &Json) -> bool {
    match (value, wanted) {
        (Value::Structure(read), Json::Object(_)) => agrees(read, wanted),
        (Value::List(items), Json::Array(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, wanted)| is(item, wanted))
        }
        (Value::Map(entries), Json::Object(wanted)) => {
            entries.len() == wanted.len()
                && entries
                    .iter()
                    .all(|(name, value)| wanted.get(name).is_some_and(|wanted| is(value, wanted)))
        }
        (Value::Boolean(flag), Json::Bool(wanted)) => flag == wanted,
        (Value::Integer(number), Json::Number(wanted)) => wanted.as_i64() == Some(*number),
        (Value::Double(number), Json::Number(wanted)) => wanted.as_f64() == Some(*number),
        (Value::Double(number), Json::String(wanted)) => wire_double(*number) == *wanted,
        (Value::Timestamp(time), Json::Number(wanted)) => {
            wanted.as_f64() == Some(time.millis() as f64 / 1000.0)
        }
        (Value::String(text), Json::String(wanted)) => text == wanted,
        (Value::Blob(bytes), Json::String(wanted)) => bytes == wanted.as_bytes(),
        (Value::Null, Json::Null) => true,
        _ => false,
    }
}

fn wire_double(number: f64) -> String {
    if number.is_nan() { "NaN".to_owned() } else { format!("{number:?}").replace("inf", "Infinity") }
}

fn is_empty(wanted: &Json) -> bool {
    match wanted {
        Json::Null => true,
        Json::Array(items) => items.iter().all(Json::is_null),
        Json::Object(members) => members.values().all(is_empty),
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}

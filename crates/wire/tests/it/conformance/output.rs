//! Answers as clients read them, written.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use wire::model::Protocol;
use wire::{Answer, ErrorAnswer, Structure, Value};

use super::Case;
use super::markup::Element;

#[test]
fn answers_of_every_protocol_are_written() {
    super::run(["output", "legacy/output"], one);
}

fn one(case: &Case<'_>) -> Result<(), String> {
    if case.case["errorCode"].is_string() {
        return error(case);
    }
    let service = case.service()?;
    let operation = service.operation(case.operation()).ok_or("the table has no such operation")?;
    let shape = case.case["given"]["output"]["shape"].as_str();
    let output = match shape {
        Some(shape) => structure(case, shape, &case.case["result"]),
        None => Structure::new(),
    };
    let answer = wire::encode(&service, operation, &output, "id");
    let wanted = &case.case["response"];
    if wanted["status_code"] != answer.status {
        return Err(format!("the status is {}", answer.status));
    }
    same_headers(&answer, wanted)?;
    same_body(service.protocol, &answer.body, wanted["body"].as_str().unwrap_or_default())
}

fn error(case: &Case<'_>) -> Result<(), String> {
    let service = case.service()?;
    let (code, wanted) = (case.case["errorCode"].as_str().unwrap(), &case.case["response"]);
    let message = case.case["errorMessage"].as_str().unwrap_or_default();
    let status = u16::try_from(wanted["status_code"].as_u64().unwrap()).unwrap();
    let error = ErrorAnswer { status, code, message, ..ErrorAnswer::default() };
    let answer = wire::encode_error(&service, &error, "id");
    let header = |name: &str| match name {
        "content-type" => Some(answer.content_type),
        _ => None,
    };
    match wire::AwsError::read(status, &header, &answer.body) {
        Some(read) if read.code == code && read.message == message => Ok(()),
        read => Err(format!("{read:?}")),
    }
}

/// The value of a shape that a case's JSON stands for.
fn structure(case: &Case<'_>, shape: &str, json: &Json) -> Structure {
    let none = serde_json::Map::new();
    let members = &case.shape(shape)["members"];
    let set = json.as_object().unwrap_or(&none).iter().filter_map(|(name, json)| {
        let shape = members[name]["shape"].as_str()?;
        Some((name.clone(), value(case, shape, json)))
    });
    set.fold(Structure::new(), |structure, (name, value)| structure.with(name, value))
}

fn value(case: &Case<'_>, name: &str, json: &Json) -> Value {
    let shape = case.shape(name);
    let inner = |part: &str| shape[part]["shape"].as_str().unwrap();
    match (shape["type"].as_str().unwrap(), json) {
        (_, Json::Null) => Value::Null,
        ("structure", json) => Value::Structure(structure(case, name, json)),
        ("list", Json::Array(items)) => {
            Value::List(items.iter().map(|json| value(case, inner("member"), json)).collect())
        }
        ("map", Json::Object(entries)) => {
            let entry = |(name, json): (&String, &Json)| (name.clone(), value(case, inner("value"), json));
            Value::Map(entries.iter().map(entry).collect())
        }
        ("timestamp", Json::Number(seconds)) => {
            let millis = (seconds.as_f64().unwrap() * 1000.0).round() as i64;
            Value::Timestamp(types::Timestamp::from_millis(millis))
        }
        ("timestamp", Json::String(text)) => Value::Timestamp(text.parse().unwrap()),
        ("float" | "double", Json::String(text)) => Value::Double(text.parse().unwrap()),
        ("float" | "double", json) => Value::Double(json.as_f64().unwrap()),
        ("blob", Json::String(text)) => Value::Blob(text.clone().into_bytes()),
        (_, Json::String(text)) => Value::String(text.clone()),
        (_, Json::Bool(flag)) => Value::Boolean(*flag),
        (_, Json::Number(number)) => Value::Integer(number.as_i64().unwrap()),
        (kind, json) => panic!("{name} is a {kind}, not {json}"),
    }
}

fn same_headers(answer: &Answer, wanted: &Json) -> Result<(), String> {
    let none = serde_json::Map::new();
    let written: BTreeMap<String, &str> =
        answer.headers.iter().map(|(name, text)| (name.to_ascii_lowercase(), text.as_str())).collect();
    for (name, text) in wanted["headers"].as_object().unwrap_or(&none) {
        let name = name.to_ascii_lowercase();
        if !matches!(
            name.as_str(),
            "content-type" | "content-length" | "x-amz-target" | "x-amzn-requestid" | "x-amz-request-id"
        ) && written.get(&name).map(|text| parts(text)) != text.as_str().map(parts)
        {
            return Err(format!("header {name} is {:?}, not {text}", written.get(&name)));
        }
    }
    Ok(())
}

fn parts(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).collect()
}

fn same_body(protocol: Protocol, body: &[u8], wanted: &str) -> Result<(), String> {
    let text = std::str::from_utf8(body).unwrap();
    let is_markup = wanted.trim_start().starts_with('<');
    match protocol {
        Protocol::Json10 | Protocol::Json11 => {
            let written: Json = serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))?;
            let wanted: Json = if wanted.is_empty() {
                Json::Object(serde_json::Map::new())
            } else {
                serde_json::from_str(wanted).unwrap()
            };
            if same_json(&written, &wanted) { Ok(()) } else { Err(format!("{written} is not {wanted}")) }
        }
        _ if is_markup && !text.trim_start().starts_with('<') => Err(format!("{text:?} is not {wanted}")),
        _ if is_markup => {
            let (written, wanted) = (Element::read(text).without_id(), Element::read(wanted).without_id());
            let (written, wanted) = (written.bare(protocol), wanted.bare(protocol));
            if written == wanted { Ok(()) } else { Err(format!("{written:?} is not {wanted:?}")) }
        }
        Protocol::RestXml if wanted.is_empty() && is_empty_document(text) => Ok(()),
        _ if wanted == text || (wanted.is_empty() && protocol != Protocol::RestXml) => Ok(()),
        _ => Err(format!("{text:?} is not {wanted:?}")),
    }
}

fn is_empty_document(text: &str) -> bool {
    text.is_empty() || Element::read(text).children.is_empty()
}

fn same_json(written: &Json, wanted: &Json) -> bool {
    match (written, wanted) {
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same_json(one, other)))
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_json(one, other))
        }
        (Json::Number(one), Json::Number(other)) => one.as_f64() == other.as_f64(),
        (Json::String(one), Json::String(other)) => one == other || same_time(one, other),
        (one, other) => one == other,
    }
}

fn same_time(one: &str, other: &str) -> bool {
    let time = |text: &str| text.parse::<types::Timestamp>().ok();
    time(one).is_some() && time(one) == time(other)
}

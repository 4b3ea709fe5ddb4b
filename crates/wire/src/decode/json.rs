//! The json protocols: the body is an object whose members bear their own names.
//!
//! Rule: what is of another kind than the model says is refused as AWS's services do; a member that is null is none.

use super::error::DecodeError;
use super::scalar;
use crate::json::Json;
use crate::model::{Member, Service, Shape, ShapeIndex, TimestampFormat};
use crate::timestamp;
use crate::value::{Structure, Value};

pub(super) fn read(service: &Service, shape: ShapeIndex, body: &[u8]) -> Result<Structure, DecodeError> {
    if body.is_empty() {
        return Ok(Structure::new());
    }
    match Json::read(body) {
        Some(Json::Object(members)) => structure(service, shape, &members),
        Some(Json::Array(_)) => Err(DecodeError::serialization(LIST)),
        _ => Err(DecodeError::serialization("")),
    }
}

fn structure(
    service: &Service,
    shape: ShapeIndex,
    held: &[(String, Json)],
) -> Result<Structure, DecodeError> {
    let members = service.members(shape);
    let mut structure = Structure::new();
    for (name, json) in held.iter().filter(|(_, json)| *json != Json::Null) {
        if let Some(member) = members.iter().find(|member| member.wire_name() == name) {
            structure.set(member.name, value(service, member, json)?);
        }
    }
    Ok(structure)
}

fn value(service: &Service, member: &Member, json: &Json) -> Result<Value, DecodeError> {
    let shape = service.shape(member.shape);
    match (shape, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Shape::Structure { .. }, Json::Object(held)) => {
            structure(service, member.shape, held).map(Value::Structure)
        }
        (Shape::List { item, .. }, Json::Array(items)) => {
            let item = service.member(item);
            items.iter().map(|json| value(service, item, json)).collect::<Result<_, _>>().map(Value::List)
        }
        (Shape::Map { key, .. }, Json::Object(held)) => {
            let member = service.member(key + 1);
            let entry = |(name, json): &(String, Json)| Ok((name.clone(), value(service, member, json)?));
            held.iter().map(entry).collect::<Result<_, _>>().map(Value::Map)
        }
        (_, Json::Array(_)) => Err(DecodeError::serialization(LIST)),
        (_, Json::Object(_)) => {
            Err(DecodeError::serialization("Start of structure or map found where not expected."))
        }
        (Shape::Structure { .. } | Shape::List { .. } | Shape::Map { .. }, _) => {
            Err(DecodeError::serialization("Unexpected value type in payload"))
        }
        _ => leaf(shape, member, json).ok_or_else(|| DecodeError::serialization(refusal(shape, json))),
    }
}

fn leaf(shape: Shape, member: &Member, json: &Json) -> Option<Value> {
    match (shape, json) {
        (Shape::String(_), Json::String(text)) => Some(Value::String(text.clone())),
        (Shape::Boolean, Json::Boolean(flag)) => Some(Value::Boolean(*flag)),
        (Shape::Integer(_), Json::Integer(number)) if i32::try_from(*number).is_ok() => {
            Some(Value::Integer(*number))
        }
        (Shape::Long(_), Json::Integer(number)) => Some(Value::Integer(*number)),
        (Shape::Float | Shape::Double, Json::Integer(number)) => Some(Value::Double(*number as f64)),
        (Shape::Float | Shape::Double, Json::Double(number)) => Some(Value::Double(*number)),
        (Shape::Float | Shape::Double, Json::String(text)) => {
            let known = matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity");
            scalar::read(shape, text, TimestampFormat::Epoch).ok().filter(|_| known)
        }
        (Shape::Timestamp(_), Json::Integer(seconds)) => {
            timestamp::from_seconds(*seconds as f64).map(Value::Timestamp)
        }
        (Shape::Timestamp(_), Json::Double(seconds)) => {
            timestamp::from_seconds(*seconds).map(Value::Timestamp)
        }
        (Shape::Timestamp(own), Json::String(text)) => {
            let format = member.format.or(own).unwrap_or(TimestampFormat::Iso8601);
            scalar::time(text, format).ok().map(Value::Timestamp)
        }
        (Shape::Blob { .. }, Json::String(text)) => scalar::blob(text).ok().map(Value::Blob),
        _ => None,
    }
}

fn refusal(shape: Shape, json: &Json) -> String {
    let given = match json {
        Json::String(_) => "STRING_VALUE",
        Json::Boolean(true) => "TRUE_VALUE",
        Json::Boolean(false) => "FALSE_VALUE",
        Json::Double(_) => "DECIMAL_VALUE",
        _ => "NUMBER_VALUE",
    };
    let wanted = match shape {
        Shape::Boolean => "a Boolean",
        Shape::Integer(_) => "an Integer",
        Shape::Long(_) => "a Long",
        Shape::Float => "a Float",
        Shape::Double => "a Double",
        Shape::Timestamp(_) => "a Timestamp",
        Shape::Blob { .. } => "a Blob",
        _ => "a String",
    };
    format!("{given} can not be converted to {wanted}")
}

const LIST: &str = "Start of list found where not expected";

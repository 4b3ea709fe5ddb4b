//! Documents of the json protocols.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::xml::{double, write_time};
use crate::model::{Fractions, Member, Operation, Service, Shape, ShapeIndex, TimestampFormat};
use crate::timestamp;
use crate::value::{Structure, Value};

/// An object of all members that are set.
pub(super) fn write(service: &Service, operation: &Operation, output: &Structure) -> Vec<u8> {
    let mut text = String::new();
    match operation.output {
        Some(member) => structure(service, member.shape, output, &mut text),
        None => text.push_str("{}"),
    }
    text.into_bytes()
}

pub(super) fn structure(service: &Service, shape: ShapeIndex, structure: &Structure, text: &mut String) {
    text.push('{');
    let mut first = true;
    for member in service.members(shape) {
        let Some(held) = structure.member(member.name).filter(|value| **value != Value::Null) else {
            continue;
        };
        separate(&mut first, text);
        quoted(member.wire_name(), text);
        text.push(':');
        value(service, member, held, text);
    }
    text.push('}');
}

fn value(service: &Service, member: &Member, held: &Value, text: &mut String) {
    match (service.shape(member.shape), held) {
        (Shape::Structure { .. }, Value::Structure(inner)) => structure(service, member.shape, inner, text),
        (Shape::List { item, .. }, Value::List(items)) => {
            let item = service.member(item);
            let mut first = true;
            text.push('[');
            for held in items {
                separate(&mut first, text);
                value(service, item, held, text);
            }
            text.push(']');
        }
        (Shape::Map { key, .. }, Value::Map(entries)) => {
            let member = service.member(key + 1);
            let mut first = true;
            text.push('{');
            for (name, held) in entries {
                separate(&mut first, text);
                quoted(name, text);
                text.push(':');
                value(service, member, held, text);
            }
            text.push('}');
        }
        (shape, held) => leaf(shape, member, held, text),
    }
}

fn leaf(shape: Shape, member: &Member, held: &Value, text: &mut String) {
    match held {
        Value::String(held) => quoted(held, text),
        Value::Boolean(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Integer(number) => text.push_str(&number.to_string()),
        // `5.0`, as AWS writes it: a reader without types tells it from an integer.
        Value::Double(number) if number.is_finite() => text.push_str(&format!("{number:?}")),
        Value::Double(number) => quoted(&double(*number), text),
        Value::Blob(bytes) => quoted(&BASE64_STANDARD.encode(bytes), text),
        Value::Timestamp(time) => {
            let own = if let Shape::Timestamp(own) = shape { own } else { None };
            match member.format.or(own).unwrap_or(TimestampFormat::Epoch) {
                TimestampFormat::Epoch => text.push_str(&timestamp::write_epoch(*time)),
                format => quoted(&write_time(*time, format, Fractions::Where), text),
            }
        }
        // Of another kind than the model says: there is nothing that a reader could make of it.
        Value::Null | Value::List(_) | Value::Map(_) | Value::Structure(_) => text.push_str("null"),
    }
}

fn separate(first: &mut bool, text: &mut String) {
    if !std::mem::replace(first, false) {
        text.push(',');
    }
}

/// A string of JSON.
pub(super) fn quoted(held: &str, text: &mut String) {
    text.push_str(&serde_json::Value::from(held).to_string());
}

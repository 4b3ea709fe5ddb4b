//! Documents of the query and ec2 protocols, and the elements that rest-xml shares with them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use types::Timestamp;

use super::markup::Markup;
use crate::decode::name_of;
use crate::model::{Fractions, Member, Operation, Place, Service, Shape, ShapeIndex, TimestampFormat};
use crate::timestamp;
use crate::value::{Structure, Value};

/// `<…Response><…Result>…</…Result><ResponseMetadata>…`
pub(super) fn query(
    service: &Service,
    operation: &Operation,
    output: &Structure,
    request_id: &str,
) -> Vec<u8> {
    let mut markup = Markup::with_capacity(INITIAL);
    response_begin(&mut markup, operation.name, service.namespace);
    if let Some(member) = operation.output {
        if !operation.wrapper.is_empty() {
            markup.open(operation.wrapper);
        }
        members(service, member.shape, output, &mut markup);
        if !operation.wrapper.is_empty() {
            markup.close(operation.wrapper);
        }
    }
    markup.raw("<ResponseMetadata>");
    markup.leaf("RequestId", request_id);
    markup.raw("</ResponseMetadata>");
    response_end(&mut markup, operation.name);
    markup.into_bytes()
}

/// `<…Response><requestId>…</requestId>…`
pub(super) fn ec2(service: &Service, operation: &Operation, output: &Structure, request_id: &str) -> Vec<u8> {
    let mut markup = Markup::with_capacity(INITIAL);
    markup.raw(DECLARATION);
    response_begin(&mut markup, operation.name, service.namespace);
    markup.leaf("requestId", request_id);
    if let Some(member) = operation.output {
        members(service, member.shape, output, &mut markup);
    }
    response_end(&mut markup, operation.name);
    markup.into_bytes()
}

fn response_begin(markup: &mut Markup, name: &str, namespace: &str) {
    markup.begin(name);
    markup.raw("Response");
    markup.namespace(("", namespace));
    markup.end_of_begin();
}

fn response_end(markup: &mut Markup, name: &str) {
    markup.raw("</");
    markup.raw(name);
    markup.raw("Response>");
}

/// All members that stand in the document.
pub(super) fn members(service: &Service, shape: ShapeIndex, structure: &Structure, markup: &mut Markup) {
    for member in service.members(shape) {
        // In answers, path and query are no place.
        if matches!(member.place, Place::Body | Place::Query | Place::Uri)
            && !member.attribute
            && let Some(value) = structure.member(member.name).filter(|value| **value != Value::Null)
        {
            self::member(service, member, value, markup);
        }
    }
}

fn member(service: &Service, member: &Member, value: &Value, markup: &mut Markup) {
    let name = name_of(service, member);
    match (service.shape(member.shape), value) {
        (Shape::List { item, flat, .. }, Value::List(items)) if flat || member.flat => {
            let item = service.member(item);
            items.iter().for_each(|value| element(service, item, name, value, markup));
        }
        (Shape::Map { key, flat, .. }, Value::Map(held)) if flat || member.flat => {
            entries(service, key, (name, member.namespace), held, markup);
        }
        _ => element(service, member, name, value, markup),
    }
}

/// One element of this name.
pub(super) fn element(service: &Service, member: &Member, name: &str, value: &Value, markup: &mut Markup) {
    markup.begin(name);
    if let Some(index) = member.namespace {
        markup.namespace(service.namespace(index));
    }
    if let Value::Structure(structure) = value {
        attributes(service, member.shape, structure, markup);
    }
    markup.end_of_begin();
    match (service.shape(member.shape), value) {
        (Shape::Structure { .. }, Value::Structure(structure)) => {
            members(service, member.shape, structure, markup);
        }
        (Shape::List { item, .. }, Value::List(items)) => {
            let item = service.member(item);
            let name = item.wire_name_or("member");
            items.iter().for_each(|value| element(service, item, name, value, markup));
        }
        (Shape::Map { key, .. }, Value::Map(held)) => entries(service, key, ("entry", None), held, markup),
        (shape, value) => {
            let format = member.format.unwrap_or(TimestampFormat::Iso8601);
            if let Some(text) = text(service, shape, value, format) {
                markup.text(&text);
            }
        }
    }
    markup.close(name);
}

pub(super) fn attributes(service: &Service, shape: ShapeIndex, structure: &Structure, markup: &mut Markup) {
    for member in service.members(shape).iter().filter(|member| member.attribute) {
        let shape = service.shape(member.shape);
        let value = structure.member(member.name);
        if let Some(text) = value.and_then(|value| text(service, shape, value, TimestampFormat::Iso8601)) {
            markup.attribute(member.wire_name(), &text);
        }
    }
}

/// The entries of a map, each in an element of this name and namespace.
fn entries(
    service: &Service,
    key: u16,
    (name, namespace): (&str, Option<u8>),
    entries: &[(String, Value)],
    markup: &mut Markup,
) {
    let (key, value) = (service.member(key), service.member(key + 1));
    for (text, held) in entries {
        markup.begin(name);
        if let Some(index) = namespace {
            markup.namespace(service.namespace(index));
        }
        markup.end_of_begin();
        element(service, key, key.wire_name_or("key"), &Value::String(text.clone()), markup);
        element(service, value, value.wire_name_or("value"), held, markup);
        markup.close(name);
    }
}

/// A leaf's text; none of what is no leaf.
pub(super) fn text<'v>(
    service: &Service,
    shape: Shape,
    value: &'v Value,
    format: TimestampFormat,
) -> Option<Cow<'v, str>> {
    Some(match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Boolean(true) => Cow::Borrowed("true"),
        Value::Boolean(false) => Cow::Borrowed("false"),
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Double(number) => Cow::Owned(double(*number)),
        Value::Blob(bytes) => Cow::Owned(BASE64_STANDARD.encode(bytes)),
        Value::Timestamp(time) => {
            let own = if let Shape::Timestamp(own) = shape { own } else { None };
            Cow::Owned(write_time(*time, own.unwrap_or(format), service.fractions))
        }
        Value::Null | Value::List(_) | Value::Map(_) | Value::Structure(_) => return None,
    })
}

/// As XML Schema has it.
pub(super) fn double(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}

pub(super) fn write_time(time: Timestamp, format: TimestampFormat, fractions: Fractions) -> String {
    match format {
        TimestampFormat::HttpDate => time.http_date(),
        TimestampFormat::Epoch => timestamp::write_epoch(time),
        TimestampFormat::Iso8601 => match fractions {
            Fractions::Never => time.iso8601(),
            Fractions::Where => time.to_string(),
            Fractions::Always => {
                let whole = time.iso8601();
                format!("{}.{:03}Z", whole.trim_end_matches('Z'), time.millis().rem_euclid(1000))
            }
        },
    }
}

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// Most answers fit.
const INITIAL: usize = 1024;

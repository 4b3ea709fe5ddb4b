//! Answers of the rest-xml protocol: members in headers, in the status and in the body.

use std::borrow::Cow;

use super::markup::Markup;
use super::{Answer, xml};
use crate::model::{Member, Operation, Place, Service, Shape, TimestampFormat};
use crate::value::{Structure, Value};

pub(super) fn write(service: &Service, operation: &Operation, output: &Structure, answer: &mut Answer) {
    let Some(root) = operation.output else {
        answer.content_type = "";
        return;
    };
    let members = service.members(root.shape);
    for member in members {
        let Some(value) = output.member(member.name) else { continue };
        match member.place {
            Place::Header => header(service, member, value, answer),
            Place::Headers => headers(member, value, answer),
            Place::Status => {
                if let Value::Integer(status) = value {
                    answer.status = u16::try_from(*status).unwrap_or(answer.status);
                }
            }
            _ => {}
        }
    }
    match members.iter().find(|member| member.place == Place::Payload) {
        Some(payload) => write_payload(service, payload, output, answer),
        None => write_document(service, operation, &root, output, answer),
    }
}

fn write_payload(service: &Service, payload: &Member, output: &Structure, answer: &mut Answer) {
    match output.member(payload.name) {
        Some(Value::Blob(bytes)) => {
            answer.body.clone_from(bytes);
            answer.content_type = "application/octet-stream";
        }
        Some(Value::String(text)) => {
            answer.body = text.clone().into_bytes();
            answer.content_type = "text/plain";
        }
        Some(value @ Value::Structure(_)) => {
            let mut markup = Markup::with_controls(INITIAL);
            markup.raw(xml::DECLARATION);
            let mut root = *payload;
            // The payload's own namespace, else the service's.
            let namespace =
                root.namespace.take().map_or(("", service.namespace), |index| service.namespace(index));
            document(service, &root, payload.wire_name(), namespace, value, &mut markup);
            answer.body = markup.into_bytes();
        }
        _ => answer.content_type = "",
    }
}

fn write_document(
    service: &Service,
    operation: &Operation,
    root: &Member,
    output: &Structure,
    answer: &mut Answer,
) {
    let members = service.members(root.shape);
    if !members
        .iter()
        .any(|member| matches!(member.place, Place::Body | Place::Query | Place::Uri | Place::Root))
    {
        answer.content_type = "";
        return;
    }
    let name = match root.location_name {
        "" => Cow::Owned(format!("{}Result", operation.name)),
        name => Cow::Borrowed(name),
    };
    let mut markup = Markup::with_controls(INITIAL);
    markup.raw(xml::DECLARATION);
    let namespace = root.namespace.map_or(("", service.namespace), |index| service.namespace(index));
    match members.iter().find(|member| member.place == Place::Root) {
        Some(member) => {
            markup.begin(&name);
            markup.namespace(namespace);
            markup.end_of_begin();
            markup.text(output.text(member.name).unwrap_or_default());
            markup.close(&name);
        }
        None => {
            // An output's members are named by its shape alone.
            let bare = Member { namespace: None, ..*root };
            document_of(service, &bare, &name, namespace, output, &mut markup);
        }
    }
    answer.body = markup.into_bytes();
}

fn document(
    service: &Service,
    root: &Member,
    name: &str,
    namespace: (&str, &str),
    value: &Value,
    markup: &mut Markup,
) {
    if let Value::Structure(structure) = value {
        document_of(service, root, name, namespace, structure, markup);
    }
}

fn document_of(
    service: &Service,
    root: &Member,
    name: &str,
    namespace: (&str, &str),
    structure: &Structure,
    markup: &mut Markup,
) {
    markup.begin(name);
    markup.namespace(namespace);
    xml::attributes(service, root.shape, structure, markup);
    markup.end_of_begin();
    xml::members(service, root.shape, structure, markup);
    markup.close(name);
}

fn header(service: &Service, member: &Member, value: &Value, answer: &mut Answer) {
    let format = member.format.unwrap_or(TimestampFormat::HttpDate);
    let text = match (service.shape(member.shape), value) {
        (Shape::List { item, .. }, Value::List(items)) => {
            let item = service.member(item);
            let (shape, format) =
                (service.shape(item.shape), item.format.unwrap_or(TimestampFormat::HttpDate));
            let parts = items.iter().filter_map(|value| xml::text(service, shape, value, format));
            let quote = matches!(shape, Shape::String(_));
            parts
                .map(|part| if quote { quoted(&part) } else { part.into_owned() })
                .collect::<Vec<_>>()
                .join(", ")
        }
        (shape, value) => xml::text(service, shape, value, format).unwrap_or_default().into_owned(),
    };
    push(answer, Cow::Borrowed(member.wire_name()), text);
}

fn headers(member: &Member, value: &Value, answer: &mut Answer) {
    let Value::Map(entries) = value else { return };
    for (name, value) in entries {
        if let Value::String(text) = value {
            push(answer, Cow::Owned(format!("{}{name}", member.location_name)), text.clone());
        }
    }
}

/// A header that has no value, or could break off the head, is left out.
fn push(answer: &mut Answer, name: Cow<'static, str>, text: String) {
    if text.chars().any(char::is_control) {
        return;
    }
    if name.eq_ignore_ascii_case("content-type") {
        answer.headers.insert(0, (name, text));
    } else {
        answer.headers.push((name, text));
    }
}

/// In quotes where a reader would take the text for two.
fn quoted(text: &str) -> String {
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}

const INITIAL: usize = 1024;

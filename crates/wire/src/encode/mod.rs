//! Values into answers: an operation's output, or an error, as its service's protocol writes it.
//!
//! Rule: members stand in the order of the model; what the model does not know is not written; text is escaped so that every reader
//! of XML or JSON has it back as it was.

mod error;
mod json;
mod markup;
mod rest;
mod xml;

use std::borrow::Cow;

pub use error::{ErrorAnswer, encode_error};

use crate::model::{Operation, Protocol, Service};
use crate::value::Structure;

/// An answer, but for the headers that bear the request's id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Empty where there is no body.
    pub content_type: &'static str,
    /// All others that the output has.
    pub headers: Vec<(Cow<'static, str>, String)>,
    pub body: Vec<u8>,
}

/// The answer of an operation that was carried out.
pub fn encode(service: &Service, operation: &Operation, output: &Structure, request_id: &str) -> Answer {
    let mut answer = Answer {
        status: operation.status,
        content_type: content_type(service.protocol),
        ..Answer::default()
    };
    match service.protocol {
        Protocol::Query => answer.body = xml::query(service, operation, output, request_id),
        Protocol::Ec2 => answer.body = xml::ec2(service, operation, output, request_id),
        Protocol::Json10 | Protocol::Json11 => answer.body = json::write(service, operation, output),
        Protocol::RestXml => rest::write(service, operation, output, &mut answer),
    }
    answer
}

/// Of documents in the protocol.
pub fn content_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Query => "text/xml",
        Protocol::Ec2 => "text/xml;charset=UTF-8",
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::RestXml => "application/xml",
    }
}

/// A structure alone.
#[cfg(test)]
pub(crate) fn write_json(
    service: &Service,
    shape: crate::model::ShapeIndex,
    structure: &Structure,
) -> String {
    let mut text = String::new();
    json::structure(service, shape, structure, &mut text);
    text
}

#[cfg(test)]
pub(crate) fn write_xml(
    service: &Service,
    shape: crate::model::ShapeIndex,
    structure: &Structure,
) -> Vec<u8> {
    let mut markup = markup::Markup::with_controls(0);
    markup.begin("Root");
    xml::attributes(service, shape, structure, &mut markup);
    markup.end_of_begin();
    xml::members(service, shape, structure, &mut markup);
    markup.close("Root");
    markup.into_bytes()
}

#[cfg(test)]
pub(crate) fn leaf_text<'v>(
    service: &Service,
    shape: crate::model::Shape,
    value: &'v crate::value::Value,
) -> Option<Cow<'v, str>> {
    xml::text(service, shape, value, crate::model::TimestampFormat::Iso8601)
}

#[cfg(test)]
mod tests;

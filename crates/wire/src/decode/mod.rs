//! Requests into values: what was asked of an operation, held to its model.
//!
//! Rule: whatever the bytes, reading them takes time and memory in proportion to their number. What the model does not know is
//! ignored, as AWS does (EC2, which refuses it, is the exception); what it forbids is refused in AWS's words.

mod error;
mod form;
mod json;
mod rest;
mod scalar;
mod tree;
mod xml;

pub use error::DecodeError;
pub use form::Parameters;
pub(crate) use rest::{labels, percent_decoded};
pub(crate) use xml::name_of;

use crate::model::{Operation, Protocol, Service};
use crate::validate::validate;
use crate::value::Structure;

/// The parts of a request that say what is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// As on the wire, escapes and all; without the query.
    pub path: &'a str,
    /// As on the wire, without its question mark.
    pub query: &'a str,
    /// Names in any case. The query, ec2 and json protocols do not look at them.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

/// Reads a request and holds it to the model.
pub fn decode(
    service: &Service,
    operation: &Operation,
    request: &Request<'_>,
) -> Result<Structure, DecodeError> {
    let input = read(service, operation, request)?;
    match operation.input {
        Some(member) => validate(service, member.shape, &input).map(|()| input),
        None => Ok(input),
    }
}

/// Reads a request; bounds, patterns and missing members are not looked at.
pub fn read(
    service: &Service,
    operation: &Operation,
    request: &Request<'_>,
) -> Result<Structure, DecodeError> {
    let Some(member) = operation.input else { return Ok(Structure::new()) };
    match service.protocol {
        Protocol::Query | Protocol::Ec2 => {
            let parameters = Parameters::read(request.query, request.body)?;
            form::read(service, member.shape, &parameters)
        }
        Protocol::Json10 | Protocol::Json11 => json::read(service, member.shape, request.body),
        Protocol::RestXml => rest::read(service, operation, &member, request),
    }
}

/// A document in XML, whatever its element is called.
#[cfg(test)]
pub(crate) fn read_document(
    service: &Service,
    shape: crate::model::ShapeIndex,
    body: &[u8],
) -> Result<Structure, DecodeError> {
    let element = tree::Element::read(body).ok_or_else(DecodeError::xml)?;
    let mut structure = Structure::new();
    xml::read_into(service, shape, &element, &mut structure).map(|()| structure)
}

#[cfg(test)]
pub(crate) fn read_json(
    service: &Service,
    shape: crate::model::ShapeIndex,
    body: &[u8],
) -> Result<Structure, DecodeError> {
    json::read(service, shape, body)
}

//! Errors as each protocol writes them.

use std::borrow::Cow;

use super::markup::Markup;
use super::{Answer, content_type, json, xml};
use crate::model::{Protocol, Service};

/// What an error says.
#[derive(Clone, Copy, Debug, Default)]
pub struct ErrorAnswer<'a> {
    pub status: u16,
    pub code: &'a str,
    pub message: &'a str,
    /// Elements besides: S3 has many, such as `BucketName`.
    pub extras: &'a [(&'a str, &'a str)],
    /// Of S3, beside the request's id; empty elsewhere.
    pub host_id: &'a str,
}

/// The answer that bears an error.
pub fn encode_error(service: &Service, error: &ErrorAnswer<'_>, request_id: &str) -> Answer {
    let mut answer =
        Answer { status: error.status, content_type: content_type(service.protocol), ..Answer::default() };
    match service.protocol {
        Protocol::Query => answer.body = query(service, error, request_id),
        Protocol::Ec2 => answer.body = ec2(error, request_id),
        Protocol::Json10 | Protocol::Json11 => {
            let name = shape_name(service, error.code);
            answer.headers.push((Cow::Borrowed("x-amzn-ErrorType"), name.to_owned()));
            answer.body = json_body(service, error, name);
        }
        Protocol::RestXml => answer.body = rest(error, request_id),
    }
    answer
}

fn query(service: &Service, error: &ErrorAnswer<'_>, request_id: &str) -> Vec<u8> {
    let mut markup = Markup::with_capacity(INITIAL);
    markup.begin("ErrorResponse");
    markup.namespace(("", service.namespace));
    markup.end_of_begin();
    markup.open("Error");
    markup.leaf("Type", if error.status < 500 { "Sender" } else { "Receiver" });
    said(error, &mut markup);
    markup.close("Error");
    markup.leaf("RequestId", request_id);
    markup.close("ErrorResponse");
    markup.into_bytes()
}

fn ec2(error: &ErrorAnswer<'_>, request_id: &str) -> Vec<u8> {
    let mut markup = Markup::with_capacity(INITIAL);
    markup.raw(xml::DECLARATION);
    markup.raw("<Response><Errors><Error>");
    said(error, &mut markup);
    markup.raw("</Error></Errors>");
    markup.leaf("RequestID", request_id);
    markup.close("Response");
    markup.into_bytes()
}

fn rest(error: &ErrorAnswer<'_>, request_id: &str) -> Vec<u8> {
    let mut markup = Markup::with_controls(INITIAL);
    markup.raw(xml::DECLARATION);
    markup.open("Error");
    said(error, &mut markup);
    markup.leaf("RequestId", request_id);
    markup.leaf("HostId", error.host_id);
    markup.close("Error");
    markup.into_bytes()
}

fn said(error: &ErrorAnswer<'_>, markup: &mut Markup) {
    markup.leaf("Code", error.code);
    markup.leaf("Message", error.message);
    for (name, text) in error.extras {
        markup.leaf(name, text);
    }
}

/// The json protocols name an error's shape, not its code.
fn shape_name<'a>(service: &Service, code: &'a str) -> &'a str {
    service.error(code).map_or(code, |declared| declared.name)
}

fn json_body(service: &Service, error: &ErrorAnswer<'_>, name: &str) -> Vec<u8> {
    let mut text = String::from("{\"__type\":");
    json::quoted(name, &mut text);
    let members = service.error(name).map(|declared| service.members(declared.shape)).unwrap_or_default();
    let message = members.iter().find(|member| member.wire_name().eq_ignore_ascii_case("message"));
    let message = message.map_or("message", |member| member.wire_name());
    let said = std::iter::once((message, error.message)).filter(|(_, said)| !said.is_empty());
    for (name, said) in said.chain(error.extras.iter().copied()) {
        text.push(',');
        json::quoted(name, &mut text);
        text.push(':');
        json::quoted(said, &mut text);
    }
    text.push('}');
    text.into_bytes()
}

const INITIAL: usize = 512;

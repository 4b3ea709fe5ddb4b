//! An answer as it goes over the wire.
//!
//! Rule: ids first, then what the body is, then the date, as AWS's front ends have it; `Connection: close` wherever something of the
//! request's body was left unread.

use std::fmt;

use account::ServiceError;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};
use net::{Link, Payload, Source};
use sigv4::Family;
use sigv4::verify::{self, Correspondence, Refusal, Rule};
use wire::ErrorAnswer;

use crate::acquaintance::Acquaintance;
use crate::call::Call;
use crate::fault::{Face, Fault, UNKNOWN_OPERATION};

/// Status, headers and body of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// All but length, date and connection.
    headers: HeaderMap,
    body: Content,
}

/// The body of an answer.
pub(crate) enum Content {
    Whole(Bytes),
    /// Exactly so many bytes, as they are read.
    Streamed(u64, Box<dyn Source>),
}

impl Reply {
    /// What an operation gives.
    pub(crate) fn of_output(call: &Call, face: &Face, answer: wire::Answer) -> Self {
        Self::of_wire(call, face, answer)
    }

    /// What an operation gives whose body is no document; the head that it is given says how long it is.
    pub(crate) fn of_content(call: &Call, face: &Face, answer: wire::Answer, content: Content) -> Self {
        let mut reply = Self::of_wire(call, face, answer);
        if call.parts.method != Method::HEAD {
            reply.body = content;
        }
        reply
    }

    pub(crate) fn of_fault(call: &Call, face: &Face, fault: &Fault) -> Self {
        match fault {
            Fault::Signature(refusal, _) => Self::of_refusal(call, face, refusal),
            Fault::Nowhere => {
                let body = format!("<{UNKNOWN_OPERATION}/>\n").into_bytes();
                let answer =
                    wire::Answer { status: 404, content_type: "text/xml", body, ..wire::Answer::default() };
                Self::of_wire(call, face, answer)
            }
            Fault::Throttled(throttled) => {
                let mut reply = Self::of_service(call, face, &throttled.error);
                if let Some(wait) = throttled.retry_after {
                    push(&mut reply.headers, RETRY_AFTER, &wait.as_millis().to_string());
                }
                reply
            }
            Fault::Service(error, _) => Self::of_service(call, face, error),
        }
    }

    fn of_service(call: &Call, face: &Face, error: &ServiceError) -> Self {
        let (status, code, message) = (error.status, &*error.code, error.message.as_str());
        let Some(service) = face.modelled() else {
            let code = if status == 501 { NOT_IMPLEMENTED } else { "InternalError" };
            let refusal = Refusal::new(Rule::Unreadable, status, code, message.to_owned());
            return Self::of_refusal(call, face, &refusal);
        };
        let extras: Vec<(&str, &str)> = error.extras.iter().map(|(name, value)| (*name, &**value)).collect();
        let (id, host_id) = ids(call, face);
        let error = ErrorAnswer { status, code, message, extras: &extras, host_id: &host_id };
        let answer = match status {
            304 => wire::Answer { status, ..wire::Answer::default() },
            _ => wire::encode_error(service, &error, &id),
        };
        Self::of_wire(call, face, answer)
    }

    /// The server cannot say more, not even an id.
    pub(crate) fn broken() -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, headers: HeaderMap::new(), body: Content::NONE }
    }

    fn of_wire(call: &Call, face: &Face, answer: wire::Answer) -> Self {
        let mut headers = HeaderMap::with_capacity(16);
        if face.family == Family::S3 {
            headers.insert(S3_HOST_ID, text(&call.request_id.host_id()));
            headers.insert(S3_REQUEST_ID, text(&call.request_id.s3()));
            headers.insert(header::SERVER, HeaderValue::from_static("AmazonS3"));
        } else {
            headers.insert(REQUEST_ID, text(call.request_id.as_str()));
        }
        for (name, value) in answer.headers {
            push(&mut headers, &name, &value);
        }
        if !answer.content_type.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
        }
        Self::new(call, answer.status, headers, answer.body)
    }

    /// In the form of the family, which the verifier of signatures knows.
    fn of_refusal(call: &Call, face: &Face, refusal: &Refusal) -> Self {
        let is_s3 = face.family == Family::S3;
        let (s3_id, host_id) =
            if is_s3 { (call.request_id.s3(), call.request_id.host_id()) } else { Default::default() };
        let answer = refusal.encode(&Correspondence {
            family: face.family,
            service: &face.service,
            request_id: if is_s3 { &s3_id } else { call.request_id.as_str() },
            host_id: &host_id,
            is_head: call.parts.method == Method::HEAD,
            content_type: call.header(&header::CONTENT_TYPE),
        });
        let verify::Answer { status, headers: fields, body } = answer;
        let mut headers = HeaderMap::with_capacity(8);
        for (name, value) in fields {
            push(&mut headers, name, &value);
        }
        Self::new(call, status, headers, body)
    }

    fn new(call: &Call, status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if call.parts.method == Method::HEAD {
            return Self { status, headers, body: Content::NONE };
        }
        Self { status, headers, body: Content::Whole(body.into()) }
    }

    /// Bytes of its body.
    pub(crate) fn length(&self) -> u64 {
        match &self.body {
            Content::Whole(body) => body.len() as u64,
            Content::Streamed(length, _) => *length,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// Adds a field behind those that it has.
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        push(&mut self.headers, name, value);
    }

    /// Puts it into HTTP.
    pub(crate) fn into_response(
        self,
        date: HeaderValue,
        ends_connection: bool,
        link: &Link<Acquaintance>,
    ) -> Response<Payload> {
        let length = self.length();
        let mut headers = self.headers;
        // A HEAD's answer says how long the body would be.
        if !headers.contains_key(header::CONTENT_LENGTH) {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        headers.insert(header::DATE, date);
        if ends_connection {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let mut response = Response::new(match self.body {
            Content::Whole(body) => Payload::new(body),
            Content::Streamed(length, source) => Payload::streamed(length, source, link),
        });
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

impl Content {
    pub(crate) const NONE: Self = Self::Whole(Bytes::new());
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(body) => write!(f, "{} bytes", body.len()),
            Self::Streamed(length, _) => write!(f, "{length} bytes to come"),
        }
    }
}

/// The ids that an answer bears: of the request, and S3's second.
fn ids(call: &Call, face: &Face) -> (String, String) {
    let id = &call.request_id;
    if face.family == Family::S3 { (id.s3(), id.host_id()) } else { (id.as_str().to_owned(), String::new()) }
}

/// The whole answer to a head that cannot be read: nobody knows for which service it was.
pub(crate) fn refusal(status: StatusCode, date: &HeaderValue) -> Bytes {
    let reason = status.canonical_reason().unwrap_or_default();
    let date = date.to_str().unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {reason}\r\nContent-Length: 0\r\nDate: {date}\r\nConnection: close\r\n\r\n",
        status.as_u16()
    );
    head.into()
}

/// Adds a field, unless it repeats words of a client that no header can hold.
fn push(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.append(name, value);
    }
}

fn text(ascii: &str) -> HeaderValue {
    HeaderValue::from_str(ascii).expect("ids are made of ASCII")
}

/// Of SDKs' standard retry mode: milliseconds until another attempt is worth it.
const RETRY_AFTER: &str = "x-amz-retry-after";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const S3_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const S3_HOST_ID: HeaderName = HeaderName::from_static("x-amz-id-2");

pub(crate) const NOT_IMPLEMENTED: &str = "NotImplemented";

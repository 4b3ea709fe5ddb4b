//! An answer as it goes over the wire.
//!
//! Rule: ids first, then what the body is, then the date, as AWS's front ends have it; `Connection: close` wherever something of the
//! request's body was left unread.

use account::ServiceError;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};
use net::Payload;
use sigv4::Family;
use sigv4::verify::{self, Correspondence, Refusal, Rule};
use wire::ErrorAnswer;

use crate::call::Call;
use crate::fault::{Face, Fault, UNKNOWN_OPERATION};
use crate::request_id::RequestId;

/// Status, headers and body of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// All but length, date and connection.
    headers: HeaderMap,
    body: Bytes,
}

impl Reply {
    /// What an operation gives.
    pub(crate) fn of_output(call: &Call, answer: wire::Answer) -> Self {
        Self::of_wire(&call.request_id, call, answer)
    }

    pub(crate) fn of_fault(call: &Call, face: &Face, fault: &Fault) -> Self {
        let id = &call.request_id;
        match fault {
            Fault::Signature(refusal, _) => Self::of_refusal(call, face, refusal),
            Fault::Nowhere => {
                let body = format!("<{UNKNOWN_OPERATION}/>\n").into_bytes();
                let answer =
                    wire::Answer { status: 404, content_type: "text/xml", body, ..wire::Answer::default() };
                Self::of_wire(id, call, answer)
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
        let id = &call.request_id;
        let (status, code, message) = (error.status, &*error.code, error.message.as_str());
        let Some(service) = face.modelled() else {
            let code = if status == 501 { NOT_IMPLEMENTED } else { "InternalError" };
            let refusal = Refusal::new(Rule::Unreadable, status, code, message.to_owned());
            return Self::of_refusal(call, face, &refusal);
        };
        let extras: Vec<(&str, &str)> = error.extras.iter().map(|(name, value)| (*name, &**value)).collect();
        let error = ErrorAnswer { status, code, message, extras: &extras, ..ErrorAnswer::default() };
        Self::of_wire(id, call, wire::encode_error(service, &error, id.as_str()))
    }

    /// The server cannot say more, not even an id.
    pub(crate) fn broken() -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, headers: HeaderMap::new(), body: Bytes::new() }
    }

    fn of_wire(id: &RequestId, call: &Call, answer: wire::Answer) -> Self {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(REQUEST_ID, text(id.as_str()));
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
        let body = if call.parts.method == Method::HEAD { Bytes::new() } else { body.into() };
        Self { status, headers, body }
    }

    /// Bytes of its body.
    pub(crate) fn length(&self) -> u64 {
        self.body.len() as u64
    }

    /// Puts it into HTTP.
    pub(crate) fn into_response(self, date: HeaderValue, ends_connection: bool) -> Response<Payload> {
        let mut headers = self.headers;
        headers.insert(header::CONTENT_LENGTH, self.body.len().into());
        headers.insert(header::DATE, date);
        if ends_connection {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let mut response = Response::new(Payload::new(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
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

pub(crate) const NOT_IMPLEMENTED: &str = "NotImplemented";

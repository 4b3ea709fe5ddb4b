//! An answer as it goes over the wire.
//!
//! Rule: ids first, then what the body is, then the date, as AWS's front ends have it; `Connection: close` wherever the request's body
//! was left unread.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use net::Payload;
use sigv4::Family;
use sigv4::verify::{Correspondence, Refusal, Rule};

use crate::call::Call;

/// Status, headers and body of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Ids, and what else the service says beside its body.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Bytes,
    /// Whether the connection ends with it: the request's body was not read to its end.
    pub(crate) ends_connection: bool,
}

impl Reply {
    pub(crate) fn failure(call: &Call, status: u16, code: &'static str, message: &'static str) -> Self {
        let refusal = Refusal::new(Rule::Unreadable, status, code, message);
        let answer = refusal.encode(&Correspondence {
            family: Family::S3,
            service: "s3",
            request_id: &call.request_id.s3(),
            host_id: &call.request_id.host_id(),
            is_head: call.parts.method == http::Method::HEAD,
            content_type: None,
        });
        Self {
            status: answer.status,
            headers: answer.headers,
            content_type: None,
            body: answer.body.into(),
            ends_connection: true,
        }
    }
}

/// Puts a reply into HTTP.
pub(crate) fn response(reply: Reply, date: HeaderValue, is_draining: bool) -> Response<Payload> {
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in reply.headers {
        // What repeats a client's words may hold what no header can.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    if let Some(content_type) = reply.content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    headers.insert(header::CONTENT_LENGTH, reply.body.len().into());
    headers.insert(header::DATE, date);
    if reply.ends_connection || is_draining {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let mut response = Response::new(Payload::new(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

/// The system gives no random bytes, so there are no ids to answer with.
pub(crate) fn without_ids(date: HeaderValue) -> Response<Payload> {
    let (headers, content_type, body) = (Vec::new(), None, Bytes::new());
    response(Reply { status: 503, headers, content_type, body, ends_connection: true }, date, true)
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

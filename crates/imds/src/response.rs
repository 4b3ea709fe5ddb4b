//! Status line and headers, in the order that EC2 sends them (facts/imds.md section 1.1).
//!
//! Rule: the order is data, one row per class of answer. Clients have been seen to depend on less; being exact costs
//! nothing.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;
use net::Payload;

/// One header line.
#[derive(Clone, Copy)]
enum Line {
    TokenTtl,
    Allow,
    ContentType,
    AcceptRanges,
    LastModified,
    ContentLength,
    Date,
    Server,
    Connection,
    NoSniff,
}

/// The classes of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// GET and HEAD, 200.
    Value,
    /// PUT of a token, 200.
    Token,
    /// Errors without a body, and OPTIONS.
    Empty,
    /// 404.
    Page,
    /// A container endpoint's JSON, as Go's HTTP server writes it.
    AgentJson,
    /// A container endpoint's errors in plain text.
    AgentText,
}

impl Layout {
    /// The longest row's length.
    pub(crate) const MAX_LINES: usize = 8;

    fn lines(self) -> &'static [Line] {
        use Line as L;
        match self {
            Self::Value => &[
                L::TokenTtl,
                L::ContentType,
                L::AcceptRanges,
                L::LastModified,
                L::ContentLength,
                L::Date,
                L::Server,
                L::Connection,
            ],
            Self::Token => {
                &[L::TokenTtl, L::ContentLength, L::Date, L::Server, L::Connection, L::ContentType]
            }
            Self::Empty => {
                &[L::TokenTtl, L::Allow, L::ContentLength, L::Date, L::Server, L::Connection, L::ContentType]
            }
            Self::Page => &[L::ContentType, L::ContentLength, L::Date, L::Server, L::Connection],
            Self::AgentJson => &[L::ContentType, L::Date, L::ContentLength, L::Connection],
            Self::AgentText => &[L::ContentType, L::NoSniff, L::Date, L::ContentLength, L::Connection],
        }
    }
}

/// What an answer says, before it is laid out.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) layout: Layout,
    pub(crate) token_ttl: Option<u32>,
    pub(crate) allow: Option<HeaderValue>,
    pub(crate) content_type: HeaderValue,
    pub(crate) last_modified: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// A value or menu, of an instance that last changed then.
    pub(crate) fn value(
        last_modified: &HeaderValue,
        token_ttl: Option<u32>,
        content_type: HeaderValue,
        body: Bytes,
    ) -> Self {
        Self {
            status: StatusCode::OK,
            layout: Layout::Value,
            token_ttl,
            allow: None,
            content_type,
            last_modified: Some(last_modified.clone()),
            body,
        }
    }

    /// An answer without a body.
    pub(crate) const fn empty(status: StatusCode) -> Self {
        Self {
            status,
            layout: Layout::Empty,
            token_ttl: None,
            allow: None,
            content_type: TEXT,
            last_modified: None,
            body: Bytes::new(),
        }
    }

    /// The 404 page.
    pub(crate) const fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            layout: Layout::Page,
            token_ttl: None,
            allow: None,
            content_type: HTML,
            last_modified: None,
            body: Bytes::from_static(PAGE.as_bytes()),
        }
    }

    /// What the agent behind a container endpoint says.
    pub(crate) fn agent(status: u16, is_json: bool, body: Bytes) -> Self {
        let (layout, content_type) =
            if is_json { (Layout::AgentJson, JSON) } else { (Layout::AgentText, UTF8_TEXT) };
        let status = StatusCode::from_u16(status).expect("the agents' statuses are between 200 and 503");
        Self { layout, content_type, body, ..Self::empty(status) }
    }

    /// Lays the answer out. `headers` is an empty map, whose memory is used.
    pub(crate) fn into_response(
        self,
        mut headers: HeaderMap,
        date: HeaderValue,
        close: bool,
    ) -> Response<Payload> {
        let Self { status, layout, token_ttl, mut allow, content_type, mut last_modified, body } = self;
        let (mut date, mut content_type) = (Some(date), Some(content_type));
        for line in layout.lines() {
            let (name, value) = match line {
                Line::TokenTtl => (TOKEN_TTL, token_ttl.map(|ttl| number(ttl as usize))),
                Line::Allow => (header::ALLOW, allow.take()),
                Line::ContentType => (header::CONTENT_TYPE, content_type.take()),
                Line::AcceptRanges => (header::ACCEPT_RANGES, Some(NONE)),
                Line::LastModified => (header::LAST_MODIFIED, last_modified.take()),
                Line::ContentLength => (header::CONTENT_LENGTH, Some(number(body.len()))),
                Line::Date => (header::DATE, date.take()),
                Line::Server => (header::SERVER, Some(SERVER)),
                Line::Connection => (header::CONNECTION, close.then_some(CLOSE)),
                Line::NoSniff => (header::X_CONTENT_TYPE_OPTIONS, Some(NO_SNIFF)),
            };
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        let mut response = Response::new(Payload::new(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        if status == StatusCode::METHOD_NOT_ALLOWED && layout == Layout::Empty {
            // EC2 says 405 in its own words.
            response.extensions_mut().insert(ReasonPhrase::from_static(b"Not Allowed"));
        }
        response
    }
}

/// A whole answer without a body as bytes, for heads that cannot be read.
pub(crate) fn refusal(status: StatusCode, date: HeaderValue) -> Bytes {
    let response =
        Reply::empty(status).into_response(HeaderMap::with_capacity(Layout::MAX_LINES), date, true);
    let reason = status.canonical_reason().unwrap_or_default();
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    for (name, value) in response.headers() {
        text.extend(title_case(name));
        text.extend(b": ");
        text.extend(value.as_bytes());
        text.extend(b"\r\n");
    }
    text.extend(b"\r\n");
    text.into()
}

/// `content-type` as `Content-Type`.
fn title_case(name: &HeaderName) -> impl Iterator<Item = u8> {
    let mut starts = true;
    name.as_str().bytes().map(move |byte| {
        let upper = std::mem::replace(&mut starts, byte == b'-');
        if upper { byte.to_ascii_uppercase() } else { byte }
    })
}

/// A number in decimal digits, without allocating up to [`KNOWN`].
fn number(n: usize) -> HeaderValue {
    let Some(digits) = DIGITS.get(n) else { return HeaderValue::from(n) };
    let zeros = match n {
        0..10 => 4,
        10..100 => 3,
        100..1000 => 2,
        1000..10_000 => 1,
        _ => 0,
    };
    HeaderValue::from_maybe_shared(Bytes::from_static(&digits[zeros..])).expect("digits are a valid value")
}

/// Token TTLs go up to here, and user data and other bodies are shorter.
const KNOWN: usize = 21_600;

/// The numbers up to [`KNOWN`] in five digits each.
static DIGITS: [[u8; 5]; KNOWN + 1] = {
    let mut table = [*b"00000"; KNOWN + 1];
    let mut n = 1;
    while n <= KNOWN {
        table[n] = table[n - 1];
        let mut at = 4;
        while table[n][at] == b'9' {
            table[n][at] = b'0';
            at -= 1;
        }
        table[n][at] += 1;
        n += 1;
    }
    table
};

/// The content type of user data.
pub(crate) const BINARY: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// Of the 404 page.
const HTML: HeaderValue = HeaderValue::from_static("text/html");
/// Of everything else.
pub(crate) const TEXT: HeaderValue = HeaderValue::from_static("text/plain");
/// Of what the agents of containers say.
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const UTF8_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const NONE: HeaderValue = HeaderValue::from_static("none");
const SERVER: HeaderValue = HeaderValue::from_static("EC2ws");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// 339 bytes (facts/imds.md section 1.2).
const PAGE: &str = r#"<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
		 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>404 - Not Found</title>
 </head>
 <body>
  <h1>404 - Not Found</h1>
 </body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_leading_zeros() {
        for n in 0..KNOWN + 2 {
            assert_eq!(number(n), n.to_string());
        }
    }

    #[test]
    fn the_page_has_339_bytes() {
        assert_eq!(PAGE.len(), 339);
    }

    #[test]
    fn refusals_look_like_errors_without_a_body() {
        let text = refusal(StatusCode::BAD_REQUEST, HeaderValue::from_static("D"));
        assert_eq!(
            text,
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nDate: D\r\nServer: EC2ws\r\nConnection: close\r\n\
             Content-Type: text/plain\r\n\r\n"
        );
    }
}

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
}

impl Layout {
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
        }
    }
}

/// What an answer says, before it is laid out.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) layout: Layout,
    pub(crate) token_ttl: Option<u32>,
    pub(crate) allow: Option<&'static str>,
    pub(crate) content_type: &'static str,
    pub(crate) last_modified: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
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
    pub(crate) fn not_found() -> Self {
        Self {
            layout: Layout::Page,
            content_type: HTML,
            body: Bytes::from_static(PAGE.as_bytes()),
            ..Self::empty(StatusCode::NOT_FOUND)
        }
    }

    /// Lays the answer out. `headers` is an empty map, whose memory is used.
    pub(crate) fn into_response(
        self,
        mut headers: HeaderMap,
        date: HeaderValue,
        close: bool,
    ) -> Response<Payload> {
        let mut date = Some(date);
        let mut last_modified = self.last_modified;
        for line in self.layout.lines() {
            let (name, value) = match line {
                Line::TokenTtl => (TOKEN_TTL, self.token_ttl.map(HeaderValue::from)),
                Line::Allow => (header::ALLOW, self.allow.map(HeaderValue::from_static)),
                Line::ContentType => {
                    (header::CONTENT_TYPE, Some(HeaderValue::from_static(self.content_type)))
                }
                Line::AcceptRanges => (header::ACCEPT_RANGES, Some(NONE)),
                Line::LastModified => (header::LAST_MODIFIED, last_modified.take()),
                Line::ContentLength => (header::CONTENT_LENGTH, Some(length(self.body.len()))),
                Line::Date => (header::DATE, date.take()),
                Line::Server => (header::SERVER, Some(SERVER)),
                Line::Connection => (header::CONNECTION, close.then_some(CLOSE)),
            };
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        let mut response = Response::new(Payload::new(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            // EC2 says 405 in its own words.
            response.extensions_mut().insert(ReasonPhrase::from_static(b"Not Allowed"));
        }
        response
    }
}

/// A whole answer without a body as bytes, for heads that cannot be read.
pub(crate) fn refusal(status: StatusCode, date: HeaderValue) -> Bytes {
    let response = Reply::empty(status).into_response(HeaderMap::with_capacity(8), date, true);
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

/// A length in digits; up to 999 without allocating.
fn length(len: usize) -> HeaderValue {
    if len >= 1000 {
        return HeaderValue::from(len);
    }
    let skipped = if len >= 100 {
        0
    } else if len >= 10 {
        1
    } else {
        2
    };
    let digits = Bytes::from_static(&DIGITS[len]).slice(skipped..);
    HeaderValue::from_maybe_shared(digits).expect("digits are a valid value")
}

/// The numbers 0 to 999 in three digits each.
static DIGITS: [[u8; 3]; 1000] = {
    let mut table = [[0; 3]; 1000];
    let mut n = 0;
    while n < 1000 {
        table[n] = [b'0' + (n / 100) as u8, b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8];
        n += 1;
    }
    table
};

/// The content type of user data.
pub(crate) const BINARY: &str = "application/octet-stream";
/// Of the 404 page.
const HTML: &str = "text/html";
/// Of everything else.
const TEXT: &str = "text/plain";
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
    fn lengths_are_written_without_leading_zeros() {
        for len in [0, 1, 9, 10, 56, 99, 100, 339, 999, 1000, 16_384] {
            assert_eq!(length(len), len.to_string());
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

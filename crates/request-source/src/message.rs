//! A request, owned, as it would be on the wire.

use std::fmt;

/// An HTTP request. Nothing in it is decoded, except that chunks of `Transfer-Encoding` are put together.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Such as `GET`; methods are told apart by case.
    pub method: String,
    /// Known from a URL, an absolute target or `:scheme`; a request in origin form does not say.
    pub scheme: Option<Scheme>,
    /// Host, and port where one is written: from a URL, an absolute target or `:authority`, else from the field `Host`.
    /// What is signed is the field, which a curl command can set to something else.
    pub authority: Option<String>,
    /// Path and query in origin form, or `*`. Bytes as sent: spaces and what is not ASCII may be among them.
    pub target: Vec<u8>,
    pub version: Version,
    /// Fields in order, names as written, values without the white space around them; a folded line is one space.
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

/// How the connection is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

/// The protocol's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Http10,
    Http11,
    Http2,
    Http3,
}

impl Message {
    /// A request over HTTP/1.1 for a URL that was read, with its `Host` and without a body.
    pub fn new(method: impl Into<String>, url: &crate::url::Url) -> Self {
        Self {
            method: method.into(),
            scheme: Some(url.scheme),
            authority: Some(url.authority.clone()),
            target: url.target.clone(),
            version: Version::Http11,
            headers: vec![("Host".to_owned(), url.authority.clone().into_bytes())],
            body: Vec::new(),
        }
    }

    /// The first value of a field; names compare without case.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// Whether the body goes out in chunks of HTTP, which is not the same as chunks of `aws-chunked`.
    pub fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case(b"chunked"))
    }

    /// Adds `Content-Length` where a body would have no end otherwise: a server takes a request that names neither a length
    /// nor chunks for one without a body.
    pub fn end_body(&mut self) {
        if !self.body.is_empty() && self.header("content-length").is_none() && !self.is_chunked() {
            self.headers.push(("Content-Length".to_owned(), self.body.len().to_string().into_bytes()));
        }
    }
}

/// Names only: values and queries bear signatures and tokens.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Message")
            .field("method", &self.method)
            .field("scheme", &self.scheme)
            .field("authority", &self.authority)
            .field("path", &String::from_utf8_lossy(path))
            .field("version", &self.version)
            .field("headers", &names)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl Scheme {
    /// As it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that a URL need not name, and `Host` does not.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// Reads a scheme in either case.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        [Self::Http, Self::Https]
            .into_iter()
            .find(|scheme| text.eq_ignore_ascii_case(scheme.as_str().as_bytes()))
    }
}

impl Version {
    /// As it stands in a request line. Those of HTTP/2 and 3 stand there in traces alone.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Http3 => "HTTP/3",
        }
    }
}

/// Whether a text is a token of RFC 9110, section 5.6.2, as methods and names of fields are.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// The first byte that no field value may hold: it would begin another line for some reader.
pub(crate) fn forbidden_in_value(value: &[u8]) -> Option<usize> {
    value.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

/// The name of such a byte.
pub(crate) fn byte_name(byte: u8) -> &'static str {
    match byte {
        b'\r' => "a carriage return",
        b'\n' => "a line feed",
        b'\t' => "a tab",
        0 => "a NUL byte",
        _ => "a control character",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_names_and_no_values() {
        let url = crate::url::read("https://h/p?X-Amz-Signature=s3cret").unwrap();
        let mut message = Message::new("PUT", &url);
        message.headers.push(("X-Amz-Security-Token".to_owned(), b"s3cret".to_vec()));
        message.body = b"s3cret".to_vec();
        let shown = format!("{message:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("X-Amz-Security-Token") && shown.contains("6 bytes"), "{shown}");
    }

    #[test]
    fn a_body_gets_an_end_once() {
        let mut message = Message::new("PUT", &crate::url::read("https://h/").unwrap());
        message.end_body();
        assert_eq!(message.headers.len(), 1);
        message.body = b"four".to_vec();
        message.end_body();
        message.end_body();
        assert_eq!(message.header("Content-Length"), Some(b"4".as_slice()));
        assert_eq!(message.headers.len(), 2);
    }
}

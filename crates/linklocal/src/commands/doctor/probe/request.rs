//! A request as the bytes that are sent.
//!
//! Rule: a line is sent as it was written, so that spelling and white space can be part of a question.

use std::time::Duration;

/// One request. Unless told otherwise it names the endpoint as its host and asks to close the connection.
#[derive(Clone)]
pub(crate) struct Request {
    method: &'static str,
    target: String,
    version: &'static str,
    host: Host,
    closing: bool,
    lines: Vec<String>,
    body: Vec<u8>,
    pub(crate) patience: Duration,
}

#[derive(Clone)]
enum Host {
    Endpoint,
    Other(&'static str),
    Absent,
}

impl Request {
    pub(crate) fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            version: "HTTP/1.1",
            host: Host::Endpoint,
            closing: true,
            lines: Vec::new(),
            body: Vec::new(),
            patience: PATIENCE,
        }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// A header line without its end.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// With a body, and its length; whoever wants another length says so by a line of its own and sends no body here.
    pub(crate) fn body(self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let line = format!("Content-Length: {}", body.len());
        Self { body, ..self.line(line) }
    }

    pub(crate) fn host(self, host: &'static str) -> Self {
        Self { host: Host::Other(host), ..self }
    }

    /// As clients of HTTP/1.0 ask: without a host, without a word on the connection.
    pub(crate) fn http_1_0(self) -> Self {
        Self { version: "HTTP/1.0", host: Host::Absent, closing: false, ..self }
    }

    /// Without a word on the connection.
    pub(crate) fn plain(self) -> Self {
        Self { closing: false, ..self }
    }

    /// For what the service may have to make first.
    pub(crate) fn patient(self) -> Self {
        Self { patience: LONG_PATIENCE, ..self }
    }

    /// Whether the target can stand in a request line: names that a service listed become part of it.
    pub(crate) fn is_sound(&self) -> bool {
        self.target.bytes().all(|byte| byte.is_ascii_graphic())
    }

    pub(crate) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// Head and body.
    pub(crate) fn bytes(&self, authority: &str, prefix: &str) -> Vec<u8> {
        let Self { method, target, version, .. } = self;
        let mut text = format!("{method} {prefix}{target} {version}\r\n");
        match self.host {
            Host::Endpoint => text.push_str(&format!("Host: {authority}\r\n")),
            Host::Other(host) => text.push_str(&format!("Host: {host}\r\n")),
            Host::Absent => {}
        }
        text.push_str(&format!("User-Agent: {AGENT}\r\n"));
        for line in &self.lines {
            text.push_str(&format!("{line}\r\n"));
        }
        if self.closing {
            text.push_str("Connection: close\r\n");
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

const AGENT: &str = concat!("linklocal-doctor/", env!("CARGO_PKG_VERSION"));
const PATIENCE: Duration = Duration::from_secs(5);
/// A service of ours that runs for the first time makes its signing keys when a signature is first asked for.
const LONG_PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_sent_as_written() {
        let request = Request::get("//latest").line("x-name:value").plain();
        let text = String::from_utf8(request.bytes("[::1]:80", "/base")).unwrap();
        assert_eq!(
            text,
            format!(
                "GET /base//latest HTTP/1.1\r\nHost: [::1]:80\r\nUser-Agent: {AGENT}\r\nx-name:value\r\n\r\n"
            )
        );
        let text = String::from_utf8(Request::get("/").http_1_0().bytes("h", "")).unwrap();
        assert_eq!(text, format!("GET / HTTP/1.0\r\nUser-Agent: {AGENT}\r\n\r\n"));
        let text = String::from_utf8(Request::new("PUT", "/").host("evil.example").bytes("h", "")).unwrap();
        assert!(text.contains("Host: evil.example\r\n") && text.ends_with("Connection: close\r\n\r\n"));
        assert!(Request::get("/%0d%0a").is_sound());
        assert!(!Request::get("/a b").is_sound() && !Request::get("/a\r\nb").is_sound());
    }
}

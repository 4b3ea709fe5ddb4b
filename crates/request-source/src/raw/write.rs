//! A request as the bytes of HTTP/1.1.

use crate::{Message, Version};

use super::{Options, read};

/// Why a request has no form in HTTP/1.1 that reads back as the same request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("request cannot be written as HTTP/1.1: {problem}")]
pub struct RawWriteError {
    /// What is in the way. Holds names of fields, never their values.
    pub problem: String,
}

/// The request in origin form with CRLF. A body of `Transfer-Encoding: chunked` goes out as one chunk; a body without an end
/// goes to the end ([`Message::end_body`] gives it one); versions after 1.1 become 1.1. What is written was read back and is
/// the same request, so that no value begins a line of its own.
pub fn write(message: &Message) -> Result<Vec<u8>, RawWriteError> {
    let mut bytes = head(message);
    if message.is_chunked() {
        chunked(&mut bytes, &message.body);
    } else {
        bytes.extend_from_slice(&message.body);
    }
    let options = Options { most_body: message.body.len(), traces: false };
    let refused = |problem: String| Err(RawWriteError { problem });
    match read(&bytes, &options) {
        Err(error) => refused(format!("{error}, as written")),
        Ok(capture) if same(&capture.message, message) => Ok(bytes),
        Ok(_) => refused("a part of it would be read as something else".to_owned()),
    }
}

fn head(message: &Message) -> Vec<u8> {
    let version = match message.version {
        Version::Http10 => Version::Http10,
        _ => Version::Http11,
    };
    let mut bytes = Vec::with_capacity(256 + message.body.len());
    for part in [message.method.as_bytes(), b" ", &message.target, b" ", version.as_str().as_bytes(), b"\r\n"]
    {
        bytes.extend_from_slice(part);
    }
    for (name, value) in &message.headers {
        for part in [name.as_bytes(), if value.is_empty() { b":" } else { b": " }, value, b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

fn chunked(bytes: &mut Vec<u8>, body: &[u8]) {
    if !body.is_empty() {
        bytes.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
}

/// All but what the form does not carry: scheme, authority and later versions.
fn same(read: &Message, message: &Message) -> bool {
    let parts = |m: &Message| (m.method.clone(), m.target.clone(), m.headers.clone());
    parts(read) == parts(message) && read.body == message.body
}

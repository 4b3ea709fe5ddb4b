//! Requests as they come in, and as they are signed.

use request_source::Message;
use request_source::raw::{self, Options};
use sigv4::Request;

use super::input::MAX_INPUT;
use crate::failure::Failure;

/// A request that was read, and what was said beside it.
#[derive(Debug)]
pub(in crate::commands) struct Incoming {
    pub(in crate::commands) message: Message,
    /// What somebody should know about how it was read.
    pub(in crate::commands) notes: Vec<String>,
}

/// The view of a message that signatures work on.
#[derive(Debug)]
pub(in crate::commands) struct Wire<'a> {
    message: &'a Message,
    headers: Vec<(&'a str, &'a [u8])>,
}

impl Incoming {
    /// A captured request; `named` is where it is from.
    pub(in crate::commands) fn captured(bytes: &[u8], named: &str) -> Result<Self, Failure> {
        if bytes.trim_ascii().is_empty() {
            return Err(Failure::new(format!("{named} holds no request"))
                .hint("a request begins with a line like `GET /path HTTP/1.1`"));
        }
        let capture = raw::read(bytes, &Options::new(MAX_INPUT))
            .map_err(|error| Failure::of(&error).named(named).hint(wanted(bytes)))?;
        let notes = capture.notes.iter().map(ToString::to_string).collect();
        Ok(Self { message: capture.message, notes })
    }
}

impl<'a> Wire<'a> {
    pub(in crate::commands) fn of(message: &'a Message) -> Self {
        let headers = message.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        Self { message, headers }
    }

    pub(in crate::commands) fn request(&self) -> Request<'_> {
        Request { method: &self.message.method, target: &self.message.target, headers: &self.headers }
    }
}

/// What to do where a text is no request: most often it is what `sign` prints unless told otherwise.
fn wanted(bytes: &[u8]) -> &'static str {
    let is_signed_headers = bytes.starts_with(b"X-Amz-") || bytes.starts_with(b"Authorization:");
    match is_signed_headers {
        true => "these are headers alone; `linklocal sign --output raw` prints the whole request",
        false => "what is wanted is an HTTP/1.1 request as it goes over the wire",
    }
}

/// The host that the request is for, with its port where it names one.
pub(in crate::commands) fn host(message: &Message) -> String {
    let field = message.header("host").map(|value| String::from_utf8_lossy(value.trim_ascii()).into_owned());
    field.or_else(|| message.authority.clone()).unwrap_or_default()
}

/// The message with headers as they are typed, `Name: value`, behind its own.
pub(in crate::commands) fn with_headers(mut message: Message, typed: &[String]) -> Result<Message, Failure> {
    for line in typed {
        let (name, value) =
            line.split_once(':').map(|(name, value)| (name.trim_end(), value.trim())).unwrap_or_default();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            // The value may be a secret that was typed in the wrong place.
            return Err(Failure::usage("--header: what is typed is not NAME: VALUE")
                .hint("write -H 'Accept: text/plain'"));
        }
        if name.eq_ignore_ascii_case("host") {
            message.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
        }
        message.headers.push((name.to_owned(), value.as_bytes().to_vec()));
    }
    Ok(message)
}

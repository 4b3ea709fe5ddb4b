//! Requests as people paste them: a curl command, a URL.
//!
//! Rule: nothing is run, and no file is read but those that the command itself would send.

use std::collections::BTreeMap;

use request_source::curl::{self, CurlCommand, Source};
use request_source::{Message, url};

use super::input::{file, stdin};
use super::request::Incoming;
use crate::failure::Failure;

/// Whether a text begins with the name of curl, as a command line does.
pub(in crate::commands) fn is_curl(text: &[u8]) -> bool {
    let first = text.trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let name = first.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
    name == b"curl" || name == b"curl.exe"
}

/// Whether a text is a URL and nothing else.
pub(in crate::commands) fn is_url(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let begins =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|t| t.eq_ignore_ascii_case(scheme.as_bytes()));
    ["https://", "http://", "wss://", "ws://"].iter().any(|scheme| begins(scheme))
        && !text.iter().any(u8::is_ascii_whitespace)
}

/// A WebSocket begins with a GET over HTTP, which is what is signed. With the scheme as it was typed.
pub(in crate::commands) fn web(address: &str) -> (String, &'static str) {
    match address.split_once("://") {
        Some(("wss", rest)) => (format!("https://{rest}"), "wss"),
        Some(("ws", rest)) => (format!("http://{rest}"), "ws"),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => (address.to_owned(), "http"),
        _ => (address.to_owned(), "https"),
    }
}

/// A method as it is typed. Methods are told apart by case, and `get` is none of AWS's.
pub(in crate::commands) fn method(typed: &str) -> Result<&str, Failure> {
    let capitals = typed.to_ascii_uppercase();
    let is_known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&capitals.as_str());
    match is_known && capitals != typed {
        true => Err(Failure::usage(format!(
            "method {typed:?}: methods are told apart by case, and this one is in capitals"
        ))
        .hint(format!("write {capitals}"))),
        false => Ok(typed),
    }
}

/// What the command sends besides what it says itself; `on_stdin` where stdin is taken by the command line.
pub(in crate::commands) fn message_of(command: &CurlCommand, on_stdin: bool) -> Result<Message, Failure> {
    let mut contents = BTreeMap::new();
    for source in command.sources() {
        let bytes = match &source {
            Source::File(name) => file(name, "the body")?,
            Source::StandardInput if on_stdin => {
                return Err(Failure::new("the curl command reads stdin, where it stands itself")
                    .hint("give the body as @FILE"));
            }
            Source::StandardInput => stdin("the body")?,
        };
        contents.insert(source, bytes);
    }
    command.message(&contents).map_err(|error| Failure::of(&error).named("the curl command"))
}

impl Incoming {
    /// What is opened with a URL, which bears its signature.
    pub(in crate::commands) fn of_url(text: &str, typed: Option<&str>) -> Result<Self, Failure> {
        let (address, _) = web(text.trim());
        let url = url::read(&address)
            .map_err(|error| Failure::usage(error.to_string()).hint("give the whole URL, in quotes"))?;
        let message = Message::new(method(typed.unwrap_or("GET"))?, &url);
        Ok(Self { message, notes: Vec::new() })
    }

    /// What a curl command sends.
    pub(in crate::commands) fn of_curl(bytes: Vec<u8>, named: &str, on_stdin: bool) -> Result<Self, Failure> {
        let named = format!("the curl command in {named}");
        let line = String::from_utf8(bytes).map_err(|error| Failure::of(&error).named(&named))?;
        let command = curl::read_line(&line).map_err(|error| Failure::of(&error).named(&named))?;
        Ok(Self { message: message_of(&command, on_stdin)?, notes: Vec::new() })
    }
}

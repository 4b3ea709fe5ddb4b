//! A request as a command line of curl, to paste into any POSIX shell.

use std::fmt::Write as _;

use super::request::MOST_UNASKED;
use crate::{Message, Scheme, Version};

/// Why no command line of curl sends a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("request cannot be written for curl: {problem}")]
pub struct CurlWriteError {
    /// What is in the way and what would do. Holds names of fields, never their values.
    pub problem: String,
}

/// The command line: on one line, or with each field on a line of its own. It sends the same method, target, fields and body.
/// What curl would add of itself is left out, but for the length of a body; the order of fields can differ, which no signature
/// minds. A body that is no plain text, or is longer than a shell takes in a word, comes in front with `printf`, so that the
/// line stands alone.
///
/// The scheme is `https` where the request does not say. The line holds what the request holds, signatures and tokens too.
pub fn write(message: &Message) -> Result<String, CurlWriteError> {
    let body = body(message)?;
    let fields = text_fields(message, body.is_some())?;
    let mut line = String::new();
    if let Some(Fed { format: Some(format), .. }) = &body {
        let _ = write!(line, "printf {} | ", quoted(format));
    }
    line.push_str("curl");
    for option in switches(message, body.is_some())? {
        let _ = write!(line, " {option}");
    }
    let _ = write!(line, " {}", quoted(&url(message)?));
    for field in fields {
        let _ = write!(line, " \\\n  -H {}", quoted(&field));
    }
    if let Some(Fed { option, .. }) = &body {
        let _ = write!(line, " \\\n  {option}");
    }
    Ok(line)
}

/// How the body gets to curl.
struct Fed {
    /// For `printf` in front.
    format: Option<String>,
    option: String,
}

fn body(message: &Message) -> Result<Option<Fed>, CurlWriteError> {
    let declares_none = message.header("content-length").is_some_and(|length| length == b"0");
    if message.body.is_empty() && !message.is_chunked() && !declares_none {
        return Ok(None);
    }
    if let Some(length) = message.header("content-length")
        && length != message.body.len().to_string().as_bytes()
    {
        return refused("Content-Length is not the length of the body");
    }
    let text = std::str::from_utf8(&message.body).ok();
    let text = text.filter(|text| text.len() <= MOST_WORD && !text.chars().any(is_unfit));
    Ok(Some(match text {
        Some(text) => Fed { format: None, option: format!("--data-raw {}", quoted(text)) },
        None => Fed { format: Some(format_of(&message.body)), option: "--data-binary @-".to_owned() },
    }))
}

/// What a terminal would not take as it is; line feeds and tabs stay.
fn is_unfit(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// Options other than fields and body.
fn switches(message: &Message, has_body: bool) -> Result<Vec<String>, CurlWriteError> {
    let mut switches = Vec::new();
    match (message.method.as_str(), has_body) {
        ("GET", false) | ("POST", true) => {}
        ("HEAD", false) => switches.push("-I".to_owned()),
        (method, _) if crate::message::is_token(method.as_bytes()) => {
            switches.push(format!("-X {}", quoted(method)))
        }
        _ => return refused("the method is no word"),
    }
    if message.version == Version::Http10 {
        switches.push("--http1.0".to_owned());
    }
    let target = text("target", &message.target)?;
    if target.chars().any(char::is_control)
        || target.ends_with(' ')
        || !(target.starts_with('/') || target == "*")
    {
        return refused("the target must begin with / and hold no control character");
    }
    if needs_request_target(target) {
        switches.push(format!("--request-target {}", quoted(target)));
    } else if has_dots(target) {
        switches.push("--path-as-is".to_owned());
    }
    if !needs_request_target(target) && target.contains(['{', '}', '[', ']', '\\']) {
        switches.push("-g".to_owned());
    }
    Ok(switches)
}

/// Whether curl, or some version of it, would take segments out of the path.
fn has_dots(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    path.to_ascii_lowercase().replace("%2e", ".").contains("/.")
}

/// Whether a URL cannot carry the target untouched.
fn needs_request_target(target: &str) -> bool {
    target == "*" || target.contains('#') || target.chars().any(|c| !c.is_ascii_graphic())
}

fn url(message: &Message) -> Result<String, CurlWriteError> {
    let Some(authority) = &message.authority else {
        return refused("the request does not say its host; add the field Host");
    };
    let scheme = message.scheme.unwrap_or(Scheme::Https).as_str();
    let target = text("target", &message.target)?;
    let path = if needs_request_target(target) { "/" } else { target };
    // Whatever ends an authority would make another URL of it.
    if authority.contains(['/', '?', '#', '@']) {
        return refused("the authority must be host or host:port");
    }
    let url = format!("{scheme}://{authority}{path}");
    crate::url::read(&url).or_else(|error| refused(&error.to_string()))?;
    Ok(url)
}

/// Fields in the form of `-H`, with those that keep curl from adding its own.
fn text_fields(message: &Message, has_body: bool) -> Result<Vec<String>, CurlWriteError> {
    let mut fields = Vec::with_capacity(message.headers.len());
    if message.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host")).count() > 1 {
        return refused("Host stands twice; keep one");
    }
    let same_host = |value: &[u8]| {
        let default = message.scheme.unwrap_or(Scheme::Https);
        let plain = message.authority.as_ref().and_then(|text| crate::raw::normal_authority(default, text));
        plain.is_some_and(|plain| plain.as_bytes() == value)
    };
    for (name, value) in &message.headers {
        if !crate::message::is_token(name.as_bytes()) {
            return refused("the name of a field holds a byte that no name may hold");
        }
        if crate::message::forbidden_in_value(value).is_some()
            || crate::raw::trimmed(value) != value.as_slice()
        {
            return refused(&format!("{name} holds a line end, a NUL byte, or white space around its value"));
        }
        let is_own = (name.eq_ignore_ascii_case("host") && same_host(value))
            || name.eq_ignore_ascii_case("content-length");
        if !is_own {
            let value = text(name, value)?;
            fields.push(if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") });
        }
    }
    let added = [
        ("Host", true),
        ("User-Agent", true),
        ("Accept", true),
        ("Content-Type", has_body),
        ("Expect", message.body.len() > MOST_UNASKED),
    ];
    fields.extend(
        added
            .iter()
            .filter(|(name, is_added)| *is_added && message.header(name).is_none())
            .map(|(name, _)| format!("{name}:")),
    );
    Ok(fields)
}

fn text<'a>(what: &str, bytes: &'a [u8]) -> Result<&'a str, CurlWriteError> {
    std::str::from_utf8(bytes)
        .or_else(|_| refused(&format!("{what} is not UTF-8 text; write the request as raw HTTP")))
}

/// A word in single quotes, within which nothing has a meaning; plain words stay plain.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,*".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) && !text.starts_with(['-', '*', '=']) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A format that makes any `printf` write the bytes.
fn format_of(body: &[u8]) -> String {
    let mut format = String::with_capacity(body.len() * 2);
    for (at, byte) in body.iter().enumerate() {
        match byte {
            // printf would take it for an option.
            b'-' if at == 0 => format.push_str("\\055"),
            b'%' => format.push_str("%%"),
            b'\\' => format.push_str("\\\\"),
            b'\n' => format.push_str("\\n"),
            b' '..=b'~' => format.push(char::from(*byte)),
            _ => {
                let _ = write!(format, "\\{byte:03o}");
            }
        }
    }
    format
}

fn refused<T>(problem: &str) -> Result<T, CurlWriteError> {
    Err(CurlWriteError { problem: problem.to_owned() })
}

/// Linux takes 128 KiB in a word; a terminal less.
const MOST_WORD: usize = 64 * 1024;

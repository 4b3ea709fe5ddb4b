//! URLs: from the text to what a request line and `Host` hold.
//!
//! Rule: path and query stay as typed; what would be sent differently by different clients is refused. Sources: RFC 3986,
//! RFC 9110 section 4.2, and curl as it is observed.

mod dots;

use std::net::{Ipv4Addr, Ipv6Addr};

use types::Secret;

use crate::message::Scheme;

/// A URL, taken apart for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    pub scheme: Scheme,
    /// What stood before `@`, decoded.
    pub user: Option<User>,
    /// Host as typed, and the port unless it is the scheme's own: what `Host` says.
    pub authority: String,
    /// Path and query as typed, without the fragment; `/` where no path is written. Printable ASCII.
    pub target: Vec<u8>,
}

/// A name, and the password with it where one is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub password: Option<Secret<String>>,
}

/// Why a text is no URL to send a request to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("URL, column {column}: {problem}")]
pub struct UrlError {
    /// From 1, in characters of the URL.
    pub column: usize,
    /// What is wrong there and what would do. Holds no part of a query or a password.
    pub problem: String,
}

/// Reads a URL with the scheme `http` or `https`, of at most 64 KiB.
pub fn read(text: &str) -> Result<Url, UrlError> {
    read_with(text, None, false)
}

/// The same, where a text without a scheme gets one, and `.` and `..` may leave the path, as curl does without
/// `--path-as-is`.
pub(crate) fn read_with(text: &str, default: Option<Scheme>, without_dots: bool) -> Result<Url, UrlError> {
    let source = Source { text };
    source.check()?;
    let (scheme, start) = match text.find("://") {
        Some(at) if !text[..at].contains(['/', '?', '#', '@']) => (source.scheme(at)?, at + "://".len()),
        _ => (default.ok_or_else(|| source.at(0, NO_SCHEME))?, 0),
    };
    let rest = &text[start..];
    let path = rest.find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let (user, host) = match text[start..path].rfind('@') {
        Some(at) => (Some(source.user(start, start + at)?), start + at + 1),
        None => (None, start),
    };
    let authority = source.authority(host, path, scheme)?;
    let target = text[path..].split('#').next().unwrap_or_default();
    let slash = if target.starts_with('/') { "" } else { "/" };
    let mut target = format!("{slash}{target}").into_bytes();
    if without_dots {
        target = dots::remove(&target).map_err(|at| source.at(path + at - slash.len(), ENCODED_DOTS))?;
    }
    Ok(Url { scheme, user, authority, target })
}

/// The text, and where in it something is wrong.
struct Source<'a> {
    text: &'a str,
}

impl Source<'_> {
    fn at(&self, offset: usize, problem: impl Into<String>) -> UrlError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        UrlError { column: before.chars().count() + 1, problem: problem.into() }
    }

    /// No client sends anything but printable ASCII untouched.
    fn check(&self) -> Result<(), UrlError> {
        if self.text.len() > MOST_BYTES {
            return Err(self.at(0, format!("the URL is longer than {MOST_BYTES} bytes")));
        }
        let Some((at, odd)) = self.text.char_indices().find(|(_, c)| !c.is_ascii_graphic()) else {
            return Ok(());
        };
        let mut bytes = [0; 4];
        let encoded: String =
            odd.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect();
        Err(self.at(
            at,
            match odd {
                ' ' => "a space ends a URL; write %20, and put quotes around the URL".to_owned(),
                c if c.is_control() => format!("a control character; write {encoded}"),
                _ => format!(
                    "clients differ in how they send {odd:?}; write {encoded}, or xn-- in the name of a host"
                ),
            },
        ))
    }

    fn scheme(&self, end: usize) -> Result<Scheme, UrlError> {
        Scheme::read(&self.text.as_bytes()[..end])
            .ok_or_else(|| self.at(0, "only http:// and https:// are requests that can be signed"))
    }

    fn user(&self, start: usize, end: usize) -> Result<User, UrlError> {
        let (name, password) = match self.text[start..end].split_once(':') {
            Some((name, password)) => (name, Some(password)),
            None => (&self.text[start..end], None),
        };
        let decode = |text: &str| {
            decode(text).ok_or_else(|| self.at(start, "name and password before @ are not decodable; use -u"))
        };
        Ok(User { name: decode(name)?, password: password.map(decode).transpose()?.map(Secret::new) })
    }

    fn authority(&self, start: usize, end: usize, scheme: Scheme) -> Result<String, UrlError> {
        let text = &self.text[start..end];
        let host = match text.rfind(']') {
            Some(at) => &text[..=at],
            None => text.split(':').next().unwrap_or_default(),
        };
        self.check_host(start, host)?;
        let after = &text[host.len()..];
        let port = match after.strip_prefix(':') {
            None if after.is_empty() => None,
            // A colon alone is the scheme's own port.
            Some("") => None,
            Some(digits) => Some(self.port(start + host.len() + 1, digits)?),
            None => return Err(self.at(start + host.len(), "only a port can follow ]; write [address]:port")),
        };
        Ok(match port.filter(|port| *port != scheme.default_port()) {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    fn port(&self, at: usize, digits: &str) -> Result<u16, UrlError> {
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        number.ok_or_else(|| self.at(at, "a port is a number up to 65535"))
    }

    fn check_host(&self, at: usize, host: &str) -> Result<(), UrlError> {
        if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return match address.parse::<Ipv6Addr>() {
                Ok(_) => Ok(()),
                Err(_) => {
                    Err(self
                        .at(at, "no IPv6 address in brackets, such as [2001:db8::1]; zones cannot be signed"))
                }
            };
        }
        if host.is_empty() {
            return Err(self.at(at, "the name of the host is missing"));
        }
        if let Some(odd) = host.find(|c: char| !c.is_ascii_alphanumeric() && !"-._~".contains(c)) {
            return Err(self.at(at + odd, "the name of a host has letters, digits, '-', '.' and '_'"));
        }
        // Clients rewrite 127.1 and 0x7f000001, each in its own way.
        let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
        if numeric && host.parse::<Ipv4Addr>().is_err() {
            return Err(self.at(at, "an IPv4 address has four decimal parts, such as 127.0.0.1"));
        }
        Ok(())
    }
}

/// Undoes percent encoding; no text where it is broken, or is none of UTF-8 without control characters.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { hex(rest.next()?)? << 4 | hex(rest.next()?)? } else { byte });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

/// The value of a hexadecimal digit.
fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

const NO_SCHEME: &str = "the scheme is missing; begin with https:// or http://";
const ENCODED_DOTS: &str = "versions of curl differ on a path segment of encoded dots; write the path without it, or add --path-as-is";
const MOST_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests;

//! As much of a URL as decides who is asked: scheme, host and port (RFC 3986, section 3).
//!
//! Rule: borrows, and reads no more than the rules of the SDKs look at. A text without `//` has no host.

use std::net::{IpAddr, Ipv4Addr};

/// The parts of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Url<'a> {
    /// As written; empty where there is none.
    pub(super) scheme: &'a str,
    /// Without the brackets of an IPv6 address, as written; nothing where it is empty.
    pub(super) host: Option<&'a str>,
    pub(super) bracketed: bool,
}

impl<'a> Url<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self { scheme: "", host: None, bracketed: false };
        };
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        // Whatever stands before the last `@` names a user.
        let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let bracketed = host_and_port.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let host = match bracketed {
            Some((host, _)) => host,
            None => host_and_port.rsplit_once(':').map_or(host_and_port, |(host, _)| host),
        };
        Self { scheme, host: Some(host).filter(|host| !host.is_empty()), bracketed: bracketed.is_some() }
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }

    pub(super) fn is_http(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("http")
    }

    /// The host as an address, where it is one.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.host?.parse().ok()
    }
}

/// An IPv4 address in one of its older spellings, as browsers, JavaScript and C libraries read them: `127.1`, `0x7f000001`
/// (WHATWG URL, "IPv4 parser"; inet_aton(3)).
pub(super) fn older_ipv4(host: &str) -> Option<Ipv4Addr> {
    let parts = host.split('.').map(number).collect::<Option<Vec<u32>>>()?;
    let (last, first) = parts.split_last()?;
    let bits = 32 - 8 * u32::try_from(first.len()).ok().filter(|count| *count < 4)?;
    let fits = first.iter().all(|part| *part < 256) && (bits == 32 || *last < 1 << bits);
    let high = first.iter().fold(0, |address: u32, part| address << 8 | part);
    let high = high.checked_shl(bits).unwrap_or(0);
    fits.then(|| Ipv4Addr::from(high | last))
}

/// Decimal, octal with a leading zero, or hexadecimal with `0x`.
fn number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    match (lower.strip_prefix("0x"), lower.strip_prefix('0')) {
        (Some(digits), _) => u32::from_str_radix(digits, 16).ok(),
        (None, Some(digits)) if !digits.is_empty() => u32::from_str_radix(digits, 8).ok(),
        _ if lower.starts_with('+') => None,
        _ => lower.parse().ok(),
    }
}

/// Whether every byte may stand in a URI; Rust's parser refuses the rest.
pub(super) fn has_only_uri_characters(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(byte, b'<' | b'>' | b'"' | b'\\' | b'^' | b'`' | b'{' | b'}' | b'|')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_spellings_of_addresses() {
        let cases = [
            ("127.1", Some("127.0.0.1")),
            ("127.0.1", Some("127.0.0.1")),
            ("2130706433", Some("127.0.0.1")),
            ("0x7f.1", Some("127.0.0.1")),
            ("0177.0.0.1", Some("127.0.0.1")),
            ("255.255.255.255", Some("255.255.255.255")),
            ("127.256.1", None),
            ("256.0.0.1", None),
            ("1.2.3.4.5", None),
            ("127.", None),
            ("localhost", None),
            ("", None),
        ];
        for (text, address) in cases {
            assert_eq!(older_ipv4(text).map(|found| found.to_string()).as_deref(), address, "{text}");
        }
    }

    #[test]
    fn finds_scheme_and_host() {
        let cases = [
            ("http://localhost:8080/a", "http", Some("localhost")),
            ("https://mypersonalsite/credentials", "https", Some("mypersonalsite")),
            ("http://[fd00:ec2::23]/v1", "http", Some("fd00:ec2::23")),
            ("http://[::1]:9/v1", "http", Some("::1")),
            ("http://127.0.0.1@example.com/", "http", Some("example.com")),
            ("http://h?x=http://127.0.0.1/", "http", Some("h")),
            ("http:///path", "http", None),
            ("/credentials", "", None),
            ("not a uri", "", None),
            ("", "", None),
        ];
        for (text, scheme, host) in cases {
            let url = Url::parse(text);
            assert_eq!((url.scheme, url.host), (scheme, host), "{text}");
        }
    }
}

//! As much of a URL as decides who is asked: scheme, host and port (RFC 3986, section 3).
//!
//! Rule: borrows, and reads no more than the rules of the SDKs look at. A text without `//` has no host.

use std::net::IpAddr;

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

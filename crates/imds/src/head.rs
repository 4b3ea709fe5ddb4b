//! What the service looks at in a request's head.

use http::{HeaderMap, HeaderName, Method, Uri, Version, header};
use metadata::Field;

/// The header fields that matter, found in one pass.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    pub(crate) token: Field<'a>,
    pub(crate) token_ttl: Field<'a>,
    pub(crate) forwarded: bool,
    pub(crate) authorization: Field<'a>,
    /// Whether the client asks, in so many words, to keep the connection.
    pub(crate) keep_alive: bool,
    /// Whether it asks to close it.
    pub(crate) close: bool,
    pub(crate) host: Option<&'a [u8]>,
    /// Two `Host` fields that differ: what was asked of whom is anybody's guess (RFC 9112 section 3.2).
    pub(crate) hosts_differ: bool,
    /// Whether it bears a field that browsers add to what pages ask for, and nobody else does: `Origin`, `Referer`,
    /// `Sec-Fetch-…` (Fetch, Fetch Metadata Request Headers).
    pub(crate) from_browser: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn read(headers: &'a HeaderMap) -> Self {
        let mut fields = Self {
            token: Field::Absent,
            token_ttl: Field::Absent,
            forwarded: false,
            authorization: Field::Absent,
            keep_alive: false,
            close: false,
            host: None,
            hosts_differ: false,
            from_browser: false,
        };
        for (name, value) in headers {
            let value = value.as_bytes();
            if *name == header::HOST {
                fields.hosts_differ |= fields.host.replace(value).is_some_and(|before| before != value);
            } else if *name == header::CONNECTION && value == b"keep-alive" {
                // What nearly all clients that keep connections say.
                fields.keep_alive = true;
            } else if *name == header::CONNECTION {
                fields.keep_alive |= has_option(value, b"keep-alive");
                fields.close |= has_option(value, b"close");
            } else {
                match name.as_str() {
                    "x-aws-ec2-metadata-token" => fields.token = and(fields.token, value),
                    "x-aws-ec2-metadata-token-ttl-seconds" => {
                        fields.token_ttl = and(fields.token_ttl, value);
                    }
                    "x-forwarded-for" => fields.forwarded = true,
                    "authorization" => fields.authorization = and(fields.authorization, value),
                    "origin" | "referer" => fields.from_browser = true,
                    name => fields.from_browser |= name.starts_with("sec-fetch-"),
                }
            }
        }
        fields.keep_alive &= !fields.close;
        fields
    }

    /// Whether the connection stays open with a server that follows HTTP's default, as the metadata service does not
    /// (RFC 9112 section 9.3).
    pub(crate) fn stays_by_default(&self, version: Version) -> bool {
        self.keep_alive || (version == Version::HTTP_11 && !self.close)
    }
}

/// The method, as far as the service tells methods apart.
pub(crate) fn method(method: &Method) -> metadata::Method {
    match *method {
        Method::GET => metadata::Method::Get,
        Method::HEAD => metadata::Method::Head,
        Method::PUT => metadata::Method::Put,
        Method::OPTIONS => metadata::Method::Options,
        _ => metadata::Method::Other,
    }
}

/// Path and query as they came. Of a target in absolute form the service does not care for scheme and authority;
/// authority form (`CONNECT`) has nothing else.
pub(crate) fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |path| path.as_str())
}

/// `field` after one more line of its name.
fn and<'a>(field: Field<'a>, value: &'a [u8]) -> Field<'a> {
    match field {
        Field::Absent => Field::One(value.trim_ascii()),
        Field::One(_) | Field::Repeated => Field::Repeated,
    }
}

/// Whether a `Connection` field lists `option` (RFC 9110 section 7.6.1).
fn has_option(value: &[u8], option: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(option))
}

/// The field that carries a session token.
pub(crate) const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let parse = |(name, value): &(&'static str, &'static str)| {
            (name.parse::<HeaderName>().unwrap(), value.parse::<http::HeaderValue>().unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in lines.iter().map(parse) {
            map.append(name, value);
        }
        map
    }

    #[test]
    fn connection_is_a_list_in_any_case() {
        for (lines, keep_alive) in [
            (&[][..], false),
            (&[("connection", "keep-alive")], true),
            (&[("connection", "Keep-Alive")], true),
            (&[("connection", "TE , KEEP-ALIVE")], true),
            (&[("connection", "te"), ("connection", "keep-alive")], true),
            (&[("connection", "close")], false),
            (&[("connection", "keep-alive, close")], false),
            (&[("connection", "keep-alive"), ("connection", "close")], false),
            (&[("connection", "keep-alive-not")], false),
        ] {
            assert_eq!(Fields::read(&headers(lines)).keep_alive, keep_alive, "{lines:?}");
        }
    }

    #[test]
    fn repeated_fields_are_told_from_single_ones() {
        let map = headers(&[("x-aws-ec2-metadata-token", "a"), ("host", "x"), ("host", "x")]);
        let fields = Fields::read(&map);
        assert_eq!((fields.token, fields.token_ttl), (Field::One(b"a"), Field::Absent));
        assert!(!fields.hosts_differ && !fields.forwarded);

        let map = headers(&[
            ("x-aws-ec2-metadata-token", "a"),
            ("x-aws-ec2-metadata-token", "a"),
            ("host", "x"),
            ("host", "y"),
            ("x-forwarded-for", ""),
        ]);
        let fields = Fields::read(&map);
        assert_eq!(fields.token, Field::Repeated);
        assert!(fields.hosts_differ && fields.forwarded);
    }

    #[test]
    fn targets_lose_scheme_and_authority_only() {
        for (uri, expected) in [
            ("/latest//x?y=1", "/latest//x?y=1"),
            ("//latest/meta-data", "//latest/meta-data"),
            ("http://169.254.169.254/latest/%69d", "/latest/%69d"),
            ("http://169.254.169.254", "/"),
            ("169.254.169.254:80", "/"),
            ("*", "*"),
        ] {
            assert_eq!(target(&uri.parse().unwrap()), expected, "{uri}");
        }
    }
}

//! Request targets as paths of the tree (facts/imds.md section 1.6).
//!
//! One rule: whatever a target says, what comes out is a list of names below the root. The query is dropped, escapes are
//! decoded once, empty and `.` segments vanish, `..` stops at the root. A clean target is borrowed, not copied.

use std::borrow::Cow;

/// A path below the root of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<'a>(Cow<'a, str>);

/// The target is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error("request target has 8192 bytes or more")]
    TooLong,
    #[error("request target is neither a path nor an http URL")]
    NotAPath,
    #[error("request target has a % that two hexadecimal digits do not follow")]
    BadEscape,
}

impl<'a> Path<'a> {
    /// Targets of this many bytes are refused.
    pub const LIMIT: usize = 8192;

    /// Reads a target in origin form or, as sent to proxies, absolute form (RFC 9112 section 3.2).
    ///
    /// An escaped slash is a slash, since nothing here has one in its name. Escapes that are not UTF-8 decode to U+FFFD,
    /// which is in no name either, so that the path names nothing.
    pub fn parse(target: &'a str) -> Result<Self, PathError> {
        if target.len() >= Self::LIMIT {
            return Err(PathError::TooLong);
        }
        let raw = origin_form(target).ok_or(PathError::NotAPath)?;
        if !is_special(raw) {
            return Ok(Self(Cow::Borrowed(raw)));
        }
        let path = raw.split_once('?').map_or(raw, |(path, _query)| path);
        if !path.contains('%') && !path.contains("..") {
            return Ok(Self(Cow::Borrowed(path)));
        }
        let decoded = decode(path)?;
        Ok(Self(Cow::Owned(resolve(&decoded))))
    }

    /// The names on the way from the root; none for the root itself.
    pub fn segments(&self) -> Segments<'_> {
        Segments { rest: &self.0 }
    }

    /// Whether the path was written with a slash at its end; it names the same thing either way.
    pub fn ends_in_slash(&self) -> bool {
        self.0.ends_with('/')
    }
}

/// The names of a path, in order. Cheaper than `str::split`, which searches for characters and not for bytes.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Segments<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.rest.is_empty() {
            let slash = self.rest.bytes().position(|byte| byte == b'/');
            let (segment, rest) =
                slash.map_or((self.rest, ""), |at| (&self.rest[..at], &self.rest[at + 1..]));
            self.rest = rest;
            if !matches!(segment, "" | ".") {
                return Some(segment);
            }
        }
        None
    }
}

/// Drops scheme and authority. An empty path of a URL is the root.
fn origin_form(target: &str) -> Option<&str> {
    if target.starts_with('/') {
        return Some(target);
    }
    let (scheme, rest) = target.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    Some(rest.find(['/', '?']).map_or("", |at| &rest[at..]))
}

/// Whether any byte wants a closer look; few targets have one.
fn is_special(raw: &str) -> bool {
    raw.bytes().any(|byte| matches!(byte, b'?' | b'%' | b'.'))
}

/// Percent-decoding (RFC 3986 section 2.1).
fn decode(path: &str) -> Result<String, PathError> {
    let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let (high, low) = (digit(bytes.next()), digit(bytes.next()));
        let (high, low) = high.zip(low).ok_or(PathError::BadEscape)?;
        decoded.push((high << 4 | low) as u8);
    }
    Ok(String::from_utf8(decoded)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Removes `.`, `..` and empty segments (RFC 3986 section 5.2.4), keeping a slash at the end.
fn resolve(path: &str) -> String {
    let mut resolved = String::with_capacity(path.len());
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => resolved.truncate(resolved.rfind('/').unwrap_or(0)),
            name => {
                resolved.push('/');
                resolved.push_str(name);
            }
        }
    }
    if resolved.is_empty() || path.ends_with('/') {
        resolved.push('/');
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn segments(target: &str) -> Result<String, PathError> {
        Path::parse(target).map(|path| path.segments().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn targets_become_names() {
        let cases = [
            ("/", ""),
            ("//", ""),
            ("/latest/meta-data/instance-id", "latest meta-data instance-id"),
            ("//latest//meta-data///instance-id//", "latest meta-data instance-id"),
            ("/latest/./meta-data/.", "latest meta-data"),
            ("/latest/meta-data/%69nstance-id?x=1", "latest meta-data instance-id"),
            ("/latest?a=%zz", "latest"),
            ("/latest%2Fmeta-data", "latest meta-data"),
            ("/a/../b", "b"),
            ("/a/b/..", "a"),
            ("/../../etc/passwd", "etc passwd"),
            ("/%2e%2e/%2E%2E/a", "a"),
            ("/%252e%252e/a", "%2e%2e a"),
            ("/a..b/c", "a..b c"),
            ("/.../a", "... a"),
            ("/a%00b", "a\0b"),
            ("/%ff", "\u{fffd}"),
            ("http://169.254.169.254/latest/meta-data", "latest meta-data"),
            ("HTTP://[fd00:ec2::254]:80", ""),
            ("https://host?x", ""),
        ];
        for (target, expected) in cases {
            assert_eq!(segments(target).as_deref(), Ok(expected), "{target}");
        }
    }

    #[test]
    fn refuses_what_is_no_path() {
        for target in ["", "*", "latest", "169.254.169.254:80", "ftp://host/"] {
            assert_eq!(segments(target), Err(PathError::NotAPath), "{target}");
        }
        for target in ["/%", "/%4", "/%zz", "/a%+1", "/%é"] {
            assert_eq!(segments(target), Err(PathError::BadEscape), "{target}");
        }
        let limit = "/".repeat(Path::LIMIT);
        assert_eq!(segments(&limit), Err(PathError::TooLong));
        assert_eq!(segments(&limit[1..]).as_deref(), Ok(""));
    }

    #[test]
    fn clean_paths_are_borrowed() {
        for target in ["/latest/meta-data/tags/instance/a.b", "//latest/meta-data/?q=%"] {
            assert!(matches!(Path::parse(target).unwrap().0, Cow::Borrowed(_)), "{target}");
        }
    }

    proptest! {
        #[test]
        fn resolving_twice_changes_nothing(path in "/[a./]{0,30}") {
            let once = resolve(&path);
            prop_assert_eq!(resolve(&once), once.clone());
            prop_assert!(once.split('/').all(|segment| segment != ".." && segment != "."));
        }

        #[test]
        fn never_leaves_the_root_nor_panics(target in "(/|http://h)?(\\PC|[./%?]|%2e|%2f){0,40}") {
            if let Ok(path) = Path::parse(&target) {
                prop_assert!(path.segments().all(|s| !matches!(s, "" | "." | "..") && !s.contains('/')));
            }
        }
    }
}

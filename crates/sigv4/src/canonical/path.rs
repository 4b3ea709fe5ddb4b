//! The canonical path.

use super::CanonicalError;
use super::encode::{is_well_escaped, write_encoded};
use crate::{PathEncoding, ServiceRules};

/// Appends the canonical form of a path as sent. `strict` refuses what verifiers read in different ways.
pub(super) fn write(
    path: &[u8],
    rules: &ServiceRules,
    strict: bool,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    if strict && !is_well_escaped(path) {
        return Err(CanonicalError::BrokenEscape);
    }
    let path = if path.is_empty() { b"/" } else { path };
    if strict && path[0] != b'/' {
        return Err(CanonicalError::NoOriginForm);
    }
    let normalized;
    let path = if rules.normalize_path && !is_normal(path) {
        normalized = normalize(path, strict)?;
        &normalized[..]
    } else {
        path
    };
    match rules.path {
        PathEncoding::AsSent => out.extend_from_slice(path),
        PathEncoding::Again => write_encoded(path, true, out),
    }
    Ok(())
}

/// Whether a path begins with `/` and no segment but the last is empty or begins with a dot: normalising changes nothing.
fn is_normal(path: &[u8]) -> bool {
    path.first() == Some(&b'/') && !path.windows(2).any(|pair| matches!(pair, b"//" | b"/."))
}

/// Removes `.`, `..` with what stands before it, and empty segments; never climbs above the root. A path that ends in a dot
/// segment ends in `/` (RFC 3986 section 5.2.4); some signers leave that slash out, and some verifiers refuse to climb above
/// the root, so `strict` takes neither.
fn normalize(path: &[u8], strict: bool) -> Result<Vec<u8>, CanonicalError> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut last: &[u8] = b"";
    for segment in path.split(|byte| *byte == b'/') {
        last = segment;
        match segment {
            b"" | b"." => {}
            b".." if kept.pop().is_none() && strict => return Err(CanonicalError::AmbiguousPath),
            b".." => {}
            _ => kept.push(segment),
        }
    }
    let dots = matches!(last, b"." | b"..");
    if strict && dots && !kept.is_empty() {
        return Err(CanonicalError::AmbiguousPath);
    }
    let mut out = Vec::with_capacity(path.len() + 1);
    for segment in &kept {
        out.push(b'/');
        out.extend_from_slice(segment);
    }
    if dots || last.is_empty() || kept.is_empty() {
        out.push(b'/');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(path: &str, service: &str, strict: bool) -> Result<String, CanonicalError> {
        let mut out = Vec::new();
        write(path.as_bytes(), &ServiceRules::of(service), strict, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn normalises_and_encodes_again() {
        for (path, expected) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/a/", "/a/"),
            ("/a//b/", "/a/b/"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/b/../..", "/"),
            ("/./", "/"),
            ("/.well-known/x", "/.well-known/x"),
            ("/...", "/..."),
            ("/a%20b", "/a%2520b"),
            ("/a%2Fb", "/a%252Fb"),
            ("/%2e%2e/a", "/%252e%252e/a"),
            ("/a:b@c", "/a%3Ab%40c"),
            ("/a b+é", "/a%20b%2B%C3%A9"),
            ("/-._~09AZaz", "/-._~09AZaz"),
        ] {
            assert_eq!(canonical(path, "sts", true).as_deref(), Ok(expected), "{path}");
        }
    }

    #[test]
    fn leaves_the_path_of_s3_as_sent() {
        for path in ["/", "//a//", "/./a/..", "/a%20b", "/a:b", "/é"] {
            assert_eq!(canonical(path, "s3", true).as_deref(), Ok(path));
        }
    }

    #[test]
    fn signs_no_path_that_is_read_in_two_ways() {
        for (path, read) in [("/a/.", "/a/"), ("/a/b/..", "/a/"), ("/../a", "/a"), ("/a/../../b", "/b")] {
            assert_eq!(canonical(path, "sts", true), Err(CanonicalError::AmbiguousPath), "{path}");
            assert_eq!(canonical(path, "sts", false).as_deref(), Ok(read), "{path}");
        }
        for path in ["https://example.com/", "*", "..", "a"] {
            assert_eq!(canonical(path, "s3", true), Err(CanonicalError::NoOriginForm), "{path}");
        }
        for (path, read) in [("/100%", "/100%25"), ("/%zz", "/%25zz"), ("/%2", "/%252")] {
            assert_eq!(canonical(path, "sts", true), Err(CanonicalError::BrokenEscape), "{path}");
            assert_eq!(canonical(path, "sts", false).as_deref(), Ok(read), "{path}");
        }
    }
}

//! The canonical path.

use super::encode::write_encoded;
use crate::{PathEncoding, ServiceRules};

pub(super) fn write(path: &[u8], rules: &ServiceRules, out: &mut Vec<u8>) {
    let path = if path.is_empty() { b"/" } else { path };
    let normalized;
    let path = if rules.normalize_path {
        normalized = normalize(path);
        &normalized[..]
    } else {
        path
    };
    match rules.path {
        PathEncoding::AsSent => out.extend_from_slice(path),
        PathEncoding::Again => write_encoded(path, true, out),
    }
}

/// Removes `.`, `..` with what stands before it, and empty segments; never climbs above the root. A path that ends in a dot
/// segment ends in `/` (RFC 3986 section 5.2.4).
fn normalize(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut open = false;
    for segment in path.split(|byte| *byte == b'/') {
        open = matches!(segment, b"" | b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let mut out = Vec::with_capacity(path.len() + 1);
    for segment in &kept {
        out.push(b'/');
        out.extend_from_slice(segment);
    }
    if open || kept.is_empty() {
        out.push(b'/');
    }
    out
}

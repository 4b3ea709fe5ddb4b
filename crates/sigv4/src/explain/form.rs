//! The canonical form of parts, made leniently.
//!
//! The crate's own canonical request refuses what is ambiguous; a request that failed is often just that, and has to be
//! explained all the same. For requests that are not, both are the same (a property test holds that).

use super::escape::{Style, decode, encode};
use crate::WhiteSpace;

pub(super) type Pair = (Vec<u8>, Vec<u8>);

pub(super) fn path(path: &[u8], normalize: bool, again: bool) -> Vec<u8> {
    let path = if path.is_empty() { b"/" } else { path };
    let path = if normalize { normalized(path) } else { path.to_vec() };
    if again { encode(&path, Style { keep: b"/", ..Style::RIGHT }) } else { path }
}

/// Without `.`, `..` and empty segments (RFC 3986 section 5.2.4); never above the root.
pub(super) fn normalized(path: &[u8]) -> Vec<u8> {
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

/// The parameters of a query, decoded, in the order of their arrival. `plus` reads `+` as a space.
pub(super) fn pairs(query: &[u8], plus: bool) -> Vec<Pair> {
    let parts = query.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            let value = part.get(at + 1..).unwrap_or_default();
            (decode(&part[..at], plus), decode(value, plus))
        })
        .filter(|(name, _)| name != b"X-Amz-Signature")
        .collect()
}

/// The parameters encoded, in the order in which they are.
pub(super) fn encoded(pairs: &[Pair], style: Style) -> Vec<Pair> {
    pairs.iter().map(|(name, value)| (encode(name, style), encode(value, style))).collect()
}

pub(super) fn query(pairs: &[Pair]) -> Vec<u8> {
    let mut sorted = encoded(pairs, Style::RIGHT);
    sorted.sort();
    joined(&sorted)
}

pub(super) fn joined<'p>(pairs: impl IntoIterator<Item = &'p Pair>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
    out
}

/// A value trimmed of spaces and tabs, runs of white space within it as one space.
pub(super) fn value(value: &[u8], white_space: WhiteSpace) -> Vec<u8> {
    let edge = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let (start, end) = (value.iter().position(edge), value.iter().rposition(edge));
    let value = start.zip(end).map_or(&b""[..], |(start, end)| &value[start..=end]);
    let blank = |byte: &u8| match white_space {
        WhiteSpace::Space => *byte == b' ',
        WhiteSpace::SpaceAndTab => matches!(byte, b' ' | b'\t'),
    };
    value.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::redact::Known;
    use super::super::{Ours, Theirs, grounds::Grounds};
    use crate::canonical::{CanonicalRequest, SignedNames};
    use crate::{Payload, Request, ServiceRules};

    proptest! {
        /// What the crate's own canonical request takes, is the same here.
        #[test]
        fn is_the_canonical_form_of_whatever_has_one(
            path in "(/[a-z.%2FB~:@+]{0,6}){0,5}",
            query in "([a-c%20+=&~-]{0,4}(=[a-c%2F+]{0,4})?&){0,5}",
            value in "[ \t]{0,2}[a-z]{0,5}[ \t]{0,3}[a-z\"]{0,4} {0,2}",
            service in prop_oneof![Just("s3"), Just("sts")],
        ) {
            let rules = ServiceRules::of(service);
            let target = format!("{path}?{query}");
            let headers: [(&str, &[u8]); 4] =
                [("X-Amz-Meta-A", value.as_bytes()), ("Host", b"h"), ("x-amz-meta-a", b"b"), ("X-Amz-Date", b"d")];
            let request = Request { method: "GET", target: target.as_bytes(), headers: &headers };
            let names = ["host", "x-amz-date", "x-amz-meta-a"];
            let strict = CanonicalRequest {
                request,
                added_headers: &[],
                added_query: b"",
                signed: SignedNames::Listed(&names),
                payload: Payload::Body(b""),
                rules: &rules,
            };
            let mut expected = Vec::new();
            let known = Known::default();
            if strict.write(&mut expected).is_ok() {
                let ours = Ours::received(request, Payload::Body(b""), &[], &rules);
                let theirs = Theirs::of_canonical_request(&expected);
                let grounds = Grounds::new(&ours, &theirs);
                let view = grounds.view(grounds.ours.as_ref().unwrap(), &grounds.our_head);
                let text = String::from_utf8_lossy(&view.canonical()).into_owned();
                prop_assert_eq!(known.values(&text), String::from_utf8_lossy(&expected));
            }
        }
    }
}

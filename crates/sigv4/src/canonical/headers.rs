//! Canonical fields and the list of their names.

use std::ops::Range;

use super::{CanonicalError, CanonicalRequest};
use crate::{ServiceRules, WhiteSpace};

/// Which fields are signed. The first two are a signer's: they refuse what verifiers read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedNames<'a> {
    /// All that may be.
    All,
    /// All that may be, as far as the caller wants them.
    Chosen(FieldChoice<'a>),
    /// Those of the list, in lower case and sorted: what a verifier does.
    Listed(&'a [&'a str]),
    /// The same, as the list stands on the wire: `host;x-amz-date`.
    Text(&'a str),
}

/// What a caller wants signed beside `host` and every `x-amz-*`, which must be. Names compare without case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldChoice<'a> {
    /// None of these, such as those that a proxy on the way changes.
    pub never: &'a [&'a str],
    /// Of the fields that need not be signed, these only.
    pub only: Option<&'a [&'a str]>,
    /// Whether `content-length` is signed: proxies write it anew.
    pub content_length: bool,
}

impl FieldChoice<'_> {
    fn takes(&self, name: &str) -> bool {
        let among = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
        if name == "host" || name.starts_with("x-amz-") {
            return true;
        }
        let allowed = !NEVER_SIGNED.contains(&name) || (name == "content-length" && self.content_length);
        allowed && !among(self.never) && self.only.is_none_or(among)
    }
}

/// Fields that hops between signer and verifier change, or that the signature itself stands in.
const NEVER_SIGNED: [&str; 17] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
    "proxy-connection",
];

pub(super) fn write_names(
    request: &crate::Request<'_>,
    signed: SignedNames<'_>,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    let input = CanonicalRequest {
        request: *request,
        added_headers: &[],
        added_query: b"",
        signed,
        payload: crate::Payload::Body(b""),
        rules: &ServiceRules::of(""),
    };
    let mut names: Vec<String> = selected(&input)?.into_iter().map(|(name, _)| name).collect();
    names.dedup();
    out.extend_from_slice(names.join(";").as_bytes());
    Ok(())
}

pub(super) fn write(input: &CanonicalRequest<'_>, out: &mut Vec<u8>) -> Result<Range<usize>, CanonicalError> {
    let fields = selected(input)?;
    for (index, (name, value)) in fields.iter().enumerate() {
        let repeated = index > 0 && fields[index - 1].0 == *name;
        if !repeated {
            if index > 0 {
                out.push(b'\n');
            }
            out.extend_from_slice(name.as_bytes());
        }
        out.push(if repeated { b',' } else { b':' });
        write_value(name, value, input.rules, out)?;
    }
    out.extend_from_slice(b"\n\n");
    let start = out.len();
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    out.extend_from_slice(names.join(";").as_bytes());
    Ok(start..out.len())
}

/// Name and value of each signed field, sorted by name, arrival kept within a name.
fn selected<'a>(input: &CanonicalRequest<'a>) -> Result<Vec<(String, &'a [u8])>, CanonicalError> {
    let all = input.request.headers.iter().chain(input.added_headers);
    let mut fields: Vec<(String, &[u8])> = all
        .map(|(name, value)| (name.to_ascii_lowercase(), *value))
        .filter(|(name, _)| match input.signed {
            SignedNames::All => FieldChoice::default().takes(name),
            SignedNames::Chosen(choice) => choice.takes(name),
            SignedNames::Listed(names) => names.contains(&name.as_str()),
            SignedNames::Text(names) => names.split(';').any(|n| n == name),
        })
        .collect();
    fields.sort_by(|one, other| one.0.cmp(&other.0));
    let missing = |name: &str| fields.iter().all(|(n, _)| n != name);
    let missing = match input.signed {
        SignedNames::Listed(names) => names.iter().copied().find(|name| missing(name)),
        SignedNames::Text(names) => names.split(';').find(|name| missing(name)),
        _ => None,
    };
    if let Some(name) = missing {
        return Err(CanonicalError::MissingHeader(name.to_owned()));
    }
    Ok(fields)
}

/// Appends a value trimmed, runs of white space within it as one space.
fn write_value(
    name: &str,
    value: &[u8],
    rules: &ServiceRules,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(CanonicalError::ControlInValue(name.to_owned()));
    }
    let blank = |byte: &u8| match rules.white_space {
        WhiteSpace::Space => *byte == b' ',
        WhiteSpace::SpaceAndTab => matches!(byte, b' ' | b'\t'),
    };
    let words = value.split(blank).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    Ok(())
}

//! Canonical fields and the list of their names.

use std::ops::Range;

use super::{CanonicalError, CanonicalRequest};
use crate::{ServiceRules, WhiteSpace};

/// Which fields are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedNames<'a> {
    /// All that may be: what a signer does.
    All,
    /// Those of the list, in lower case and sorted: what a verifier does, and a signer of chosen fields.
    Listed(&'a [&'a str]),
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
            SignedNames::All => !NEVER_SIGNED.contains(&name.as_str()),
            SignedNames::Listed(names) => names.contains(&name.as_str()),
        })
        .collect();
    fields.sort_by(|one, other| one.0.cmp(&other.0));
    if let SignedNames::Listed(names) = input.signed {
        let missing = names.iter().find(|name| fields.iter().all(|(n, _)| n != *name));
        if let Some(name) = missing {
            return Err(CanonicalError::MissingHeader((*name).to_owned()));
        }
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

//! What is signed in version 2.
//!
//! Rule: the path as it came, never decoded; parameters and fields in a query decoded once.

use crate::Request;
use crate::verify::Mechanism;

/// Method, two fields, a date, Amazon's fields, the resource.
pub(super) fn string_to_sign(
    request: &Request<'_>,
    bucket: Option<&str>,
    date: &str,
    mechanism: Mechanism,
) -> Vec<u8> {
    let parameters = parameters(request);
    // In a URL these may stand in the query.
    let in_query = |name: &str| {
        let named =
            parameters.iter().find(|(n, _)| mechanism == Mechanism::Query && n.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.clone().unwrap_or_default())
    };
    let field = |name: &str| match request.header(name) {
        Some(value) => value.to_vec(),
        None => in_query(name).unwrap_or_default(),
    };
    let mut text = Vec::with_capacity(INITIAL);
    for line in [request.method.as_bytes(), &field("content-md5"), &field("content-type"), date.as_bytes()] {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    for (name, value) in amazon(request, &parameters, mechanism) {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(&value);
        text.push(b'\n');
    }
    resource(request, bucket, &parameters, &mut text);
    text
}

/// The decoded value of the first parameter of this name.
pub(super) fn parameter(request: &Request<'_>, name: &str) -> Option<String> {
    let found = parameters(request).into_iter().find(|(held, _)| held == name)?;
    String::from_utf8(found.1.unwrap_or_default()).ok()
}

type Parameter = (String, Option<Vec<u8>>);

fn parameters(request: &Request<'_>) -> Vec<Parameter> {
    let query = request.query().split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    query
        .map(|part| {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next().unwrap_or_default());
            (String::from_utf8_lossy(&name).into_owned(), halves.next().map(decoded))
        })
        .collect()
}

/// Fields of Amazon's by name, those of one name joined.
fn amazon(request: &Request<'_>, parameters: &[Parameter], mechanism: Mechanism) -> Vec<(String, Vec<u8>)> {
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    let sent =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim_ascii().to_vec()));
    let in_query = parameters.iter().filter(|_| mechanism == Mechanism::Query);
    let in_query =
        in_query.map(|(name, value)| (name.to_ascii_lowercase(), value.clone().unwrap_or_default()));
    for (name, value) in sent.chain(in_query).filter(|(name, _)| name.starts_with("x-amz-")) {
        match fields.iter_mut().find(|(held, _)| *held == name) {
            Some((_, held)) => {
                held.push(b',');
                held.extend_from_slice(&value);
            }
            None => fields.push((name, value)),
        }
    }
    fields.sort_unstable();
    fields
}

fn resource(request: &Request<'_>, bucket: Option<&str>, parameters: &[Parameter], text: &mut Vec<u8>) {
    if let Some(bucket) = bucket {
        text.push(b'/');
        text.extend_from_slice(bucket.as_bytes());
    }
    text.extend_from_slice(request.path());
    let mut signed: Vec<&Parameter> =
        parameters.iter().filter(|(name, _)| SUBRESOURCES.contains(&name.as_str())).collect();
    signed.sort_unstable();
    for (at, (name, value)) in signed.into_iter().enumerate() {
        text.push(if at == 0 { b'?' } else { b'&' });
        text.extend_from_slice(name.as_bytes());
        if let Some(value) = value {
            text.push(b'=');
            text.extend_from_slice(value);
        }
    }
}

/// `+` is a plus: only forms have it for a space.
fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, digit(text.get(at + 1)), digit(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

/// Parameters that are part of the resource.
const SUBRESOURCES: [&str; 41] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "encryption",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "retention",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

const INITIAL: usize = 256;

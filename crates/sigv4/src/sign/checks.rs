//! What is refused before anything is signed: what would be read differently, or not at all, by whoever verifies.

use super::{SignError, SigningParams};
use crate::Request;

/// Refuses a key id, a scope or a token that no header could bear.
pub(super) fn check_params(params: &SigningParams<'_>) -> Result<(), SignError> {
    let id = params.access_key_id;
    if id.is_empty() {
        return Err(SignError::EmptyKeyId);
    }
    if id.trim().len() != id.len() {
        return Err(SignError::SpaceAroundKeyId);
    }
    let foreign = |c: &char| !c.is_ascii_graphic() || matches!(c, '/' | ',');
    if let Some(character) = id.chars().find(foreign) {
        return Err(SignError::KeyIdCharacter(character));
    }
    if let Some(token) = params.session_token {
        let token = token.expose().as_bytes();
        if token.is_empty() || !token.iter().all(u8::is_ascii_graphic) {
            return Err(SignError::BrokenToken);
        }
    }
    let must = |name: &&&str| {
        name.eq_ignore_ascii_case("host") || name.get(..6).is_some_and(|n| n.eq_ignore_ascii_case("x-amz-"))
    };
    if let Some(name) = params.fields.never.iter().find(must) {
        return Err(SignError::MustBeSigned((*name).to_owned()));
    }
    params.scope.check()?;
    Ok(())
}

/// Refuses a request without a host, and one that bears what signing adds. `ours` are names of headers in lower case.
pub(super) fn check_request(request: &Request<'_>, ours: &[&'static str]) -> Result<(), SignError> {
    let mut host = false;
    for (name, _) in request.headers {
        host |= name.eq_ignore_ascii_case("host");
        if let Some(name) = ours.iter().find(|n| n.len() == name.len() && n.eq_ignore_ascii_case(name)) {
            return Err(SignError::AlreadyPresent(name));
        }
    }
    if let Some(name) = signature_parameter(request.query()) {
        return Err(SignError::AlreadyPresent(name));
    }
    if host { Ok(()) } else { Err(SignError::NoHost) }
}

/// The first parameter of a query that belongs to a signature.
fn signature_parameter(query: &[u8]) -> Option<&'static str> {
    if query.is_empty() {
        return None;
    }
    query.split(|byte| *byte == b'&').find_map(|part| {
        let name = part.split(|byte| *byte == b'=').next()?;
        PARAMETERS.into_iter().find(|parameter| parameter.as_bytes() == name)
    })
}

const PARAMETERS: [&str; 9] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Region-Set",
    "X-Amz-S3session-Token",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];

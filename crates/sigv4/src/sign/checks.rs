//! What is refused before anything is signed: what would be read differently, or not at all, by whoever verifies.

use types::Secret;

use super::{SignError, SigningParams};
use crate::canonical::left_out_wrongly;
use crate::scope::is_element;
use crate::{AmzDate, FieldChoice, Request};

/// Refuses a key id, a scope or a token that no header could bear; returns the date of the signature.
pub(super) fn check_params(params: &SigningParams<'_>) -> Result<AmzDate, SignError> {
    check_signer(params.access_key_id, params.session_token, &params.fields)?;
    params.scope.check()?;
    let date = AmzDate::from(params.time);
    if date.day() != params.scope.date {
        return Err(SignError::ScopeDay);
    }
    Ok(date)
}

/// Refuses a key id or a token that no header could bear, and a choice of fields without those that must be signed.
pub(crate) fn check_signer(
    access_key_id: &str,
    session_token: Option<&Secret<String>>,
    fields: &FieldChoice<'_>,
) -> Result<(), SignError> {
    if !is_element(access_key_id) {
        return Err(key_id_fault(access_key_id));
    }
    if let Some(token) = session_token {
        // Least and greatest of many bytes are found on vectors.
        let range = |(least, most): (u8, u8), byte: &u8| (least.min(*byte), most.max(*byte));
        let (least, most) = token.expose().as_bytes().iter().fold((u8::MAX, 0), range);
        if least <= b' ' || most >= 0x7f || token.expose().is_empty() {
            return Err(SignError::BrokenToken);
        }
    }
    if let Some(name) = left_out_wrongly(*fields) {
        return Err(SignError::MustBeSigned(name.to_owned()));
    }
    Ok(())
}

/// Refuses a request without a host, and one that bears what signing adds. `ours` are names of headers in lower case.
pub(crate) fn check_request(request: &Request<'_>, ours: &[&'static str]) -> Result<(), SignError> {
    let mut host = false;
    for (name, _) in request.headers {
        host |= name.eq_ignore_ascii_case("host");
        if let Some(name) = ours.iter().find(|ours| ours.eq_ignore_ascii_case(name)) {
            return Err(SignError::AlreadyPresent(name));
        }
    }
    if let Some(name) = signature_parameter(request.query()) {
        return Err(SignError::AlreadyPresent(name));
    }
    if host { Ok(()) } else { Err(SignError::NoHost) }
}

fn key_id_fault(id: &str) -> SignError {
    let foreign = |c: &char| !c.is_ascii_graphic() || matches!(c, '/' | ',');
    match id.chars().find(foreign) {
        None => SignError::EmptyKeyId,
        Some(_) if id.trim().len() != id.len() => SignError::SpaceAroundKeyId,
        Some(character) => SignError::KeyIdCharacter(character),
    }
}

/// The first parameter of a query that belongs to a signature.
fn signature_parameter(query: &[u8]) -> Option<&'static str> {
    query.split(|byte| *byte == b'&').filter(|part| part.starts_with(b"X-Amz-")).find_map(|part| {
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

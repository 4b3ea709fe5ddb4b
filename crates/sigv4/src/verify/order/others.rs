//! The order of all services but S3: completeness, then the time, then the scope (facts/sigv4.md section 2.2).

use types::Timestamp;

use super::Examination;
use crate::verify::authorization::{self, Authorization};
use crate::verify::body;
use crate::verify::claim::Claim;
use crate::verify::credential::Credential;
use crate::verify::java;
use crate::verify::parameters::{Parameters, QueryText, broken_escape};
use crate::verify::refusal::{Refusal, Rule, Teller, others as refusal};
use crate::verify::scratch::Piece;
use crate::verify::verified::{Algorithm, Mechanism};
use crate::{MAX_EXPIRES_SECS, RequestTime, TERMINATOR, TokenRule, v4a};

/// What the request claims.
pub(in crate::verify) fn others<'r>(
    examination: &Examination<'_, 'r>,
    text: &'r mut Vec<u8>,
) -> Result<Option<Claim<'r>>, Refusal> {
    let teller = examination.teller;
    if let Some(message) = broken_escape(examination.request.query()) {
        return Err(refusal::malformed_query(teller, message));
    }
    let mut parameters = Parameters::default();
    parameters.read(examination.request, examination.endpoint.rules);
    let authorization = examination.fields.authorization.filter(|sent| !sent.is_empty());
    let parts = match (authorization, parameters.algorithm) {
        (Some(_), Some(_)) => return Err(refusal::two_mechanisms(teller)),
        (Some(sent), None) => {
            let stray = parameters.unsigned_beside_header(examination.endpoint.rules);
            header(examination, sent, stray, text)?
        }
        (None, Some(_)) => query(examination, &parameters, text)?,
        (None, None) => {
            let rule = if parameters.is_v2() { Rule::SigV2 } else { Rule::NoAuthentication };
            return Err(refusal::no_authentication(teller, rule));
        }
    };
    claim(examination, &parts)
}

/// A complete signature, nothing of it checked.
struct Parts<'r> {
    mechanism: Mechanism,
    algorithm: Algorithm,
    scheme: &'r str,
    credential: &'r str,
    signed_headers: &'r str,
    signature: &'r str,
    date: &'r str,
    expires: Option<&'r str>,
    token: Option<&'r str>,
    content_sha256: Option<&'r str>,
    region_set: Option<&'r str>,
    surplus: Option<&'r str>,
}

fn header<'r>(
    examination: &Examination<'_, 'r>,
    sent: &'r [u8],
    stray: Option<&'r str>,
    text: &'r mut Vec<u8>,
) -> Result<Parts<'r>, Refusal> {
    let (fields, teller) = (examination.fields, examination.teller);
    let sent = Piece::plain(sent, text);
    let pieces = [fields.amz_date.or(fields.date), fields.token, fields.content_sha256, fields.region_set]
        .map(|value| value.map(|value| Piece::plain(value, text)));
    let text: &'r [u8] = text;
    let [date, token, content_sha256, region_set] =
        pieces.map(|piece| piece.map(|piece| piece.resolve(text)));
    let sent = sent.resolve(text);

    let (scheme, rest) = authorization::split(sent).unwrap_or((sent, ""));
    let algorithm = algorithm(scheme, examination)?;
    let parts = Authorization::read(rest);
    if let Some(part) = parts.no_pair {
        return Err(refusal::no_pair(teller, part, sent));
    }
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
        (parts.credential, parts.signature, parts.signed_headers, date)
    else {
        return Err(missing_parts(teller, &parts, date, sent));
    };
    Ok(Parts {
        mechanism: Mechanism::Header,
        algorithm,
        scheme,
        credential,
        signed_headers,
        signature,
        date,
        expires: None,
        token,
        content_sha256,
        region_set,
        surplus: parts.surplus.or(stray),
    })
}

fn missing_parts(teller: Teller<'_>, parts: &Authorization<'_>, date: Option<&str>, sent: &str) -> Refusal {
    let mut message = String::new();
    for (name, part) in [
        ("Credential", parts.credential),
        ("Signature", parts.signature),
        ("SignedHeaders", parts.signed_headers),
    ] {
        if part.is_none() {
            message.push_str(&format!("Authorization header requires '{name}' parameter. "));
        }
    }
    if date.is_none() {
        message.push_str(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
        );
    }
    message.push_str("Authorization=");
    message.push_str(sent);
    refusal::incomplete(teller, Rule::Components, message)
}

fn query<'r>(
    examination: &Examination<'_, 'r>,
    parameters: &Parameters<'r>,
    text: &'r mut Vec<u8>,
) -> Result<Parts<'r>, Refusal> {
    let QueryText {
        scheme,
        credential,
        signature,
        signed_headers,
        date,
        expires,
        token,
        content_sha256,
        region_set,
    } = parameters.text(examination.fields, text);

    let scheme = scheme.unwrap_or_default();
    let algorithm = algorithm(scheme, examination)?;
    let required = [
        ("X-Amz-Credential", credential),
        ("X-Amz-Signature", signature),
        ("X-Amz-SignedHeaders", signed_headers),
        ("X-Amz-Date", date),
    ];
    let [(_, Some(credential)), (_, Some(signature)), (_, Some(signed_headers)), (_, Some(date))] = required
    else {
        return Err(missing_parameters(examination.teller, &required));
    };
    Ok(Parts {
        mechanism: Mechanism::Query,
        algorithm,
        scheme,
        credential,
        signed_headers,
        signature,
        date,
        expires,
        token,
        content_sha256,
        region_set,
        surplus: parameters.twice,
    })
}

fn missing_parameters(teller: Teller<'_>, parameters: &[(&str, Option<&str>)]) -> Refusal {
    let mut message = String::new();
    for (name, _) in parameters.iter().filter(|(_, value)| value.is_none()) {
        message.push_str(&format!("AWS query-string parameters must include '{name}'. "));
    }
    message.push_str("Re-examine the query-string parameters.");
    refusal::incomplete(teller, Rule::Components, message)
}

fn algorithm(sent: &str, examination: &Examination<'_, '_>) -> Result<Algorithm, Refusal> {
    match sent {
        crate::ALGORITHM => Ok(Algorithm::Hmac),
        v4a::ALGORITHM if examination.endpoint.ecdsa => Ok(Algorithm::Ecdsa),
        "AWS" => Err(refusal::algorithm(examination.teller, Rule::SigV2, sent)),
        _ => Err(refusal::algorithm(examination.teller, Rule::Algorithm, sent)),
    }
}

fn claim<'r>(examination: &Examination<'_, 'r>, parts: &Parts<'r>) -> Result<Option<Claim<'r>>, Refusal> {
    let (endpoint, teller) = (examination.endpoint, examination.teller);
    let token_name = match endpoint.rules.token {
        TokenRule::Signed => "",
        TokenRule::AddedAfter => endpoint.rules.token_name,
    };
    let names = examination.names(parts.signed_headers, token_name)?;
    if !names.has_host {
        return Err(refusal::not_signed(teller, "host"));
    }
    if let Some(name) = names.first_unsigned {
        return Err(refusal::not_signed(teller, name));
    }
    examination.check_strictness(parts.surplus, &names)?;
    let time = RequestTime::read_basic(parts.date.as_bytes()).ok().filter(|time| time.text == parts.date);
    let time = time.ok_or_else(|| refusal::date(teller, parts.date))?;
    let expires = check_time(examination, time, parts.expires)?;
    let credential = scope(examination, parts, time)?;
    if parts.algorithm == Algorithm::Ecdsa {
        region_set(examination, parts.region_set)?;
    }
    Ok(Some(Claim {
        mechanism: parts.mechanism,
        algorithm: parts.algorithm,
        scheme: parts.scheme,
        access_key_id: credential.access_key_id,
        day: time.day(),
        region: credential.region,
        service: credential.service,
        time,
        expires,
        names,
        signature: parts.signature,
        token: parts.token,
        content_sha256: parts.content_sha256,
        told: parts.content_sha256.and_then(body::read),
    }))
}

/// When the signature ends; it is good now.
fn check_time(
    examination: &Examination<'_, '_>,
    signed: RequestTime<'_>,
    expires: Option<&str>,
) -> Result<Timestamp, Refusal> {
    let (endpoint, teller) = (examination.endpoint, examination.teller);
    let (now, window) = (endpoint.now, endpoint.rules.max_skew);
    if now.since(signed.time) > window {
        return Err(refusal::expired(teller, signed.text, now, window));
    }
    if signed.time.since(now) > window {
        return Err(refusal::not_yet(teller, signed.text, now, window));
    }
    let Some(sent) = expires.filter(|_| endpoint.strictness.expires_everywhere) else {
        return Ok(signed.time + window);
    };
    let seconds = java::parse_long(sent).and_then(|seconds| u32::try_from(seconds).ok());
    let Some(seconds) = seconds.filter(|seconds| *seconds <= MAX_EXPIRES_SECS) else {
        let message = "X-Amz-Expires must be a number of seconds up to 604800.".to_owned();
        return Err(refusal::incomplete(teller, Rule::ExpiresNumber, message));
    };
    let span = std::time::Duration::from_secs(u64::from(seconds)).min(window);
    if now >= signed.time + span {
        return Err(refusal::expired(teller, signed.text, now, span));
    }
    Ok(signed.time + span)
}

/// The credential, scoped to this endpoint and the day of the request. All that is wrong with it is told at once.
fn scope<'r>(
    examination: &Examination<'_, 'r>,
    parts: &Parts<'r>,
    time: RequestTime<'_>,
) -> Result<Credential<'r>, Refusal> {
    let (endpoint, teller) = (examination.endpoint, examination.teller);
    let ecdsa = parts.algorithm == Algorithm::Ecdsa;
    let credential = Credential::read(parts.credential, ecdsa)
        .ok_or_else(|| refusal::credential_shape(teller, ecdsa, parts.credential))?;
    let region = credential.region.filter(|sent| {
        let other = |expected: &str| *sent != expected;
        endpoint.region.map_or(sent.is_empty(), other)
    });
    let faults = [
        region.map(|sent| {
            let message = format!("Credential should be scoped to a valid region, not '{sent}'.");
            (Rule::Region, message)
        }),
        (credential.service != endpoint.service).then(|| {
            let message = format!("Credential should be scoped to correct service: '{}'.", endpoint.service);
            (Rule::Service, message)
        }),
        (credential.terminator != TERMINATOR).then(|| {
            let sent = credential.terminator;
            let message =
                format!("Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{sent}'.");
            (Rule::Terminator, message)
        }),
        (!credential.is_of(time.day())).then(|| (Rule::ScopeDate, wrong_date(&credential, time))),
    ];
    let mut faults = faults.into_iter().flatten();
    let Some((rule, first)) = faults.next() else { return Ok(credential) };
    let message = faults.fold(first, |text, (_, next)| text + " " + &next);
    Err(refusal::scope(teller, rule, message))
}

fn wrong_date(credential: &Credential<'_>, time: RequestTime<'_>) -> String {
    format!(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', \
         from '{}'.",
        credential.date,
        String::from_utf8_lossy(&time.day()),
        time.text
    )
}

fn region_set(examination: &Examination<'_, '_>, set: Option<&str>) -> Result<(), Refusal> {
    let set = set.unwrap_or_default();
    match examination.endpoint.region {
        Some(region) if v4a::RegionSet::new(set).matches(region) => Ok(()),
        None if !set.is_empty() => Ok(()),
        region => Err(examination.teller.region_set(region.unwrap_or_default(), set)),
    }
}

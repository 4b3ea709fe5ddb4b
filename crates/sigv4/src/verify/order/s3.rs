//! S3's order: the time before the credential, in a header and in a query (measured, facts/sigv4.md section 2.1).

use types::Timestamp;

use super::Examination;
use crate::verify::authorization::{self, Authorization};
use crate::verify::body::{self, Told};
use crate::verify::claim::Claim;
use crate::verify::credential::Credential;
use crate::verify::java;
use crate::verify::parameters::{Parameters, QueryText};
use crate::verify::refusal::{Bearer, Refusal, Rule, s3 as refusal};
use crate::verify::scratch::Piece;
use crate::verify::verified::{Algorithm, Mechanism};
use crate::{
    ContentSha256, DateError, MAX_EXPIRES_SECS, PayloadKeyword, RequestTime, ServiceRules, TERMINATOR, v4a,
};

/// What the request claims; nothing where it claims nothing, which is an anonymous caller.
pub(in crate::verify) fn s3<'r>(
    examination: &Examination<'_, 'r>,
    text: &'r mut Vec<u8>,
) -> Result<Option<Claim<'r>>, Refusal> {
    let mut parameters = Parameters::default();
    parameters.read(examination.request, examination.endpoint.rules);
    let by_query = parameters.algorithm.is_some() || parameters.v2.signature.is_some();
    let by_both_queries = parameters.algorithm.is_some() && parameters.v2.signature.is_some();
    if by_both_queries || (by_query && examination.fields.authorization.is_some()) {
        let sent = examination.fields.authorization.map(String::from_utf8_lossy);
        return Err(refusal::two_mechanisms(sent.as_deref()));
    }
    if let Some(sent) = examination.fields.authorization.filter(|sent| !sent.is_empty()) {
        let stray = parameters.unsigned_beside_header(examination.endpoint.rules);
        return header(examination, sent, stray, text);
    }
    let of_v4 = [parameters.algorithm, parameters.credential, parameters.signature];
    if of_v4.iter().any(Option::is_some) {
        return query(examination, &parameters, text);
    }
    if parameters.is_v2() {
        let parts = &parameters.v2;
        let whole = parts.access_key_id.is_some() && parts.expires.is_some() && parts.signature.is_some();
        return Err(if whole { refusal::sig_v2() } else { refusal::sig_v2_parameters() });
    }
    Ok(None)
}

/// What both mechanisms come to, once the time is known to be right.
struct Parts<'r> {
    mechanism: Mechanism,
    algorithm: Algorithm,
    scheme: &'r str,
    credential: &'r str,
    signed_headers: &'r str,
    signature: &'r str,
    time: RequestTime<'r>,
    expires: Timestamp,
    token: Option<&'r str>,
    content_sha256: Option<&'r str>,
    told: Option<Told>,
    region_set: Option<&'r str>,
    /// What is there twice, or without need.
    surplus: Option<&'r str>,
}

fn header<'r>(
    examination: &Examination<'_, 'r>,
    sent: &'r [u8],
    stray: Option<&'r str>,
    text: &'r mut Vec<u8>,
) -> Result<Option<Claim<'r>>, Refusal> {
    let (fields, endpoint) = (examination.fields, examination.endpoint);
    let sent = Piece::plain(sent, text);
    let [hash, token, region_set] = [fields.content_sha256, fields.token, fields.region_set]
        .map(|value| value.map(|value| Piece::plain(value, text)));
    let text: &'r [u8] = text;
    let resolve = |piece: Option<Piece<'r>>| piece.map(|piece| piece.resolve(text));
    let sent = sent.resolve(text);

    let (scheme, parts) = authorization::split(sent).ok_or_else(|| refusal::no_space(sent))?;
    let algorithm = header_algorithm(scheme, sent, endpoint.ecdsa)?;
    let content_sha256 = resolve(hash);
    let told = header_hash(content_sha256, examination)?;
    let time = header_time(examination)?;
    let parts = Authorization::read(parts);
    let complete =
        (parts.no_pair.is_none()).then_some((parts.credential, parts.signed_headers, parts.signature));
    let Some((Some(credential), Some(signed_headers), Some(signature))) = complete else {
        return Err(refusal::components());
    };
    let parts = Parts {
        mechanism: Mechanism::Header,
        algorithm,
        scheme,
        credential,
        signed_headers,
        signature,
        time,
        expires: time.time + endpoint.rules.max_skew,
        token: resolve(token),
        content_sha256,
        told,
        region_set: resolve(region_set),
        surplus: parts.surplus.or(stray),
    };
    claim(examination, &parts)
}

fn header_algorithm(scheme: &str, sent: &str, ecdsa: bool) -> Result<Algorithm, Refusal> {
    if scheme.eq_ignore_ascii_case(crate::ALGORITHM) {
        return Ok(Algorithm::Hmac);
    }
    if ecdsa && scheme.eq_ignore_ascii_case(v4a::ALGORITHM) {
        return Ok(Algorithm::Ecdsa);
    }
    Err(if scheme.eq_ignore_ascii_case("AWS") { refusal::sig_v2() } else { refusal::scheme(sent) })
}

fn header_hash(sent: Option<&str>, examination: &Examination<'_, '_>) -> Result<Option<Told>, Refusal> {
    let rules = examination.endpoint.rules;
    let Some(sent) = sent else {
        return match rules.content_sha256 {
            ContentSha256::Required => {
                Err(refusal::missing_header(Rule::NoContentSha256, "x-amz-content-sha256"))
            }
            ContentSha256::Optional => Ok(None),
        };
    };
    match body::read(sent) {
        Some(Told::Keyword(PayloadKeyword::StreamingHmacEvents)) | None => Err(refusal::content_sha256(sent)),
        told if takes(told, rules) => Ok(told),
        _ => Err(refusal::content_sha256(sent)),
    }
}

/// Whether a body of which this is said is signed, or need not be.
fn takes(told: Option<Told>, rules: &ServiceRules) -> bool {
    let signed = match told {
        None => false,
        Some(Told::Sha256(_)) => true,
        Some(Told::Keyword(keyword)) => !matches!(
            keyword,
            PayloadKeyword::Unsigned
                | PayloadKeyword::StreamingUnsignedTrailer
                | PayloadKeyword::StreamingHmacEvents
        ),
    };
    signed || rules.unsigned_payload
}

/// The date in any of its forms, near enough to now.
fn header_time<'r>(examination: &Examination<'_, 'r>) -> Result<RequestTime<'r>, Refusal> {
    let (fields, endpoint) = (examination.fields, examination.endpoint);
    let sent = fields.amz_date.or(fields.date).ok_or_else(refusal::date)?;
    let time = RequestTime::read_any(sent).map_err(|error| match error {
        DateError::BeyondYears => refusal::date_beyond_years(),
        _ => refusal::date(),
    })?;
    let max = endpoint.rules.max_skew;
    if endpoint.now.since(time.time).max(time.time.since(endpoint.now)) > max {
        return Err(refusal::skew(time.text, endpoint.now, max));
    }
    Ok(time)
}

fn query<'r>(
    examination: &Examination<'_, 'r>,
    parameters: &Parameters<'r>,
    text: &'r mut Vec<u8>,
) -> Result<Option<Claim<'r>>, Refusal> {
    let endpoint = examination.endpoint;
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

    let algorithm = scheme.map(|scheme| query_algorithm(scheme, endpoint.ecdsa)).transpose()?;
    let (Some(algorithm), Some(scheme), Some(credential), Some(signature)) =
        (algorithm, scheme, credential, signature)
    else {
        return Err(refusal::missing_parameters());
    };
    let (Some(date), Some(signed_headers), Some(expires)) = (date, signed_headers, expires) else {
        return Err(refusal::missing_parameters());
    };
    let time = RequestTime::read_basic(date.as_bytes()).ok().filter(|time| time.text == date);
    let time = time.ok_or_else(refusal::parameter_date)?;
    let expires = query_expiry(expires, time.time, examination)?;
    let told = content_sha256.and_then(body::read);
    if !takes(told, endpoint.rules) {
        return Err(refusal::content_sha256(content_sha256.unwrap_or(PayloadKeyword::Unsigned.as_str())));
    }
    let parts = Parts {
        mechanism: Mechanism::Query,
        algorithm,
        scheme,
        credential,
        signed_headers,
        signature,
        time,
        expires,
        token,
        content_sha256,
        told,
        region_set,
        surplus: parameters.twice,
    };
    claim(examination, &parts)
}

fn query_algorithm(sent: &str, ecdsa: bool) -> Result<Algorithm, Refusal> {
    match sent {
        crate::ALGORITHM => Ok(Algorithm::Hmac),
        v4a::ALGORITHM if ecdsa => Ok(Algorithm::Ecdsa),
        _ => Err(refusal::algorithm()),
    }
}

/// When the URL ends; it has begun, and has not ended.
fn query_expiry(
    sent: &str,
    signed: Timestamp,
    examination: &Examination<'_, '_>,
) -> Result<Timestamp, Refusal> {
    let (now, max_skew) = (examination.endpoint.now, examination.endpoint.rules.max_skew);
    let seconds = java::parse_long(sent).ok_or_else(refusal::expires_number)?;
    let seconds = u64::try_from(seconds).map_err(|_| refusal::expires_negative())?;
    if seconds > u64::from(MAX_EXPIRES_SECS) {
        return Err(refusal::expires_week());
    }
    let expires = signed + std::time::Duration::from_secs(seconds);
    if signed.since(now) > max_skew {
        return Err(refusal::not_yet(signed, expires, now));
    }
    if now >= expires {
        return Err(refusal::expired(sent, expires, now));
    }
    Ok(expires)
}

fn claim<'r>(examination: &Examination<'_, 'r>, parts: &Parts<'r>) -> Result<Option<Claim<'r>>, Refusal> {
    let (credential, day) = scope(examination, parts)?;
    let names = examination.names(parts.signed_headers, "x-amz-content-sha256")?;
    let mut unsigned: Vec<&str> = names.unsigned.iter().map(String::as_str).collect();
    // Without a host nobody knows for which bucket a request was signed.
    if !names.has_host && !unsigned.contains(&"host") {
        unsigned.push("host");
    }
    if !unsigned.is_empty() {
        java::order_as_hash_set(&mut unsigned);
        return Err(refusal::headers_not_signed(&unsigned));
    }
    examination.check_strictness(parts.surplus, &names)?;
    if parts.algorithm == Algorithm::Ecdsa {
        region_set(examination, parts)?;
    }
    Ok(Some(Claim {
        mechanism: parts.mechanism,
        algorithm: parts.algorithm,
        scheme: parts.scheme,
        access_key_id: credential.access_key_id,
        day,
        region: credential.region,
        service: credential.service,
        time: parts.time,
        expires: parts.expires,
        names,
        signature: parts.signature,
        token: parts.token,
        content_sha256: parts.content_sha256,
        told: parts.told,
    }))
}

/// The credential, scoped to this endpoint and the day of the request.
fn scope<'r>(
    examination: &Examination<'_, 'r>,
    parts: &Parts<'r>,
) -> Result<(Credential<'r>, [u8; 8]), Refusal> {
    let (endpoint, bearer) = (examination.endpoint, Bearer(parts.mechanism));
    let ecdsa = parts.algorithm == Algorithm::Ecdsa;
    let credential =
        Credential::read(parts.credential, ecdsa).ok_or_else(|| bearer.credential_shape(ecdsa))?;
    if credential.access_key_id.is_empty() {
        return Err(bearer.empty_access_key_id());
    }
    let day = parts.time.day();
    if !credential.is_of(day) && !java::is_date(credential.date) {
        return Err(bearer.scope_date_format(credential.date));
    }
    if credential.region == Some("") {
        return Err(bearer.empty_region());
    }
    if let (Some(sent), Some(expected)) = (credential.region, endpoint.region)
        && sent != expected
    {
        return Err(bearer.region(sent, expected));
    }
    if credential.service != endpoint.service {
        return Err(bearer.service(credential.service, endpoint.service));
    }
    if credential.terminator != TERMINATOR {
        return Err(bearer.terminator(credential.terminator));
    }
    if !credential.is_of(day) {
        return Err(bearer.scope_date(credential.date, &String::from_utf8_lossy(&day)));
    }
    Ok((credential, day))
}

fn region_set(examination: &Examination<'_, '_>, parts: &Parts<'_>) -> Result<(), Refusal> {
    let needs_value = parts.mechanism == Mechanism::Query;
    let set = parts.region_set.filter(|set| !(needs_value && set.is_empty()));
    let set = set.ok_or_else(|| Bearer(parts.mechanism).no_region_set())?;
    match examination.endpoint.region {
        Some(region) if !v4a::RegionSet::new(set).matches(region) => {
            Err(examination.teller.region_set(region, set))
        }
        _ => Ok(()),
    }
}

//! Signature version 2 of S3, which boto3 still makes for presigned URLs where an endpoint is named: HMAC-SHA1 over a few lines.
//!
//! Rule: verified as strictly as version 4, and told apart from it, so that policies and records can tell who still signs so; nothing
//! here signs. Source: S3 User Guide, "Signing and authenticating REST requests" (signature version 2), and "Query string request
//! authentication alternative".

mod text;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;
use types::{Secret, Timestamp};

use crate::chunks::spaced_hex;
use crate::verify::{KeyRefusal, Keys, Mechanism, Refusal, Rule, Wanted};
use crate::{Request, RequestTime, Scope};

/// Whoever signed, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedV2 {
    pub access_key_id: String,
    pub mechanism: Mechanism,
    /// A URL does not say when it was signed.
    pub time: Option<Timestamp>,
}

/// Whether a request claims a signature of this version: `Authorization: AWS …`, or `AWSAccessKeyId` or `Signature` in the query.
/// One of version 4 in its query is none.
pub fn is_claimed(request: &Request<'_>) -> bool {
    if let Some(sent) = request.header("authorization").filter(|sent| !sent.is_empty()) {
        let of_v4 = text::parameter(request, "X-Amz-Algorithm").is_some();
        return !of_v4 && sent.first_chunk::<4>().is_some_and(|start| start.eq_ignore_ascii_case(b"AWS "));
    }
    let has = |name| text::parameter(request, name).is_some();
    (has("AWSAccessKeyId") || has("Signature")) && !has("X-Amz-Algorithm") && !has("X-Amz-Credential")
}

/// Verifies a request that claims such a signature. `bucket` is the one that its host names, which is signed as part of the path.
///
/// # Errors
/// The first fault, in S3's words.
pub fn verify(
    request: &Request<'_>,
    bucket: Option<&str>,
    now: Timestamp,
    keys: &impl Keys,
) -> Result<SignedV2, Refusal> {
    let claim = match request.header("authorization").filter(|sent| !sent.is_empty()) {
        Some(_) if text::parameter(request, "Signature").is_some() => return Err(two_mechanisms()),
        Some(sent) => header(request, sent, now)?,
        None => query(request, now)?,
    };
    let string_to_sign = text::string_to_sign(request, bucket, &claim.date, claim.mechanism);
    let token =
        request.header("x-amz-security-token").map(|token| String::from_utf8_lossy(token).into_owned());
    let token = token.or_else(|| text::parameter(request, "x-amz-security-token"));
    check(&claim.access_key_id, token.as_deref(), &claim.signature, &string_to_sign, now, keys)?;
    Ok(SignedV2 { access_key_id: claim.access_key_id, mechanism: claim.mechanism, time: claim.time })
}

/// What a request says of its signature.
struct Claim {
    access_key_id: String,
    signature: String,
    mechanism: Mechanism,
    /// As it is signed: the date of a header, the end of a URL, or nothing where `x-amz-date` is signed among its like.
    date: String,
    time: Option<Timestamp>,
}

fn header(request: &Request<'_>, sent: &[u8], now: Timestamp) -> Result<Claim, Refusal> {
    let sent = String::from_utf8_lossy(sent).into_owned();
    let parts = sent.split_once(' ').and_then(|(_, parts)| parts.split_once(':'));
    let Some((access_key_id, signature)) = parts.filter(|(id, text)| !id.is_empty() && !text.contains(' '))
    else {
        let message = "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature";
        return Err(Refusal::new(Rule::Components, 400, "InvalidArgument", message)
            .field("ArgumentName", "Authorization")
            .field("ArgumentValue", sent));
    };
    let (amz, plain) = (request.header("x-amz-date"), request.header("date"));
    let date = amz.or(plain).ok_or_else(no_date)?;
    let time = RequestTime::read_any(date).map_err(|_| no_date())?;
    if now.since(time.time).max(time.time.since(now)) > MAX_SKEW {
        return Err(skew(time.text, now));
    }
    Ok(Claim {
        access_key_id: access_key_id.to_owned(),
        signature: signature.trim().to_owned(),
        mechanism: Mechanism::Header,
        date: if amz.is_some() { String::new() } else { time.text.to_owned() },
        time: Some(time.time),
    })
}

fn query(request: &Request<'_>, now: Timestamp) -> Result<Claim, Refusal> {
    let [id, expires, signature] =
        ["AWSAccessKeyId", "Expires", "Signature"].map(|name| text::parameter(request, name));
    let (Some(access_key_id), Some(expires), Some(signature)) = (id, expires, signature) else {
        let message =
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
        return Err(Refusal::new(Rule::SigV2, 403, "AccessDenied", message));
    };
    let Some(end) = expires.parse().ok().filter(|end| (0..=LAST).contains(end)) else {
        let message = format!("Invalid date (should be seconds since epoch): {expires}");
        return Err(Refusal::new(Rule::ExpiresNumber, 403, "AccessDenied", message));
    };
    let end = Timestamp::from_secs(end);
    if now >= end {
        return Err(Refusal::new(Rule::Expired, 403, "AccessDenied", "Request has expired")
            .field("Expires", end.iso8601())
            .field("ServerTime", now.iso8601()));
    }
    Ok(Claim { access_key_id, signature, mechanism: Mechanism::Query, date: expires, time: None })
}

/// Fails unless whoever knows the secret signed the text. Who is not known costs what a wrong signature costs.
pub(crate) fn check(
    access_key_id: &str,
    token: Option<&str>,
    sent: &str,
    string_to_sign: &[u8],
    now: Timestamp,
    keys: &impl Keys,
) -> Result<(), Refusal> {
    let scope = Scope { date: *b"19700101", region: "", service: "s3" };
    let found = keys.secret_access_key(&Wanted { access_key_id, session_token: token, scope, now });
    let nobody = Secret::new(String::new());
    let wanted = sign(found.as_ref().unwrap_or(&nobody), string_to_sign);
    let holds = bool::from(wanted.as_bytes().ct_eq(sent.as_bytes()));
    match found {
        Ok(_) if holds => Ok(()),
        Ok(_) => Err(mismatch(access_key_id, sent, string_to_sign)),
        Err(refused) => Err(refusal(refused, access_key_id)),
    }
}

pub(crate) fn sign(secret: &Secret<String>, text: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn mismatch(access_key_id: &str, sent: &str, string_to_sign: &[u8]) -> Refusal {
    let message = "The request signature we calculated does not match the signature you provided. Check your key and \
                   signing method.";
    Refusal::new(Rule::Signature, 403, "SignatureDoesNotMatch", message)
        .field("AWSAccessKeyId", access_key_id)
        .field("StringToSign", String::from_utf8_lossy(string_to_sign))
        .field("SignatureProvided", sent)
        .field("StringToSignBytes", spaced_hex(string_to_sign))
}

/// Tokens are not repeated.
fn refusal(refused: KeyRefusal, access_key_id: &str) -> Refusal {
    match refused {
        KeyRefusal::UnknownKey => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            Refusal::new(Rule::AccessKey, 403, "InvalidAccessKeyId", message)
                .field("AWSAccessKeyId", access_key_id)
        }
        KeyRefusal::InvalidToken => {
            let message = "The provided token is malformed or otherwise invalid.";
            Refusal::new(Rule::Token, 400, "InvalidToken", message).field("Token-0", "***")
        }
        KeyRefusal::ExpiredToken => {
            let message = "The provided token has expired.";
            Refusal::new(Rule::TokenExpired, 400, "ExpiredToken", message).field("Token-0", "***")
        }
        KeyRefusal::Unavailable => {
            let message = "Please reduce your request rate.";
            Refusal::new(Rule::KeysUnavailable, 503, "SlowDown", message)
        }
    }
}

fn two_mechanisms() -> Refusal {
    let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
                   parameter or the Authorization header should be specified";
    Refusal::new(Rule::TwoMechanisms, 400, "InvalidArgument", message).field("ArgumentName", "Authorization")
}

fn no_date() -> Refusal {
    let message = "AWS authentication requires a valid Date or x-amz-date header";
    Refusal::new(Rule::Date, 403, "AccessDenied", message)
}

fn skew(sent: &str, now: Timestamp) -> Refusal {
    let message = "The difference between the request time and the current time is too large.";
    Refusal::new(Rule::Skew, 403, "RequestTimeTooSkewed", message)
        .field("RequestTime", sent)
        .field("ServerTime", now.iso8601())
        .field("MaxAllowedSkewMilliseconds", MAX_SKEW.as_millis().to_string())
}

/// How far a header's date may be from now.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// The end of year 9999, in seconds.
const LAST: i64 = 253_402_300_799;

#[cfg(test)]
mod tests;

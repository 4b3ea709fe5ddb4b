//! What a verified token says, read as STS reads it.
//!
//! Clocks may differ by five minutes: a token's times are held against a now that is so much earlier or later (captured).

use serde_json::Value;
use types::Timestamp;

use super::jwt::Token;
use super::{IdentityToken, not_validated};
use crate::ServiceError;
use crate::directory::OidcProvider;
use crate::sessions::SessionTag;
use crate::sts::refusal;

pub(super) fn read(
    token: &Token<'_>,
    provider: &OidcProvider,
    now: Timestamp,
) -> Result<IdentityToken, ServiceError> {
    let subject = subject(token)?;
    let (audience, original_audience) = audience(token)?;
    check_times(token, now.secs())?;
    if !provider.client_ids.contains(&audience) {
        return Err(not_validated());
    }
    let (tags, transitive_tag_keys) = tags(token)?;
    Ok(IdentityToken {
        provider: provider.arn.to_string(),
        issuer: provider.url.clone(),
        subject,
        audience,
        original_audience,
        methods: token.claim("amr").map(texts).unwrap_or_default(),
        source_identity: source_identity(token)?,
        tags,
        transitive_tag_keys,
    })
}

/// Numbers count as their text.
fn subject(token: &Token<'_>) -> Result<String, ServiceError> {
    match token.required("sub")? {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(not_validated()),
    }
}

/// Who the token is for, and, where that is `azp`, what `aud` says.
fn audience(token: &Token<'_>) -> Result<(String, Option<String>), ServiceError> {
    let named = token.required("aud")?;
    let audiences = texts(named);
    match token.claim("azp") {
        Some(Value::String(party)) => Ok((party.clone(), audiences.into_iter().next())),
        Some(_) => Err(not_validated()),
        None => match <[String; 1]>::try_from(audiences) {
            Ok([audience]) => Ok((audience, None)),
            Err(others) if others.is_empty() && named.is_array() => {
                Err(refusal::invalid_identity_token("Claim is not allowed to be empty: aud"))
            }
            Err(others) if others.is_empty() => Err(not_validated()),
            Err(_) => Err(refusal::invalid_identity_token(
                "Token audience contains more than one audience while authorized party is not present",
            )),
        },
    }
}

fn check_times(token: &Token<'_>, now: i64) -> Result<(), ServiceError> {
    let (late, early) = (now - SKEW_SECONDS, now + SKEW_SECONDS);
    let expiry = seconds(token.required("exp")?)?;
    let issued = seconds(token.required("iat")?)?;
    let not_before = token.claim("nbf").map(seconds).transpose()?;
    if late >= expiry {
        let text = format!(
            "Token expired: current date/time {late} must be before the expiration date/time {expiry}"
        );
        return Err(ServiceError::new("ExpiredTokenException", 400, text));
    }
    if issued > early {
        return Err(refusal::invalid_identity_token(format!("Token issued in the future: {issued}")));
    }
    match not_before {
        Some(not_before) if not_before > early => Err(refusal::invalid_identity_token(format!(
            "Token not yet valid: current date/time {early} must be after or equal to the not-before date/time {not_before}"
        ))),
        _ => Ok(()),
    }
}

/// Whole seconds since the epoch, also as text.
fn seconds(value: &Value) -> Result<i64, ServiceError> {
    let read = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| refusal::invalid_identity_token("Invalid timestamp in token claims."))
}

/// By the rules of the parameter of AssumeRole.
fn source_identity(token: &Token<'_>) -> Result<Option<String>, ServiceError> {
    let Some(value) = token.claim(SOURCE_IDENTITY) else { return Ok(None) };
    let fits = |text: &&str| {
        (2..=64).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
    };
    let text = value.as_str().filter(fits).ok_or_else(|| rejected_claim("source_identity"))?;
    Ok(Some(text.to_owned()))
}

/// Tags in one claim, a list of one text each, or in claims of their own, a text each.
fn tags(token: &Token<'_>) -> Result<(Vec<SessionTag>, Vec<String>), ServiceError> {
    let mut tags = Vec::new();
    let mut keys = Vec::new();
    if let Some(nested) = token.claim(TAGS) {
        let principal = nested.get("principal_tags").and_then(Value::as_object);
        for (key, value) in principal.into_iter().flatten() {
            let texts = value.as_array().ok_or_else(wrong_format)?;
            let [Value::String(value)] = &texts[..] else { return Err(wrong_format()) };
            tags.push(tag(key, value)?);
        }
        keys.extend(nested.get("transitive_tag_keys").map(texts).unwrap_or_default());
    }
    for (key, value) in token.claims_under(PRINCIPAL_TAGS) {
        tags.push(tag(key, value.as_str().ok_or_else(wrong_format)?)?);
    }
    keys.extend(token.claim(TRANSITIVE_TAG_KEYS).map(texts).unwrap_or_default());
    if tags.len() > MAX_TAGS {
        return Err(wrong_format());
    }
    Ok((tags, keys))
}

fn tag(key: &str, value: &str) -> Result<SessionTag, ServiceError> {
    let is_allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let fits = |text: &str, most| text.chars().count() <= most && text.chars().all(is_allowed);
    if key.is_empty() || !fits(key, 128) || !fits(value, 256) {
        return Err(wrong_format());
    }
    Ok(SessionTag { key: key.to_owned(), value: value.to_owned() })
}

/// The texts of a list, or the one text.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn wrong_format() -> ServiceError {
    refusal::invalid_identity_token("principal_tags passed in claim is not in correct format.")
}

fn rejected_claim(name: &str) -> ServiceError {
    let text = format!("{name} passed in claim is not in correct format.");
    ServiceError::new("IDPRejectedClaim", 403, text)
}

const SKEW_SECONDS: i64 = 300;
const MAX_TAGS: usize = 50;
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
const TAGS: &str = "https://aws.amazon.com/tags";
const PRINCIPAL_TAGS: &str = "https://aws.amazon.com/tags/principal_tags/";
const TRANSITIVE_TAG_KEYS: &str = "https://aws.amazon.com/tags/transitive_tag_keys";

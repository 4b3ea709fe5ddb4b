//! Reading a policy.
//!
//! Rule: base64, then JSON, then its members, then each condition; the first fault is told. The policy is bounded by what
//! may stand before a file: 20,480 bytes.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use types::Timestamp;

use super::condition::{Condition, values};
use super::error::PostError;
use super::form::{MAX_PRE_DATA, PostField};
use super::is_exempt;
use super::json::Json;

/// A policy as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDocument {
    pub expiration: Timestamp,
    pub conditions: Vec<Condition>,
}

impl PolicyDocument {
    /// Reads the value of a form's policy field.
    ///
    /// # Errors
    /// The faults whose code is `InvalidPolicyDocument`, or the policy is longer than what may stand before a file.
    pub fn read(field: &str) -> Result<Self, PostError> {
        if field.len() > MAX_PRE_DATA {
            return Err(PostError::PreDataTooLong);
        }
        let json = BASE64.decode(field.trim_ascii()).map_err(|_| PostError::Base64)?;
        if json.trim_ascii().is_empty() {
            return Err(PostError::EmptyPolicy);
        }
        let Some(Json::Object(members)) = Json::read(&json) else { return Err(PostError::Json) };
        let (expiration, conditions) = known(members)?;
        let expiration = read_expiration(expiration.ok_or(PostError::NoExpiration)?);
        let conditions = conditions.ok_or(PostError::NoConditions)?;
        let expiration = expiration?;
        let Json::List(conditions) = conditions else { return Err(PostError::ConditionsType) };
        let conditions = conditions.into_iter().map(Condition::read).collect::<Result<_, _>>()?;
        Ok(Self { expiration, conditions })
    }

    /// Fails unless a form with these fields, posted to this bucket now, meets the policy: not expired, each field named by a
    /// condition, each condition met. The length of the file comes last: [`check_length`](Self::check_length).
    ///
    /// # Errors
    /// The faults whose code is `AccessDenied`.
    pub fn check(&self, bucket: &str, fields: &[PostField], now: Timestamp) -> Result<(), PostError> {
        if self.expiration <= now {
            return Err(PostError::Expired);
        }
        self.check_coverage(fields)?;
        for condition in &self.conditions {
            condition.check(|name| {
                let mut found = values(fields, name);
                if name.eq_ignore_ascii_case("bucket") {
                    found.push(bucket);
                }
                found
            })?;
        }
        Ok(())
    }

    /// Fails unless every condition allows a file of so many bytes.
    ///
    /// # Errors
    /// `EntityTooLarge` and `EntityTooSmall`.
    pub fn check_length(&self, bytes: u64) -> Result<(), PostError> {
        self.conditions.iter().try_for_each(|condition| condition.check_length(bytes))
    }

    /// A field that stands twice is one too many: who checks and who uses it might take different ones. A policy that does
    /// not name the bucket is good for none.
    fn check_coverage(&self, fields: &[PostField]) -> Result<(), PostError> {
        let mut named: Vec<String> =
            self.conditions.iter().filter_map(Condition::named).map(str::to_ascii_lowercase).collect();
        named.sort_unstable();
        let covered = |name: &str| named.binary_search_by(|other| other.as_str().cmp(name)).is_ok();
        let mut seen = std::collections::BTreeSet::new();
        for field in fields {
            let name = field.name.to_ascii_lowercase();
            let ignored = name.starts_with("x-ignore-");
            if (!is_exempt(&name) && !covered(&name)) || (!seen.insert(name) && !ignored) {
                return Err(PostError::ExtraField(field.name.clone()));
            }
        }
        if covered("bucket") { Ok(()) } else { Err(PostError::ExtraField("bucket".to_owned())) }
    }
}

/// The two members that a policy has; their names are compared with case.
fn known(members: Vec<(String, Json)>) -> Result<(Option<Json>, Option<Json>), PostError> {
    let (mut expiration, mut conditions) = (None, None);
    for (name, value) in members {
        let place = match name.as_str() {
            "expiration" => &mut expiration,
            "conditions" => &mut conditions,
            _ => return Err(PostError::UnexpectedMember(name)),
        };
        if place.replace(value).is_some() {
            return Err(PostError::Json);
        }
    }
    Ok((expiration, conditions))
}

/// `2015-12-30T12:00:00.000Z` or without the fraction; S3 refuses offsets and a space for the `T`.
fn read_expiration(json: Json) -> Result<Timestamp, PostError> {
    let Json::String(text) = json else { return Err(PostError::Json) };
    let utc = text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    let time = if utc { text.parse().ok() } else { None };
    time.ok_or(PostError::Expiration(text))
}

/// The alphabet of RFC 4648 section 4. Bits that stand for nothing must be zero; padding may be left out, as S3's peers allow.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

//! Signing a policy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use types::Secret;

use super::{
    ALGORITHM_FIELD, CREDENTIAL_FIELD, DATE_FIELD, POLICY_FIELD, PostPolicy, SIGNATURE_FIELD, TOKEN_FIELD,
};
use crate::{ALGORITHM, AmzDate, Signature, SigningParams};

/// A form ready to be filled in.
#[derive(Clone, Debug)]
pub struct SignedForm {
    /// Names and values to put into the form, before the file, in this order.
    pub fields: Vec<(String, Secret<String>)>,
    /// Fields to be added by whoever fills in the form, also before the file. A policy that names a field which is not
    /// there refuses the form.
    pub open: Vec<String>,
    /// The policy, as JSON.
    pub policy: Secret<String>,
    pub signature: Signature,
}

/// The policy cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostSignError {
    #[error("the policy names no key; say which object, or the prefix of its name")]
    NoKey,
    #[error("the policy names the field {0} twice; S3 would refuse the form or check it twice")]
    Twice(String),
    #[error("the field {0} is not for the policy to name; signing adds what is needed")]
    Reserved(String),
    #[error("the bucket has no name")]
    NoBucket,
    #[error("the policy expires at {0}, before it is signed")]
    Expired(types::Timestamp),
    #[error("the day of the scope is not the day of the signature; take both from one time")]
    ScopeDay,
    #[error("the form has {0} bytes before the file; S3 takes 20480")]
    TooLong(usize),
}

impl PostPolicy {
    /// Signs the policy. Algorithm, credential, date and session token become conditions, so that the form is good with
    /// these alone.
    ///
    /// # Errors
    /// S3 would refuse whatever form came of it.
    pub fn sign(mut self, params: &SigningParams<'_>) -> Result<SignedForm, PostSignError> {
        let date = AmzDate::from(params.time);
        self.check(params)?;
        if date.day() != params.scope.date {
            return Err(PostSignError::ScopeDay);
        }
        let mut credential = format!("{}/", params.access_key_id).into_bytes();
        params.scope.write(&mut credential);
        let credential = String::from_utf8_lossy(&credential).into_owned();
        self = self
            .field(ALGORITHM_FIELD, ALGORITHM)
            .field(CREDENTIAL_FIELD, &credential)
            .field(DATE_FIELD, date.as_str());
        if let Some(token) = params.session_token {
            self = self.field(TOKEN_FIELD, token.expose());
        }
        let json = self.json();
        let policy = STANDARD.encode(&json);
        let signature = params.key.sign(policy.as_bytes());
        let mut fields = self.fields;
        fields.push((POLICY_FIELD.to_owned(), policy));
        fields.push((SIGNATURE_FIELD.to_owned(), signature.hex()));
        let length = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        if length > super::form::MAX_PRE_DATA {
            return Err(PostSignError::TooLong(length));
        }
        let fields = fields.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
        Ok(SignedForm { fields, open: self.open, policy: Secret::new(json), signature })
    }

    fn check(&self, params: &SigningParams<'_>) -> Result<(), PostSignError> {
        if self.bucket.is_empty() {
            return Err(PostSignError::NoBucket);
        }
        if self.expiration <= params.time {
            return Err(PostSignError::Expired(self.expiration));
        }
        let mut seen = std::collections::BTreeSet::new();
        for name in self.fields.iter().map(|(name, _)| name).chain(&self.open) {
            let lower = name.to_ascii_lowercase();
            if RESERVED.contains(&lower.as_str()) || lower.starts_with("x-ignore-") {
                return Err(PostSignError::Reserved(name.clone()));
            }
            if !seen.insert(lower) {
                return Err(PostSignError::Twice(name.clone()));
            }
        }
        seen.contains("key").then_some(()).ok_or(PostSignError::NoKey)
    }
}

/// Fields that signing adds, that S3 never asks a condition for, or that [`PostPolicy::new`] names.
const RESERVED: [&str; 8] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-signature",
    "policy",
    "file",
    "bucket",
];

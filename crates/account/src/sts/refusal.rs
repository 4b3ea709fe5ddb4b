//! STS's refusals, in its own words (facts/account.md section 4.3; account-shapes.md for codes and statuses).

use policy::PolicyError;

use crate::{Caller, PackedPolicyError, ServiceError};

/// `AccessDenied` 403, with the whole text.
pub fn access_denied(text: impl Into<String>) -> ServiceError {
    ServiceError::new("AccessDenied", 403, text)
}

/// A role that is not there, or trusts somebody else: which of them, AWS does not tell.
pub fn not_assumable(caller: &Caller, role_arn: &str) -> ServiceError {
    let who = caller.arn().map(|arn| arn.to_string()).unwrap_or_else(|| "anonymous".to_owned());
    access_denied(format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"))
}

/// The same to who holds a token of an identity provider.
pub fn not_assumable_by_web_identity() -> ServiceError {
    access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

pub fn session_credentials(operation: &str) -> ServiceError {
    access_denied(format!("Cannot call {operation} with session credentials"))
}

/// `ValidationError` 400, with the whole text.
pub fn validation_error(text: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", 400, text)
}

/// `InvalidParameterValue` 400, with the whole text.
pub fn invalid_parameter_value(text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterValue", 400, text)
}

/// `InvalidIdentityToken` 400, with the whole text.
pub fn invalid_identity_token(text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidIdentityToken", 400, text)
}

pub fn malformed_policy(error: &PolicyError) -> ServiceError {
    ServiceError::new("MalformedPolicyDocument", 400, error.message.clone())
}

impl From<PackedPolicyError> for ServiceError {
    fn from(error: PackedPolicyError) -> Self {
        let text = if error.tags_alone {
            format!("Packed size of session tags consumes {}% of allotted space.", error.percent)
        } else {
            format!("Packed policy consumes {}% of allotted space, please use smaller policy.", error.percent)
        };
        Self::new("PackedPolicyTooLarge", 400, text)
    }
}

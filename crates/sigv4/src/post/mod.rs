//! Forms that a browser posts to S3: the policy, its signature, and what it refuses.
//!
//! Rule: the signature covers the policy alone, so nothing else in the form is believed but what a condition of the policy
//! names. Source: S3 API Reference, "Browser-based uploads using POST"; facts/sigv4.md section 1.9; suites'
//! `errors/s3-post-errors.json`.

mod condition;
mod credential;
mod document;
mod error;
mod form;
mod json;
mod policy;
mod sign;
#[cfg(test)]
mod tests;
mod v2;
mod verify;

pub use condition::Condition;
pub use document::PolicyDocument;
pub use error::PostError;
pub use form::{FormFile, PostField, ReceivedForm};
pub use policy::PostPolicy;
pub use sign::{PostSignError, SignedForm};
pub use v2::{is_v2, verify_v2};
pub use verify::{AnonymousForm, PostCaller, PostEndpoint, VerifiedForm, verify};

/// What stands for the name of the uploaded file, in any field.
const FILENAME: &str = "${filename}";

/// The fields of a signature, spelt as S3 names them where one is missing.
const ALGORITHM_FIELD: &str = "X-Amz-Algorithm";
const CREDENTIAL_FIELD: &str = "X-Amz-Credential";
const DATE_FIELD: &str = "X-Amz-Date";
const SIGNATURE_FIELD: &str = "X-Amz-Signature";
const TOKEN_FIELD: &str = "X-Amz-Security-Token";
const POLICY_FIELD: &str = "Policy";

/// A field that no condition needs to name.
fn is_exempt(lower_case_name: &str) -> bool {
    matches!(lower_case_name, "policy" | "x-amz-signature" | "file")
        || lower_case_name.starts_with("x-ignore-")
}

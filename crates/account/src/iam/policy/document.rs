//! Documents of identity policies on their way in: read, then measured.

use policy::{Document, DocumentKind, Policy};

use super::super::{quota, refusal};
use crate::ServiceError;
use crate::directory::PolicyText;

/// AWS's words for what is no ARN at all, with its two blanks (captured by LocalStack, 2025-06).
pub(in crate::iam) const INVALID_ARN: &str = "Invalid ARN:  Could not be parsed!";

/// A document that IAM takes for a user, a group, a role or a managed policy.
pub(in crate::iam) fn identity_document(text: &str) -> Result<PolicyText, ServiceError> {
    let policy = Policy::parse(text, DocumentKind::Identity)
        .map_err(|error| refusal::malformed_policy(error.message))?;
    Ok(PolicyText::new(policy))
}

/// The same, of a size that a managed policy may have.
pub(super) fn managed_document(text: &str) -> Result<PolicyText, ServiceError> {
    let document = identity_document(text)?;
    quota::POLICY_SIZE.hold(size(text))?;
    Ok(document)
}

/// What quotas count.
pub(in crate::iam) fn size(text: &str) -> usize {
    Document::size(text)
}

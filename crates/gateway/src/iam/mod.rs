//! IAM: from decoded input to `account::iam`, and back.

mod attachments;
mod boundaries;
mod details;
mod inline_policies;
mod linked_roles;
mod policies;
mod reports;

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    attachments::OPERATIONS,
    boundaries::OPERATIONS,
    details::OPERATIONS,
    inline_policies::OPERATIONS,
    linked_roles::OPERATIONS,
    policies::OPERATIONS,
    reports::OPERATIONS,
];

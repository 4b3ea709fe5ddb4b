//! IAM: from decoded input to `account::iam`, and back.

mod access_keys;
mod aliases;
mod attachments;
mod boundaries;
mod details;
mod groups;
mod inline_policies;
mod instance_profiles;
mod instances;
mod linked_roles;
mod listing;
mod mfa_devices;
mod policies;
mod reports;
mod resource;
mod roles;
mod simulation;
mod tags;
#[cfg(test)]
mod tests;
mod users;

use crate::Operation;
#[cfg(test)]
pub(crate) use mfa_devices::tests::scanned;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    access_keys::OPERATIONS,
    aliases::OPERATIONS,
    attachments::OPERATIONS,
    boundaries::OPERATIONS,
    details::OPERATIONS,
    groups::OPERATIONS,
    inline_policies::OPERATIONS,
    instance_profiles::OPERATIONS,
    linked_roles::OPERATIONS,
    mfa_devices::OPERATIONS,
    policies::OPERATIONS,
    reports::OPERATIONS,
    roles::OPERATIONS,
    simulation::OPERATIONS,
    users::OPERATIONS,
];

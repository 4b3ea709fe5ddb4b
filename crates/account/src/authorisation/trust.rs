//! The trust policy of a role, where a check is about becoming the role.
//!
//! Rule: a trust policy trusts whom it named when it was written. An entity made anew under the name of one that was deleted is a
//! stranger, and one that was renamed is known still: AWS keeps unique ids (facts/account.md section 2.1).

use policy::{Attached, ResourcePolicy};

use crate::Check;
use crate::directory::{Directory, Role};

/// Whom the check asks about.
pub(super) enum Trust<'a> {
    /// It is not about becoming a role.
    NotAsked,
    /// There is no such role here, which nobody is told.
    NoRole,
    Of(&'a Role),
}

impl<'a> Trust<'a> {
    pub(super) fn of(directory: &'a Directory, check: &Check) -> Self {
        if !ACTIONS.contains(&check.action) || !check.resource.contains(":role/") {
            return Self::NotAsked;
        }
        let name = check.resource.rsplit('/').next().unwrap_or_default();
        let role = directory.roles.get(name).filter(|role| role.arn.as_str() == check.resource);
        role.map_or(Self::NoRole, |role| Self::Of(role))
    }
}

/// The trust policy of a role.
pub(super) fn policy(role: &Role) -> ResourcePolicy<'_> {
    let attached = Attached { name: role.arn.as_str(), policy: role.assume_role_policy_document.policy() };
    ResourcePolicy::trust(attached, &role.trusted_ids)
}

const ACTIONS: [&str; 5] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

//! The trust policy of a role, where a check is about becoming the role.
//!
//! Rule: a trust policy trusts whom it named when it was written. An entity made anew under the name of one that was deleted is a
//! stranger, and one that was renamed is known still: AWS keeps unique ids (facts/account.md section 2.1).

use policy::{Attached, Principal, ResourcePolicy};
use types::Arn;

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

/// The trust policy: identity policies alone never suffice.
pub(super) fn policy(role: &Role) -> ResourcePolicy<'_> {
    let attached = Attached { name: role.arn.as_str(), policy: role.assume_role_policy_document.policy() };
    ResourcePolicy::trust(attached, &role.trusted_ids)
}

/// The caller as the trust policy is to see him: under the name that it knows him by, or under none.
pub(super) fn known_as(role: &Role, caller: Principal) -> Principal {
    match caller {
        Principal::User { account, arn, unique_id } => {
            let arn = name(role, arn, &unique_id, "user");
            Principal::User { account, arn, unique_id }
        }
        Principal::RoleSession { account, role_arn, role_id, session_arn } => {
            let role_arn = name(role, role_arn, &role_id, "role");
            Principal::RoleSession { account, role_arn, role_id, session_arn }
        }
        other => other,
    }
}

fn name(role: &Role, arn: Arn, id: &str, kind: &str) -> Arn {
    if let Some((held, _)) = role.trusted_ids.iter().find(|(_, held)| held.as_str() == id) {
        return held.parse().unwrap_or(arn);
    }
    if role.trusted_ids.contains_key(arn.as_str()) {
        return stranger(&arn, id, kind);
    }
    arn
}

/// A name that no entity has: a colon is in none.
fn stranger(arn: &Arn, id: &str, kind: &str) -> Arn {
    let (head, _) = arn.as_str().split_at(arn.as_str().len() - arn.resource().len());
    format!("{head}{kind}/:{id}").parse().expect("made of parts of an ARN")
}

const ACTIONS: [&str; 5] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

//! Managed policies attached to users, groups and roles.

use account::iam::attachment;
use account::iam::boundary;
use account::{Check, ServiceError};
use wire::Structure;

use super::policies::{holder_named, listed, on_holder, page, text};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "AttachGroupPolicy", checks: |ask| change(ask, "iam:AttachGroupPolicy"), run: attach },
    Operation { name: "AttachRolePolicy", checks: |ask| change(ask, "iam:AttachRolePolicy"), run: attach },
    Operation { name: "AttachUserPolicy", checks: |ask| change(ask, "iam:AttachUserPolicy"), run: attach },
    Operation { name: "DetachGroupPolicy", checks: |ask| change(ask, "iam:DetachGroupPolicy"), run: detach },
    Operation { name: "DetachRolePolicy", checks: |ask| change(ask, "iam:DetachRolePolicy"), run: detach },
    Operation { name: "DetachUserPolicy", checks: |ask| change(ask, "iam:DetachUserPolicy"), run: detach },
    Operation {
        name: "ListAttachedGroupPolicies",
        checks: |ask| read(ask, "iam:ListAttachedGroupPolicies"),
        run: list,
    },
    Operation {
        name: "ListAttachedRolePolicies",
        checks: |ask| read(ask, "iam:ListAttachedRolePolicies"),
        run: list,
    },
    Operation {
        name: "ListAttachedUserPolicies",
        checks: |ask| read(ask, "iam:ListAttachedUserPolicies"),
        run: list,
    },
];

fn read(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![on_holder(ask, action)])
}

/// With the policy that is meant, and the boundary of the user or role.
fn change(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let mut check = on_holder(ask, action).with("iam:PolicyARN", text(ask, "PolicyArn"));
    if let Some(arn) = boundary::condition_value(ask.directory, holder_named(ask), None) {
        check.context.set("iam:PermissionsBoundary", arn);
    }
    Ok(vec![check])
}

fn attach(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account
        .change(|directory| attachment::attach(directory, holder_named(ask), text(ask, "PolicyArn")))?;
    Ok(Structure::new())
}

fn detach(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account
        .change(|directory| attachment::detach(directory, holder_named(ask), text(ask, "PolicyArn")))?;
    Ok(Structure::new())
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let attached = attachment::attached(ask.directory, holder_named(ask), ask.input.text("PathPrefix"))?;
    let page = page(ask).cut(attached, |policy| policy.arn.as_str())?;
    let shown = page.items.iter().map(shown).collect::<Vec<_>>();
    Ok(listed(Structure::new().with("AttachedPolicies", shown), page.marker))
}

pub(super) fn shown(policy: &attachment::Attached<'_>) -> Structure {
    Structure::new().with("PolicyName", policy.name).with("PolicyArn", policy.arn.as_str())
}

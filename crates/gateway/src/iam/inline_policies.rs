//! Inline policies of users, groups and roles.

use account::iam::document::encoded;
use account::iam::policy::Holder;
use account::iam::{boundary, inline};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::policies::{holder_named, listed, on_holder, page, text};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "DeleteGroupPolicy", checks: |ask| read(ask, "iam:DeleteGroupPolicy"), run: delete },
    Operation { name: "DeleteRolePolicy", checks: |ask| change(ask, "iam:DeleteRolePolicy"), run: delete },
    Operation { name: "DeleteUserPolicy", checks: |ask| change(ask, "iam:DeleteUserPolicy"), run: delete },
    Operation { name: "GetGroupPolicy", checks: |ask| read(ask, "iam:GetGroupPolicy"), run: get },
    Operation { name: "GetRolePolicy", checks: |ask| read(ask, "iam:GetRolePolicy"), run: get },
    Operation { name: "GetUserPolicy", checks: |ask| read(ask, "iam:GetUserPolicy"), run: get },
    Operation { name: "ListGroupPolicies", checks: |ask| read(ask, "iam:ListGroupPolicies"), run: list },
    Operation { name: "ListRolePolicies", checks: |ask| read(ask, "iam:ListRolePolicies"), run: list },
    Operation { name: "ListUserPolicies", checks: |ask| read(ask, "iam:ListUserPolicies"), run: list },
    Operation { name: "PutGroupPolicy", checks: |ask| read(ask, "iam:PutGroupPolicy"), run: put },
    Operation { name: "PutRolePolicy", checks: |ask| change(ask, "iam:PutRolePolicy"), run: put },
    Operation { name: "PutUserPolicy", checks: |ask| change(ask, "iam:PutUserPolicy"), run: put },
];

fn read(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![on_holder(ask, action)])
}

/// Policies of users and roles may be put under the condition that these are bounded.
fn change(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let mut check = on_holder(ask, action);
    if let Some(arn) = boundary::condition_value(ask.directory, holder_named(ask), None) {
        check.context.set("iam:PermissionsBoundary", arn);
    }
    Ok(vec![check])
}

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (holder, name, document) = (holder_named(ask), text(ask, "PolicyName"), text(ask, "PolicyDocument"));
    ask.account.change(|directory| inline::put(directory, holder, name, document))?;
    Ok(Structure::new())
}

/// Names are shown as they were asked for (captured by stackd).
fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (holder, name) = (holder_named(ask), text(ask, "PolicyName"));
    let document = inline::get(ask.directory, holder, name)?;
    let held = holder.find(ask.directory)?;
    let member = match holder {
        Holder::User(_) => "UserName",
        Holder::Group(_) => "GroupName",
        Holder::Role(_) => "RoleName",
    };
    Ok(Structure::new()
        .with(member, held.name)
        .with("PolicyName", name)
        .with("PolicyDocument", encoded(document.text())))
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (holder, name) = (holder_named(ask), text(ask, "PolicyName"));
    ask.account.change(|directory| inline::delete(directory, holder, name))?;
    Ok(Structure::new())
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = page(ask).cut(inline::names(ask.directory, holder_named(ask))?, |name| name)?;
    let names: Vec<Value> = page.items.into_iter().map(Value::from).collect();
    Ok(listed(Structure::new().with("PolicyNames", names), page.marker))
}

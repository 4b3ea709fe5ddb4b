//! Users and their tags.

use std::sync::Arc;

use account::directory::{Boundary, User};
use account::iam::user::{self, NewUser};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::listing::{listed, page};
use super::resource::{list_check, owner, owner_check, user_check};
use super::tags;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateUser", checks: creation, run: create },
    Operation { name: "DeleteUser", checks: |ask| on_user(ask, "iam:DeleteUser"), run: delete },
    Operation { name: "GetUser", checks: reading, run: get },
    Operation { name: "ListUserTags", checks: |ask| on_user(ask, "iam:ListUserTags"), run: list_tags },
    Operation {
        name: "ListUsers",
        checks: |ask| Ok(vec![list_check(ask, "iam:ListUsers", "user")]),
        run: list,
    },
    Operation { name: "TagUser", checks: tagging, run: tag },
    Operation { name: "UntagUser", checks: untagging, run: untag },
    Operation { name: "UpdateUser", checks: renaming, run: update },
];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let path = ask.input.text("Path").unwrap_or("/");
    let arn = ask.directory.arn("user", path, user_name(ask));
    let mut check = Check::new("iam:CreateUser", arn.to_string());
    if let Some(boundary) = ask.input.text("PermissionsBoundary") {
        check.context.set("iam:PermissionsBoundary", boundary);
    }
    Ok(tags::creation(check, "iam:TagUser", &tags::given(ask)))
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let new = NewUser {
        user_name: user_name(ask).to_owned(),
        path: ask.input.text("Path").map(str::to_owned),
        permissions_boundary: ask.input.text("PermissionsBoundary").map(str::to_owned),
        tags: tags::given(ask),
    };
    let made = ask.account.change(|directory| user::create(directory, new.clone(), ask.now, ask.random))?;
    Ok(Structure::new().with("User", shown_whole(&made)))
}

fn reading(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![owner_check(ask.directory, "iam:GetUser", owner(ask)?)])
}

/// The root user has neither name nor path, and is as old as the account.
fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let user = match owner(ask)? {
        Some(name) => shown_whole(ask.directory.user(name)?),
        None => Structure::new()
            .with("UserId", ask.directory.account_id().to_string())
            .with("Arn", ask.directory.root_arn().to_string())
            .with_some("CreateDate", ask.directory.account.iter().next().map(|account| account.created_at)),
    };
    Ok(Structure::new().with("User", user))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = user::list(ask.directory, ask.input.text("PathPrefix"), &page(ask))?;
    Ok(listed("Users", &page, |user| shown(user).into()))
}

/// Who renames a user must be allowed to on the one that there is and on the one that there will be.
fn renaming(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let mut checks = on_user(ask, "iam:UpdateUser")?;
    let held = ask.directory.users.get(user_name(ask));
    let path = ask.input.text("NewPath").or_else(|| held.map(|user| &*user.path)).unwrap_or("/");
    let name = ask.input.text("NewUserName").unwrap_or_else(|| user_name(ask));
    let renamed = ask.directory.arn("user", path, name).to_string();
    if checks.iter().all(|check| check.resource != renamed) {
        checks.push(Check { resource: renamed, ..checks[0].clone() });
    }
    Ok(checks)
}

fn update(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (new_name, new_path) = (ask.input.text("NewUserName"), ask.input.text("NewPath"));
    ask.account.change(|directory| user::update(directory, user_name(ask), new_name, new_path))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| user::delete(directory, user_name(ask)))?;
    Ok(Structure::new())
}

fn tagging(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = user_check(ask.directory, "iam:TagUser", user_name(ask));
    Ok(vec![tags::requested(check, &tags::given(ask))])
}

fn tag(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| user::set_tags(directory, user_name(ask), tags::given(ask)))?;
    Ok(Structure::new())
}

fn untagging(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = user_check(ask.directory, "iam:UntagUser", user_name(ask));
    Ok(vec![tags::with_keys(check, tags::keys(ask).into_iter().map(str::to_owned).collect())])
}

fn untag(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| user::unset_tags(directory, user_name(ask), &tags::keys(ask)))?;
    Ok(Structure::new())
}

fn list_tags(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let user = ask.directory.user(user_name(ask))?;
    Ok(tags::listed(&page(ask).cut(&user.tags, |tag| &tag.key)?))
}

fn on_user(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![user_check(ask.directory, action, user_name(ask))])
}

fn user_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("UserName").unwrap_or_default()
}

/// As lists show a user.
pub(super) fn shown(user: &Arc<User>) -> Structure {
    Structure::new()
        .with("Path", user.path.as_str())
        .with("UserName", user.user_name.as_str())
        .with("UserId", user.user_id.to_string())
        .with("Arn", user.arn.to_string())
        .with("CreateDate", user.create_date)
}

/// As a single user is shown. When his password was last used is not known: there are no passwords.
fn shown_whole(user: &Arc<User>) -> Structure {
    shown(user)
        .with_some("PermissionsBoundary", shown_boundary(user.permissions_boundary.as_ref()))
        .with_some("Tags", tags::shown(&user.tags))
}

pub(super) fn shown_boundary(boundary: Option<&Boundary>) -> Option<Value> {
    let shown = |Boundary(arn): &Boundary| {
        Structure::new()
            .with("PermissionsBoundaryType", "Policy")
            .with("PermissionsBoundaryArn", arn.to_string())
            .into()
    };
    boundary.map(shown)
}

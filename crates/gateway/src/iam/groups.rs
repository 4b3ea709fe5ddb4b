//! Groups and their members.

use std::sync::Arc;

use account::directory::Group;
use account::iam::group;
use account::{Check, ServiceError};
use wire::Structure;

use super::listing::{listed, page};
use super::resource::{group_check, list_check, user_check};
use super::users;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "AddUserToGroup", checks: |ask| on_group(ask, "iam:AddUserToGroup"), run: add_user },
    Operation { name: "CreateGroup", checks: creation, run: create },
    Operation { name: "DeleteGroup", checks: |ask| on_group(ask, "iam:DeleteGroup"), run: delete },
    Operation { name: "GetGroup", checks: |ask| on_group(ask, "iam:GetGroup"), run: get },
    Operation {
        name: "ListGroups",
        checks: |ask| Ok(vec![list_check(ask, "iam:ListGroups", "group")]),
        run: list,
    },
    Operation { name: "ListGroupsForUser", checks: of_user, run: list_for_user },
    Operation {
        name: "RemoveUserFromGroup",
        checks: |ask| on_group(ask, "iam:RemoveUserFromGroup"),
        run: remove_user,
    },
    Operation { name: "UpdateGroup", checks: renaming, run: update },
];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let path = ask.input.text("Path").unwrap_or("/");
    Ok(vec![Check::new("iam:CreateGroup", ask.directory.arn("group", path, group_name(ask)).to_string())])
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (name, path) = (group_name(ask), ask.input.text("Path"));
    let made = ask.account.change(|directory| group::create(directory, name, path, ask.now, ask.random))?;
    Ok(Structure::new().with("Group", shown(&made)))
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let group = ask.directory.group(group_name(ask))?;
    let members = group::members(ask.directory, group_name(ask), &page(ask))?;
    Ok(listed("Users", &members, |user| users::shown(user).into()).with("Group", shown(group)))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = group::list(ask.directory, ask.input.text("PathPrefix"), &page(ask))?;
    Ok(listed("Groups", &page, |group| shown(group).into()))
}

fn of_user(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![user_check(ask.directory, "iam:ListGroupsForUser", user_name(ask))])
}

fn list_for_user(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = group::list_for_user(ask.directory, user_name(ask), &page(ask))?;
    Ok(listed("Groups", &page, |group| shown(group).into()))
}

/// Who renames a group must be allowed to on the one that there is and on the one that there will be.
fn renaming(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let mut checks = on_group(ask, "iam:UpdateGroup")?;
    let held = ask.directory.groups.get(group_name(ask));
    let path = ask.input.text("NewPath").or_else(|| held.map(|group| &*group.path)).unwrap_or("/");
    let name = ask.input.text("NewGroupName").unwrap_or_else(|| group_name(ask));
    let renamed = ask.directory.arn("group", path, name).to_string();
    if checks.iter().all(|check| check.resource != renamed) {
        checks.push(Check::new("iam:UpdateGroup", renamed));
    }
    Ok(checks)
}

fn update(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (new_name, new_path) = (ask.input.text("NewGroupName"), ask.input.text("NewPath"));
    ask.account.change(|directory| group::update(directory, group_name(ask), new_name, new_path))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| group::delete(directory, group_name(ask)))?;
    Ok(Structure::new())
}

fn add_user(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| group::add_user(directory, group_name(ask), user_name(ask)))?;
    Ok(Structure::new())
}

fn remove_user(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| group::remove_user(directory, group_name(ask), user_name(ask)))?;
    Ok(Structure::new())
}

fn on_group(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![group_check(ask.directory, action, group_name(ask))])
}

fn group_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("GroupName").unwrap_or_default()
}

fn user_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("UserName").unwrap_or_default()
}

fn shown(group: &Arc<Group>) -> Structure {
    Structure::new()
        .with("Path", group.path.as_str())
        .with("GroupName", group.group_name.as_str())
        .with("GroupId", group.group_id.to_string())
        .with("Arn", group.arn.to_string())
        .with("CreateDate", group.create_date)
}

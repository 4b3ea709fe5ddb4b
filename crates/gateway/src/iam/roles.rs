//! Roles and their tags.

use account::directory::{Directory, Role};
use account::ec2::profile::ProfileScope;
use account::iam::document;
use account::iam::role::{self, NewRole};
use account::{Check, KeyUses, ServiceError};
use wire::Structure;

use super::instances::follow;
use super::listing::{listed, page};
use super::resource::{list_check, role_check};
use super::{tags, users};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateRole", checks: creation, run: create },
    Operation { name: "DeleteRole", checks: |ask| on_role(ask, "iam:DeleteRole"), run: delete },
    Operation { name: "GetRole", checks: |ask| on_role(ask, "iam:GetRole"), run: get },
    Operation { name: "ListRoleTags", checks: |ask| on_role(ask, "iam:ListRoleTags"), run: list_tags },
    Operation {
        name: "ListRoles",
        checks: |ask| Ok(vec![list_check(ask, "iam:ListRoles", "role")]),
        run: list,
    },
    Operation { name: "TagRole", checks: tagging, run: tag },
    Operation { name: "UntagRole", checks: untagging, run: untag },
    Operation {
        name: "UpdateAssumeRolePolicy",
        checks: |ask| on_role(ask, "iam:UpdateAssumeRolePolicy"),
        run: update_trust,
    },
    Operation { name: "UpdateRole", checks: |ask| on_role(ask, "iam:UpdateRole"), run: update },
    Operation {
        name: "UpdateRoleDescription",
        checks: |ask| on_role(ask, "iam:UpdateRoleDescription"),
        run: update_description,
    },
];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let path = ask.input.text("Path").unwrap_or("/");
    let mut check = Check::new("iam:CreateRole", ask.directory.arn("role", path, role_name(ask)).to_string());
    if let Some(boundary) = ask.input.text("PermissionsBoundary") {
        check.context.set("iam:PermissionsBoundary", boundary);
    }
    Ok(tags::creation(check, "iam:TagRole", &tags::given(ask)))
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let text = |name| ask.input.text(name).map(str::to_owned);
    let new = NewRole {
        role_name: role_name(ask).to_owned(),
        path: text("Path"),
        assume_role_policy_document: text("AssumeRolePolicyDocument").unwrap_or_default(),
        description: text("Description"),
        max_session_duration: ask.input.integer("MaxSessionDuration"),
        permissions_boundary: text("PermissionsBoundary"),
        tags: tags::given(ask),
    };
    let made = ask.account.change(|directory| role::create(directory, new.clone(), ask.now, ask.random))?;
    let role = shown(&ask.account.directory(), &made)
        .with_some("PermissionsBoundary", users::shown_boundary(made.permissions_boundary.as_ref()))
        .with_some("Tags", tags::shown(&made.tags));
    Ok(Structure::new().with("Role", role))
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let role = ask.directory.role(role_name(ask))?;
    let shown = described(ask.directory, role)
        .with_some("PermissionsBoundary", users::shown_boundary(role.permissions_boundary.as_ref()))
        .with_some("Tags", tags::shown(&role.tags))
        .with("RoleLastUsed", last_used(ask.account.uses(), role));
    Ok(Structure::new().with("Role", shown))
}

/// Neither tags nor boundaries nor last uses, as on AWS.
fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = role::list(ask.directory, ask.input.text("PathPrefix"), &page(ask))?;
    Ok(listed("Roles", &page, |role| described(ask.directory, role).into()))
}

fn update(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (description, seconds) = (ask.input.text("Description"), ask.input.integer("MaxSessionDuration"));
    ask.account.change(|directory| role::update(directory, role_name(ask), description, seconds))?;
    Ok(Structure::new())
}

fn update_description(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let description = ask.input.text("Description").unwrap_or_default();
    let role = ask.account.change(|directory| {
        role::update(directory, role_name(ask), Some(description), None)?;
        Ok::<_, ServiceError>(described(directory, directory.role(role_name(ask))?))
    })?;
    Ok(Structure::new().with("Role", role))
}

fn update_trust(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let document = ask.input.text("PolicyDocument").unwrap_or_default();
    ask.account.change(|directory| role::update_trust(directory, role_name(ask), document))?;
    follow(ask, ProfileScope::Role(role_name(ask)))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| role::delete(directory, role_name(ask)))?;
    Ok(Structure::new())
}

fn tagging(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = role_check(ask.directory, "iam:TagRole", role_name(ask));
    Ok(vec![tags::requested(check, &tags::given(ask))])
}

fn tag(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| role::set_tags(directory, role_name(ask), tags::given(ask)))?;
    Ok(Structure::new())
}

fn untagging(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = role_check(ask.directory, "iam:UntagRole", role_name(ask));
    Ok(vec![tags::with_keys(check, tags::keys(ask).into_iter().map(str::to_owned).collect())])
}

fn untag(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| role::unset_tags(directory, role_name(ask), &tags::keys(ask)))?;
    Ok(Structure::new())
}

fn list_tags(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let role = ask.directory.role(role_name(ask))?;
    Ok(tags::listed(&page(ask).cut(&role.tags, |tag| &tag.key)?))
}

fn on_role(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![role_check(ask.directory, action, role_name(ask))])
}

fn role_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("RoleName").unwrap_or_default()
}

/// As CreateRole and instance profiles show a role.
pub(super) fn shown(directory: &Directory, role: &Role) -> Structure {
    Structure::new()
        .with("Path", role.path.as_str())
        .with("RoleName", role.role_name.as_str())
        .with("RoleId", role.role_id.to_string())
        .with("Arn", role.arn.to_string())
        .with("CreateDate", role.create_date)
        .with("AssumeRolePolicyDocument", document::encoded(&role::shown_trust(directory, role)))
}

fn described(directory: &Directory, role: &Role) -> Structure {
    shown(directory, role)
        .with_some("Description", role.description.as_deref())
        .with("MaxSessionDuration", i64::from(role.max_session_duration))
}

/// There and empty where no use is known.
fn last_used(uses: &KeyUses, role: &Role) -> Structure {
    let last = uses.last(role.role_id.as_str());
    Structure::new()
        .with_some("LastUsedDate", last.as_deref().map(|last| last.at))
        .with_some("Region", last.as_deref().map(|last| last.region.as_str()))
}

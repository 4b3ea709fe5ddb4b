//! Instance profiles.

use account::directory::{Directory, InstanceProfile};
use account::ec2::profile::ProfileScope;
use account::iam::instance_profile;
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::instances::follow;
use super::listing::{listed, page};
use super::resource::{list_check, profile_check, role_check};
use super::{roles, tags};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "AddRoleToInstanceProfile", checks: passing, run: add_role },
    Operation { name: "CreateInstanceProfile", checks: creation, run: create },
    Operation {
        name: "DeleteInstanceProfile",
        checks: |ask| on_profile(ask, "iam:DeleteInstanceProfile"),
        run: delete,
    },
    Operation {
        name: "GetInstanceProfile",
        checks: |ask| on_profile(ask, "iam:GetInstanceProfile"),
        run: get,
    },
    Operation {
        name: "ListInstanceProfiles",
        checks: |ask| Ok(vec![list_check(ask, "iam:ListInstanceProfiles", "instance-profile")]),
        run: list,
    },
    Operation { name: "ListInstanceProfilesForRole", checks: of_role, run: list_for_role },
    Operation {
        name: "RemoveRoleFromInstanceProfile",
        checks: |ask| on_profile(ask, "iam:RemoveRoleFromInstanceProfile"),
        run: remove_role,
    },
];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let path = ask.input.text("Path").unwrap_or("/");
    let arn = ask.directory.arn("instance-profile", path, profile_name(ask));
    let check = Check::new("iam:CreateInstanceProfile", arn.to_string());
    Ok(tags::creation(check, "iam:TagInstanceProfile", &tags::given(ask)))
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (name, path) = (profile_name(ask), ask.input.text("Path"));
    let made = ask.account.change(|directory| {
        instance_profile::create(directory, name, path, tags::given(ask), ask.now, ask.random)
    })?;
    let profile = shown(ask.directory, &made).with_some("Tags", tags::shown(&made.tags));
    Ok(Structure::new().with("InstanceProfile", profile))
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let profile = ask.directory.instance_profile(profile_name(ask))?;
    let tags: Vec<Value> = profile.tags.iter().map(tags::shown_one).collect();
    Ok(Structure::new().with("InstanceProfile", shown(ask.directory, profile).with("Tags", tags)))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = instance_profile::list(ask.directory, ask.input.text("PathPrefix"), &page(ask))?;
    Ok(listed("InstanceProfiles", &page, |profile| shown(ask.directory, profile).into()))
}

fn of_role(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![role_check(ask.directory, "iam:ListInstanceProfilesForRole", role_name(ask))])
}

fn list_for_role(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = instance_profile::list_for_role(ask.directory, role_name(ask), &page(ask))?;
    Ok(listed("InstanceProfiles", &page, |profile| shown(ask.directory, profile).into()))
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| instance_profile::delete(directory, profile_name(ask)))?;
    follow(ask, ProfileScope::Profile(profile_name(ask)))?;
    Ok(Structure::new())
}

/// Who puts a role into a profile hands it to the instances that have the profile.
fn passing(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let mut checks = on_profile(ask, "iam:AddRoleToInstanceProfile")?;
    let service = format!("ec2.{}", service_domain(ask));
    checks
        .push(role_check(ask.directory, "iam:PassRole", role_name(ask)).with("iam:PassedToService", service));
    Ok(checks)
}

fn add_role(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (profile, role) = (profile_name(ask), role_name(ask));
    ask.account.change(|directory| instance_profile::add_role(directory, profile, role))?;
    follow(ask, ProfileScope::Profile(profile))?;
    Ok(Structure::new())
}

fn remove_role(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (profile, role) = (profile_name(ask), role_name(ask));
    ask.account.change(|directory| instance_profile::remove_role(directory, profile, role))?;
    follow(ask, ProfileScope::Profile(profile))?;
    Ok(Structure::new())
}

fn on_profile(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![profile_check(ask.directory, action, profile_name(ask))])
}

fn service_domain(ask: &Ask<'_>) -> &'static str {
    ask.directory.partition().dns_suffix()
}

fn profile_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("InstanceProfileName").unwrap_or_default()
}

fn role_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("RoleName").unwrap_or_default()
}

fn shown(directory: &Directory, profile: &InstanceProfile) -> Structure {
    let role = profile.role.as_deref().and_then(|name| directory.roles.get(name));
    let held: Vec<Value> = role.iter().map(|role| roles::shown(directory, role).into()).collect();
    Structure::new()
        .with("Path", profile.path.as_str())
        .with("InstanceProfileName", profile.instance_profile_name.as_str())
        .with("InstanceProfileId", profile.instance_profile_id.to_string())
        .with("Arn", profile.arn.to_string())
        .with("CreateDate", profile.create_date)
        .with("Roles", held)
}

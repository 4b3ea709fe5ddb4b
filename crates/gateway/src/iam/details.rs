//! `GetAccountAuthorizationDetails`.

use account::directory::{Directory, Group, PolicyText, Role, User};
use account::iam::attachment::{self, Attached};
use account::iam::details::{self, Detail, DetailFilter};
use account::iam::document::encoded;
use account::iam::policy::{Holder, Managed, Usage};
use account::iam::role::shown_trust;
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::policies::{listed, page, shown as shown_policy, shown_version_with_document, tag_list};
use super::{attachments, boundaries};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "GetAccountAuthorizationDetails",
    checks: |_| Ok(vec![Check::new("iam:GetAccountAuthorizationDetails", "*")]),
    run: details,
}];

fn details(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let usage = Usage::of(ask.directory);
    let filter = DetailFilter::read(ask.input.texts("Filter"));
    let page = details::details(ask.directory, filter, &usage, &page(ask))?;
    let (mut users, mut groups, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for item in &page.items {
        match item {
            Detail::User(held) => users.push(user(ask.directory, held)?),
            Detail::Group(held) => groups.push(group(ask.directory, held)?),
            Detail::Role(held) => roles.push(role(ask, ask.directory, held)?),
            Detail::Policy(held) => policies.push(policy(*held, &usage)),
        }
    }
    let answer = Structure::new()
        .with("UserDetailList", users)
        .with("GroupDetailList", groups)
        .with("RoleDetailList", roles)
        .with("Policies", policies);
    Ok(listed(answer, page.marker))
}

/// Users without inline policies have no list of them; groups and roles have an empty one (captured by stackd).
fn user(directory: &Directory, user: &User) -> Result<Structure, ServiceError> {
    let inline = inline(&user.inline_policies);
    let inline = if inline.is_empty() { None } else { Some(inline) };
    let groups: Vec<Value> = user.groups.iter().map(|name| Value::from(name.as_str())).collect();
    Ok(Structure::new()
        .with("Path", user.path.as_str())
        .with("UserName", user.user_name.as_str())
        .with("UserId", user.user_id.as_str())
        .with("Arn", user.arn.as_str())
        .with("CreateDate", user.create_date)
        .with_some("UserPolicyList", inline)
        .with("GroupList", groups)
        .with("AttachedManagedPolicies", attached(directory, Holder::User(&user.user_name))?)
        .with_some("PermissionsBoundary", user.permissions_boundary.as_ref().map(boundaries::shown))
        .with("Tags", tag_list(&user.tags)))
}

fn group(directory: &Directory, group: &Group) -> Result<Structure, ServiceError> {
    Ok(Structure::new()
        .with("Path", group.path.as_str())
        .with("GroupName", group.group_name.as_str())
        .with("GroupId", group.group_id.as_str())
        .with("Arn", group.arn.as_str())
        .with("CreateDate", group.create_date)
        .with("GroupPolicyList", inline(&group.inline_policies))
        .with("AttachedManagedPolicies", attached(directory, Holder::Group(&group.group_name))?))
}

fn role(ask: &Ask<'_>, directory: &Directory, role: &Role) -> Result<Structure, ServiceError> {
    let profiles = directory.profiles_of(&role.role_name).map(|profile| {
        Structure::new()
            .with("Path", profile.path.as_str())
            .with("InstanceProfileName", profile.instance_profile_name.as_str())
            .with("InstanceProfileId", profile.instance_profile_id.as_str())
            .with("Arn", profile.arn.as_str())
            .with("CreateDate", profile.create_date)
            .with("Roles", vec![role_alone(directory, role)])
    });
    let used = ask.account.uses().last(role.role_id.as_str());
    let last_used = Structure::new()
        .with_some("LastUsedDate", used.as_ref().map(|used| used.at))
        .with_some("Region", used.as_ref().map(|used| used.region.as_str()));
    Ok(role_alone(directory, role)
        .with("InstanceProfileList", profiles.collect::<Vec<_>>())
        .with("RolePolicyList", inline(&role.inline_policies))
        .with("AttachedManagedPolicies", attached(directory, Holder::Role(&role.role_name))?)
        .with_some("PermissionsBoundary", role.permissions_boundary.as_ref().map(boundaries::shown))
        .with("Tags", tag_list(&role.tags))
        .with("RoleLastUsed", last_used))
}

fn role_alone(directory: &Directory, role: &Role) -> Structure {
    Structure::new()
        .with("Path", role.path.as_str())
        .with("RoleName", role.role_name.as_str())
        .with("RoleId", role.role_id.as_str())
        .with("Arn", role.arn.as_str())
        .with("CreateDate", role.create_date)
        .with("AssumeRolePolicyDocument", encoded(&shown_trust(directory, role)))
}

/// Neither description nor tags, but every version with its document.
fn policy(policy: Managed<'_>, usage: &Usage<'_>) -> Structure {
    let versions: Vec<Structure> = policy.versions().iter().map(shown_version_with_document).collect();
    shown_policy(policy, usage.policy(policy.arn().as_str())).with("PolicyVersionList", versions)
}

fn inline<'a>(policies: impl IntoIterator<Item = (&'a String, &'a PolicyText)>) -> Vec<Structure> {
    let shown = |(name, document): (&String, &PolicyText)| {
        Structure::new().with("PolicyName", name.as_str()).with("PolicyDocument", encoded(document.text()))
    };
    policies.into_iter().map(shown).collect()
}

fn attached(directory: &Directory, holder: Holder<'_>) -> Result<Vec<Structure>, ServiceError> {
    let attached: Vec<Attached<'_>> = attachment::attached(directory, holder, None)?;
    Ok(attached.iter().map(attachments::shown).collect())
}

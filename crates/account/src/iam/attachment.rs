//! Managed policies attached to users, groups and roles.

use types::{Arn, UniqueId};

use super::policy::{Holder, PolicyUse, UsageFilter, find, policy_arn};
use super::refusal;
use crate::ServiceError;
use crate::directory::Directory;

/// `AttachUserPolicy`, `AttachGroupPolicy`, `AttachRolePolicy`. Attaching again changes nothing.
pub fn attach(directory: &mut Directory, holder: Holder<'_>, arn: &str) -> Result<(), ServiceError> {
    policy_arn(arn)?;
    holder.find(directory)?;
    let policy = find(directory, arn)?.ok_or_else(|| not_attachable(arn))?;
    let attachable = policy.is_attachable();
    let arn = policy.arn().clone();
    let quota = holder.attachment_quota().of(directory);
    let attached = holder.change(directory)?.attached;
    if !attachable {
        let text = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(ServiceError::new("PolicyNotAttachable", 400, text));
    }
    if !attached.contains(&arn) {
        quota.admit(attached.len())?;
        attached.insert(arn);
    }
    Ok(())
}

/// `DetachUserPolicy` and its like.
pub fn detach(directory: &mut Directory, holder: Holder<'_>, arn: &str) -> Result<(), ServiceError> {
    let wanted = policy_arn(arn)?;
    if holder.change(directory)?.attached.remove(&wanted) {
        return Ok(());
    }
    Err(refusal::no_such_entity(format!("Policy {arn} was not found.")))
}

/// A managed policy that somebody has. Policies of service-linked roles that the account does not know are there as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached<'a> {
    pub name: &'a str,
    pub arn: &'a Arn,
}

/// `ListAttachedUserPolicies` and its like: in the order of their ARNs in lower case.
pub fn attached<'a>(
    directory: &'a Directory,
    holder: Holder<'_>,
    path_prefix: Option<&str>,
) -> Result<Vec<Attached<'a>>, ServiceError> {
    let mut attached: Vec<Attached<'a>> = holder
        .find(directory)?
        .attached
        .iter()
        .filter_map(|arn| {
            let (path, name) = arn.resource().strip_prefix("policy")?.rsplit_once('/')?;
            let placed = path_prefix.is_none_or(|prefix| format!("{path}/").starts_with(prefix));
            placed.then_some(Attached { name, arn })
        })
        .collect();
    attached.sort_by_cached_key(|policy| policy.arn.as_str().to_ascii_lowercase());
    Ok(attached)
}

/// What `ListEntitiesForPolicy` asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListEntities<'a> {
    pub entity: EntityFilter,
    pub path_prefix: Option<&'a str>,
    pub usage: Option<UsageFilter>,
}

/// `EntityFilter`. No policy has policies: two of AWS's values list nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntityFilter {
    #[default]
    All,
    User,
    Group,
    Role,
    Policy,
}

impl EntityFilter {
    /// As in the API.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "User" => Some(Self::User),
            "Group" => Some(Self::Group),
            "Role" => Some(Self::Role),
            "LocalManagedPolicy" | "AWSManagedPolicy" => Some(Self::Policy),
            _ => None,
        }
    }
}

/// Somebody who uses a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyEntity<'a> {
    pub kind: EntityKind,
    pub name: &'a str,
    pub id: &'a UniqueId,
    /// Unique among all that use the policy, and in the order of the list.
    pub key: String,
}

/// In the order in which pages go through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    Group,
    Role,
    User,
}

/// `ListEntitiesForPolicy`: groups, roles, then users, each in the order of their names in lower case.
pub fn entities<'a>(
    directory: &'a Directory,
    arn: &str,
    request: &ListEntities<'_>,
) -> Result<Vec<PolicyEntity<'a>>, ServiceError> {
    let policy = find(directory, arn)?.ok_or_else(|| not_attachable(arn))?;
    let arn = policy.arn();
    let wanted =
        |filter: EntityFilter| matches!(request.entity, EntityFilter::All) || request.entity == filter;
    let uses = |attached: bool, bounded: bool| {
        let uses = PolicyUse { attachments: usize::from(attached), boundaries: usize::from(bounded) };
        uses.meets(request.usage)
    };
    let placed = |path: &str| request.path_prefix.is_none_or(|prefix| path.starts_with(prefix));

    let groups = directory.groups.iter().filter(|group| {
        wanted(EntityFilter::Group)
            && placed(&group.path)
            && uses(group.attached_policies.contains(arn), false)
    });
    let roles = directory.roles.iter().filter(|role| {
        let bounded = role.permissions_boundary.as_ref().is_some_and(|boundary| boundary.0 == *arn);
        wanted(EntityFilter::Role)
            && placed(&role.path)
            && uses(role.attached_policies.contains(arn), bounded)
    });
    let users = directory.users.iter().filter(|user| {
        let bounded = user.permissions_boundary.as_ref().is_some_and(|boundary| boundary.0 == *arn);
        wanted(EntityFilter::User)
            && placed(&user.path)
            && uses(user.attached_policies.contains(arn), bounded)
    });
    let groups = groups.map(|group| entity(EntityKind::Group, &group.group_name, &group.group_id));
    let roles = roles.map(|role| entity(EntityKind::Role, &role.role_name, &role.role_id));
    let users = users.map(|user| entity(EntityKind::User, &user.user_name, &user.user_id));
    Ok(groups.chain(roles).chain(users).collect())
}

fn entity<'a>(kind: EntityKind, name: &'a str, id: &'a UniqueId) -> PolicyEntity<'a> {
    let place = match kind {
        EntityKind::Group => "group",
        EntityKind::Role => "role",
        EntityKind::User => "user",
    };
    PolicyEntity { kind, name, id, key: format!("{place}/{}", name.to_ascii_lowercase()) }
}

fn not_attachable(arn: &str) -> ServiceError {
    refusal::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

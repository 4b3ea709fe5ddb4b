//! Roles, and whom they trust.

mod principal;
mod rewrite;
mod trust;

use std::sync::Arc;

use policy::DocumentKind;
use types::{Timestamp, UniqueId};

use super::boundary::boundary;
use super::page::{Page, PageRequest};
use super::{id_bytes, name, quota, refusal, tag};
use crate::ServiceError;
use crate::directory::{Directory, PolicyText, Role, Tag};

pub use trust::shown_trust;
pub(crate) use trust::{pins, shown};

/// Arguments of CreateRole.
#[derive(Clone, Debug, Default)]
pub struct NewRole {
    pub role_name: String,
    /// `/` where it is missing.
    pub path: Option<String>,
    /// The trust policy's text.
    pub assume_role_policy_document: String,
    pub description: Option<String>,
    /// Seconds; an hour where it is missing.
    pub max_session_duration: Option<i64>,
    /// An ARN.
    pub permissions_boundary: Option<String>,
    pub tags: Vec<Tag>,
}

pub fn create(
    directory: &mut Directory,
    new: NewRole,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<Arc<Role>, ServiceError> {
    let role_id = UniqueId::role(directory.account_id(), id_bytes(random));
    create_with_id(directory, new, now, role_id)
}

/// For roles that are declared, whose ids follow from the declaration.
pub(super) fn create_with_id(
    directory: &mut Directory,
    new: NewRole,
    now: Timestamp,
    role_id: UniqueId,
) -> Result<Arc<Role>, ServiceError> {
    let path = new.path.unwrap_or_else(|| "/".to_owned());
    name::check("roleName", &new.role_name, name::MAX_USER_NAME)?;
    name::check_path(&path)?;
    let tags = tag::checked(new.tags, quota::TAGS_PER_ROLE)?;
    let max_session_duration = duration(new.max_session_duration.unwrap_or(DEFAULT_SESSION))?;
    let permissions_boundary = new.permissions_boundary.map(|arn| boundary(directory, &arn)).transpose()?;
    let trust = trust_policy(directory, &new.assume_role_policy_document)?;
    if directory.roles.contains(&new.role_name) {
        return Err(refusal::already_exists(format_args!("Role with name {}", new.role_name)));
    }
    quota::ROLES.of(directory).admit(directory.roles.len())?;
    let role = Role {
        trusted_ids: pins(directory, trust.policy())?,
        arn: directory.arn("role", &path, &new.role_name),
        role_name: new.role_name,
        path,
        role_id,
        create_date: now.trunc_secs(),
        assume_role_policy_document: trust,
        description: new.description,
        max_session_duration,
        tags,
        permissions_boundary,
        inline_policies: Default::default(),
        attached_policies: Default::default(),
        linked_service: None,
    };
    Ok(directory.roles.insert(role))
}

/// UpdateRole: what is missing stays.
pub fn update(
    directory: &mut Directory,
    role_name: &str,
    description: Option<&str>,
    max_session_duration: Option<i64>,
) -> Result<(), ServiceError> {
    check_modifiable(directory.role(role_name)?)?;
    let max_session_duration = max_session_duration.map(duration).transpose()?;
    let role = directory.role_mut(role_name)?;
    if let Some(description) = description {
        role.description = Some(description.to_owned());
    }
    if let Some(seconds) = max_session_duration {
        role.max_session_duration = seconds;
    }
    Ok(())
}

/// UpdateAssumeRolePolicy
pub fn update_trust(directory: &mut Directory, role_name: &str, document: &str) -> Result<(), ServiceError> {
    check_modifiable(directory.role(role_name)?)?;
    let trust = trust_policy(directory, document)?;
    let trusted_ids = pins(directory, trust.policy())?;
    let role = directory.role_mut(role_name)?;
    role.assume_role_policy_document = trust;
    role.trusted_ids = trusted_ids;
    Ok(())
}

/// Refuses a role that is in an instance profile, or has policies yet.
pub fn delete(directory: &mut Directory, role_name: &str) -> Result<(), ServiceError> {
    let role = directory.role(role_name)?;
    check_modifiable(role)?;
    let first = if directory.profiles_of(role_name).next().is_some() {
        Some("remove roles from instance profile")
    } else if !role.attached_policies.is_empty() {
        Some("detach all policies")
    } else if !role.inline_policies.is_empty() {
        Some("delete policies")
    } else {
        None
    };
    if let Some(first) = first {
        return Err(refusal::delete_conflict(first));
    }
    directory.roles.remove(role_name);
    Ok(())
}

/// Roles below a path, in the order of their names.
pub fn list(
    directory: &Directory,
    path_prefix: Option<&str>,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<Role>>, ServiceError> {
    let prefix = path_prefix.unwrap_or("/");
    let roles = directory.roles.iter().filter(|role| role.path.starts_with(prefix));
    page.cut(roles.map(Arc::clone), |role| &role.role_name)
}

pub fn set_tags(directory: &mut Directory, role_name: &str, tags: Vec<Tag>) -> Result<(), ServiceError> {
    check_modifiable(directory.role(role_name)?)?;
    tag::set(&mut directory.role_mut(role_name)?.tags, tags, quota::TAGS_PER_ROLE)
}

pub fn unset_tags(directory: &mut Directory, role_name: &str, keys: &[&str]) -> Result<(), ServiceError> {
    check_modifiable(directory.role(role_name)?)?;
    tag::unset(&mut directory.role_mut(role_name)?.tags, keys);
    Ok(())
}

/// Refuses to touch a role that belongs to a service.
pub fn check_modifiable(role: &Role) -> Result<(), ServiceError> {
    match role.linked_service {
        Some(_) => Err(refusal::protected_role(&role.role_name)),
        None => Ok(()),
    }
}

fn trust_policy(directory: &Directory, document: &str) -> Result<PolicyText, ServiceError> {
    let policy = policy::Policy::parse(document, DocumentKind::Trust)
        .map_err(|error| refusal::malformed_policy(error.message))?;
    quota::TRUST_POLICY_SIZE.of(directory).hold(quota::policy_size(document))?;
    Ok(PolicyText::new(policy))
}

fn duration(seconds: i64) -> Result<u32, ServiceError> {
    let seconds = u32::try_from(seconds).unwrap_or(0);
    if (3600..=43_200).contains(&seconds) {
        return Ok(seconds);
    }
    let bound = if seconds < 3600 { "greater than or equal to 3600" } else { "less than or equal to 43200" };
    Err(refusal::validation_error(format!(
        "1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value {bound}"
    )))
}

const DEFAULT_SESSION: i64 = 3600;

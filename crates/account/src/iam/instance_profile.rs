//! Instance profiles, each with at most one role.

use std::sync::Arc;

use types::{Timestamp, UniqueId};

use super::page::{Page, PageRequest};
use super::{id_bytes, name, quota, refusal, role, tag};
use crate::ServiceError;
use crate::directory::{Directory, InstanceProfile, Tag};

pub fn create(
    directory: &mut Directory,
    profile_name: &str,
    path: Option<&str>,
    tags: Vec<Tag>,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<Arc<InstanceProfile>, ServiceError> {
    let path = path.unwrap_or("/");
    name::check("instanceProfileName", profile_name, name::MAX_GROUP_NAME)?;
    name::check_path(path)?;
    let tags = tag::checked(tags, quota::TAGS_PER_INSTANCE_PROFILE)?;
    if directory.instance_profiles.contains(profile_name) {
        return Err(refusal::already_exists(format_args!("Instance Profile {profile_name}")));
    }
    quota::INSTANCE_PROFILES.of(directory).admit(directory.instance_profiles.len())?;
    let profile = InstanceProfile {
        arn: directory.arn("instance-profile", path, profile_name),
        instance_profile_id: UniqueId::instance_profile(directory.account_id(), id_bytes(random)),
        instance_profile_name: profile_name.to_owned(),
        path: path.to_owned(),
        create_date: now.trunc_secs(),
        tags,
        role: None,
    };
    Ok(directory.instance_profiles.insert(profile))
}

/// Refuses a profile that holds a role yet.
pub fn delete(directory: &mut Directory, profile_name: &str) -> Result<(), ServiceError> {
    if directory.instance_profile(profile_name)?.role.is_some() {
        return Err(refusal::delete_conflict("remove roles from instance profile"));
    }
    directory.instance_profiles.remove(profile_name);
    Ok(())
}

/// Profiles below a path, in the order of their names.
pub fn list(
    directory: &Directory,
    path_prefix: Option<&str>,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<InstanceProfile>>, ServiceError> {
    let prefix = path_prefix.unwrap_or("/");
    let profiles = directory.instance_profiles.iter().filter(|profile| profile.path.starts_with(prefix));
    page.cut(profiles.map(Arc::clone), |profile| &profile.instance_profile_name)
}

/// Profiles that hold a role, in the order of their names.
pub fn list_for_role(
    directory: &Directory,
    role_name: &str,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<InstanceProfile>>, ServiceError> {
    directory.role(role_name)?;
    page.cut(directory.profiles_of(role_name).map(Arc::clone), |profile| &profile.instance_profile_name)
}

pub fn add_role(directory: &mut Directory, profile_name: &str, role_name: &str) -> Result<(), ServiceError> {
    let held = usize::from(directory.instance_profile(profile_name)?.role.is_some());
    let role = directory.role(role_name)?;
    role::check_modifiable(role)?;
    let role_name = role.role_name.clone();
    quota::ROLES_PER_INSTANCE_PROFILE.admit(held)?;
    if let Some(profile) = directory.instance_profiles.get_mut(profile_name) {
        profile.role = Some(role_name);
    }
    Ok(())
}

pub fn remove_role(
    directory: &mut Directory,
    profile_name: &str,
    role_name: &str,
) -> Result<(), ServiceError> {
    let profile = directory.instance_profile(profile_name)?;
    role::check_modifiable(directory.role(role_name)?)?;
    if !profile.role.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(role_name)) {
        return Err(refusal::no_role(role_name));
    }
    if let Some(profile) = directory.instance_profiles.get_mut(profile_name) {
        profile.role = None;
    }
    Ok(())
}

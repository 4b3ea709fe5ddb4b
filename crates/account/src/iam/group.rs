//! Groups of users.
//!
//! Rule: a membership stands in the user's entity alone, by the group's name; renaming a group touches its members.

use std::sync::Arc;

use types::{Timestamp, UniqueId};

use super::page::{Page, PageRequest};
use super::{id_bytes, name, quota, refusal};
use crate::ServiceError;
use crate::directory::{Directory, Group, User};

pub fn create(
    directory: &mut Directory,
    group_name: &str,
    path: Option<&str>,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<Arc<Group>, ServiceError> {
    let path = path.unwrap_or("/");
    name::check("groupName", group_name, name::MAX_GROUP_NAME)?;
    name::check_path(path)?;
    if directory.groups.contains(group_name) {
        return Err(taken(group_name));
    }
    quota::GROUPS.of(directory).admit(directory.groups.len())?;
    let group = Group {
        arn: directory.arn("group", path, group_name),
        group_id: UniqueId::group(directory.account_id(), id_bytes(random)),
        group_name: group_name.to_owned(),
        path: path.to_owned(),
        create_date: now.trunc_secs(),
        inline_policies: Default::default(),
        attached_policies: Default::default(),
    };
    Ok(directory.groups.insert(group))
}

/// Changes name, path, or both.
pub fn update(
    directory: &mut Directory,
    group_name: &str,
    new_name: Option<&str>,
    new_path: Option<&str>,
) -> Result<(), ServiceError> {
    let held = Arc::clone(directory.group(group_name)?);
    let new_name = new_name.unwrap_or(&held.group_name);
    let new_path = new_path.unwrap_or(&held.path);
    name::check("newGroupName", new_name, name::MAX_GROUP_NAME)?;
    name::check_path(new_path)?;
    if !new_name.eq_ignore_ascii_case(&held.group_name) && directory.groups.contains(new_name) {
        return Err(taken(new_name));
    }
    let mut group = Group::clone(&held);
    group.arn = directory.arn("group", new_path, new_name);
    group.group_name = new_name.to_owned();
    group.path = new_path.to_owned();
    directory.groups.remove(&held.group_name);
    directory.groups.insert(group);
    if new_name != held.group_name {
        rename_memberships(directory, &held.group_name, new_name);
    }
    Ok(())
}

/// Refuses a group that has members or policies yet.
pub fn delete(directory: &mut Directory, group_name: &str) -> Result<(), ServiceError> {
    let group = directory.group(group_name)?;
    let first = if directory.members(group_name).next().is_some() {
        Some("remove users from group")
    } else if !group.attached_policies.is_empty() {
        Some("detach all policies")
    } else if !group.inline_policies.is_empty() {
        Some("delete policies")
    } else {
        None
    };
    if let Some(first) = first {
        return Err(refusal::delete_conflict(first));
    }
    directory.groups.remove(group_name);
    Ok(())
}

/// Groups below a path, in the order of their names.
pub fn list(
    directory: &Directory,
    path_prefix: Option<&str>,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<Group>>, ServiceError> {
    let prefix = path_prefix.unwrap_or("/");
    let groups = directory.groups.iter().filter(|group| group.path.starts_with(prefix));
    page.cut(groups.map(Arc::clone), |group| &group.group_name)
}

/// A group's members, in the order of their names.
pub fn members(
    directory: &Directory,
    group_name: &str,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<User>>, ServiceError> {
    directory.group(group_name)?;
    page.cut(directory.members(group_name).map(Arc::clone), |user| &user.user_name)
}

/// A user's groups, in the order of their names.
pub fn list_for_user(
    directory: &Directory,
    user_name: &str,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<Group>>, ServiceError> {
    let user = directory.user(user_name)?;
    let mut groups: Vec<Arc<Group>> =
        user.groups.iter().filter_map(|name| directory.groups.get(name)).map(Arc::clone).collect();
    groups.sort_by_cached_key(|group| group.group_name.to_ascii_lowercase());
    page.cut(groups, |group| &group.group_name)
}

/// Adding a member again is fine.
pub fn add_user(directory: &mut Directory, group_name: &str, user_name: &str) -> Result<(), ServiceError> {
    let group_name = directory.group(group_name)?.group_name.clone();
    let user = directory.user(user_name)?;
    if user.groups.contains(&group_name) {
        return Ok(());
    }
    quota::GROUPS_PER_USER.admit(user.groups.len())?;
    directory.user_mut(user_name)?.groups.insert(group_name);
    Ok(())
}

/// Removing who is no member is refused as if the user were not there, which is how AWS answers.
pub fn remove_user(directory: &mut Directory, group_name: &str, user_name: &str) -> Result<(), ServiceError> {
    let group_name = directory.group(group_name)?.group_name.clone();
    if !directory.user(user_name)?.groups.contains(&group_name) {
        return Err(refusal::no_user(user_name));
    }
    directory.user_mut(user_name)?.groups.remove(&group_name);
    Ok(())
}

fn rename_memberships(directory: &mut Directory, old: &str, new: &str) {
    let members: Vec<String> = directory.members(old).map(|user| user.user_name.clone()).collect();
    for user_name in members {
        if let Some(user) = directory.users.get_mut(&user_name) {
            user.groups.remove(old);
            user.groups.insert(new.to_owned());
        }
    }
}

fn taken(group_name: &str) -> ServiceError {
    refusal::already_exists(format_args!("Group with name {group_name}"))
}

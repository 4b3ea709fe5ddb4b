//! IAM users.
//!
//! Rule: a user's unique id stays; his name and path may change, and whatever names him follows.

use std::sync::Arc;

use types::{Timestamp, UniqueId};

use super::boundary::boundary;
use super::page::{Page, PageRequest};
use super::{id_bytes, name, quota, refusal, tag};
use crate::ServiceError;
use crate::directory::{Directory, Tag, User};

/// Arguments of CreateUser.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub user_name: String,
    /// `/` where it is missing.
    pub path: Option<String>,
    /// An ARN.
    pub permissions_boundary: Option<String>,
    pub tags: Vec<Tag>,
}

pub fn create(
    directory: &mut Directory,
    new: NewUser,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<Arc<User>, ServiceError> {
    let path = new.path.unwrap_or_else(|| "/".to_owned());
    name::check("userName", &new.user_name, name::MAX_USER_NAME)?;
    name::check_path(&path)?;
    let tags = tag::checked(new.tags, quota::TAGS_PER_USER)?;
    let permissions_boundary = new.permissions_boundary.map(|arn| boundary(directory, &arn)).transpose()?;
    if directory.users.contains(&new.user_name) {
        return Err(taken(&new.user_name));
    }
    quota::USERS.admit(directory.users.len())?;
    let user = User {
        arn: directory.arn("user", &path, &new.user_name),
        user_id: UniqueId::user(directory.account_id(), id_bytes(random)),
        user_name: new.user_name,
        path,
        create_date: now.trunc_secs(),
        tags,
        permissions_boundary,
        inline_policies: Default::default(),
        attached_policies: Default::default(),
        groups: Default::default(),
    };
    Ok(directory.users.insert(user))
}

/// Changes name, path, or both. Keys and MFA devices follow; groups are named by the user and come along.
pub fn update(
    directory: &mut Directory,
    user_name: &str,
    new_name: Option<&str>,
    new_path: Option<&str>,
) -> Result<(), ServiceError> {
    let held = Arc::clone(directory.user(user_name)?);
    let new_name = new_name.unwrap_or(&held.user_name);
    let new_path = new_path.unwrap_or(&held.path);
    name::check("newUserName", new_name, name::MAX_USER_NAME)?;
    name::check_path(new_path)?;
    if !new_name.eq_ignore_ascii_case(&held.user_name) && directory.users.contains(new_name) {
        return Err(taken(new_name));
    }
    let mut user = User::clone(&held);
    user.arn = directory.arn("user", new_path, new_name);
    user.user_name = new_name.to_owned();
    user.path = new_path.to_owned();
    directory.users.remove(&held.user_name);
    directory.users.insert(user);
    if new_name != held.user_name {
        rename_belongings(directory, &held.user_name, new_name);
    }
    Ok(())
}

/// Refuses a user who has anything yet.
pub fn delete(directory: &mut Directory, user_name: &str) -> Result<(), ServiceError> {
    let user = directory.user(user_name)?;
    let first = if !user.attached_policies.is_empty() {
        Some("detach all policies")
    } else if !user.inline_policies.is_empty() {
        Some("delete policies")
    } else if directory.access_keys_of(Some(user_name)).next().is_some() {
        Some("delete access keys")
    } else if !user.groups.is_empty() {
        Some("remove users from group")
    } else if devices_of(directory, user_name).next().is_some() {
        Some("remove tokens from principal")
    } else {
        None
    };
    if let Some(first) = first {
        return Err(refusal::delete_conflict(first));
    }
    directory.users.remove(user_name);
    Ok(())
}

/// Users below a path, in the order of their names.
pub fn list(
    directory: &Directory,
    path_prefix: Option<&str>,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<User>>, ServiceError> {
    let prefix = path_prefix.unwrap_or("/");
    let users = directory.users.iter().filter(|user| user.path.starts_with(prefix));
    page.cut(users.map(Arc::clone), |user| &user.user_name)
}

pub fn set_tags(directory: &mut Directory, user_name: &str, tags: Vec<Tag>) -> Result<(), ServiceError> {
    tag::set(&mut directory.user_mut(user_name)?.tags, tags, quota::TAGS_PER_USER)
}

pub fn unset_tags(directory: &mut Directory, user_name: &str, keys: &[&str]) -> Result<(), ServiceError> {
    tag::unset(&mut directory.user_mut(user_name)?.tags, keys);
    Ok(())
}

fn rename_belongings(directory: &mut Directory, old: &str, new: &str) {
    let keys: Vec<String> =
        directory.access_keys_of(Some(old)).map(|key| key.access_key_id.clone()).collect();
    for id in keys {
        if let Some(key) = directory.access_keys.get_mut(&id) {
            key.user_name = Some(new.to_owned());
        }
    }
    let devices: Vec<String> = devices_of(directory, old).map(str::to_owned).collect();
    for serial in devices {
        if let Some(device) = directory.mfa_devices.get_mut(&serial) {
            device.user_name = Some(new.to_owned());
        }
    }
}

/// Serial numbers of a user's MFA devices.
fn devices_of<'a>(directory: &'a Directory, user_name: &'a str) -> impl Iterator<Item = &'a str> {
    let owned = move |owner: &str| owner.eq_ignore_ascii_case(user_name);
    let devices = directory.mfa_devices.iter();
    devices
        .filter(move |device| device.user_name.as_deref().is_some_and(owned))
        .map(|device| device.serial_number.as_str())
}

fn taken(user_name: &str) -> ServiceError {
    refusal::already_exists(format_args!("User with name {user_name}"))
}

//! Finding an entity by name, or saying as AWS does that there is none; and what an entity's ARN is.

use std::sync::Arc;

use types::Arn;

use super::{AccessKey, Directory, Group, InstanceProfile, Role, User};
use crate::ServiceError;
use crate::iam::refusal;

impl Directory {
    pub fn user(&self, name: &str) -> Result<&Arc<User>, ServiceError> {
        self.users.get(name).ok_or_else(|| refusal::no_user(name))
    }

    pub fn user_mut(&mut self, name: &str) -> Result<&mut User, ServiceError> {
        self.users.get_mut(name).ok_or_else(|| refusal::no_user(name))
    }

    pub fn group(&self, name: &str) -> Result<&Arc<Group>, ServiceError> {
        self.groups.get(name).ok_or_else(|| refusal::no_group(name))
    }

    pub fn group_mut(&mut self, name: &str) -> Result<&mut Group, ServiceError> {
        self.groups.get_mut(name).ok_or_else(|| refusal::no_group(name))
    }

    pub fn role(&self, name: &str) -> Result<&Arc<Role>, ServiceError> {
        self.roles.get(name).ok_or_else(|| refusal::no_role(name))
    }

    pub fn role_mut(&mut self, name: &str) -> Result<&mut Role, ServiceError> {
        self.roles.get_mut(name).ok_or_else(|| refusal::no_role(name))
    }

    pub fn instance_profile(&self, name: &str) -> Result<&Arc<InstanceProfile>, ServiceError> {
        self.instance_profiles.get(name).ok_or_else(|| refusal::no_instance_profile(name))
    }

    /// Keys of a user, or of the root user, in the order of their ids.
    pub fn access_keys_of<'a>(
        &'a self,
        user_name: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<AccessKey>> {
        self.access_keys.iter().filter(move |key| same_name(key.user_name.as_deref(), user_name))
    }

    /// Members of a group, in the order of their names.
    pub fn members<'a>(&'a self, group_name: &'a str) -> impl DoubleEndedIterator<Item = &'a Arc<User>> {
        self.users
            .iter()
            .filter(move |user| user.groups.iter().any(|name| name.eq_ignore_ascii_case(group_name)))
    }

    /// Instance profiles that hold a role, in the order of their names.
    pub fn profiles_of<'a>(
        &'a self,
        role_name: &'a str,
    ) -> impl DoubleEndedIterator<Item = &'a Arc<InstanceProfile>> {
        self.instance_profiles
            .iter()
            .filter(move |profile| same_name(profile.role.as_deref(), Some(role_name)))
    }

    /// `kind` is the first segment of the resource, such as `user`; `path` begins and ends with `/`.
    pub fn arn(&self, kind: &str, path: &str, name: &str) -> Arn {
        Arn::iam(self.partition, self.account_id, &format!("{kind}{path}{name}"))
    }

    /// The ARN of the user with this name, or the one he would have: the resource of a check, which finds out nothing.
    pub fn user_arn(&self, name: &str) -> Arn {
        self.users.get(name).map_or_else(|| self.arn("user", "/", name), |user| user.arn.clone())
    }

    /// The same for a group.
    pub fn group_arn(&self, name: &str) -> Arn {
        self.groups.get(name).map_or_else(|| self.arn("group", "/", name), |group| group.arn.clone())
    }

    /// The same for a role.
    pub fn role_arn(&self, name: &str) -> Arn {
        self.roles.get(name).map_or_else(|| self.arn("role", "/", name), |role| role.arn.clone())
    }

    /// The same for an instance profile.
    pub fn instance_profile_arn(&self, name: &str) -> Arn {
        let found = self.instance_profiles.get(name);
        found.map_or_else(|| self.arn("instance-profile", "/", name), |profile| profile.arn.clone())
    }

    /// `arn:aws:iam::A:root`
    pub fn root_arn(&self) -> Arn {
        Arn::iam(self.partition, self.account_id, "root")
    }
}

/// Whether both name the same entity, or neither names any.
fn same_name(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (None, None) => true,
        _ => false,
    }
}

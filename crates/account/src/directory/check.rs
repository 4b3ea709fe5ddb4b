//! What holds of every directory that IAM's operations made: held against one that comes from elsewhere, and against what random
//! operations leave behind.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use types::{AccessKeyId, Arn, KeyKind, UniqueId};

use super::{Boundary, Directory, PolicyText};
use crate::aws_managed;
use crate::iam::{name, quota};
use crate::s3;

/// An entity that cannot be as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {name} {problem}")]
pub struct DirectoryFault {
    kind: &'static str,
    name: String,
    problem: String,
}

/// What users, groups and roles have in common.
struct Holder<'a> {
    kind: &'static str,
    name: &'a str,
    max_name: usize,
    path: &'a str,
    arn: &'a Arn,
    boundary: Option<&'a Boundary>,
    inline: &'a BTreeMap<String, PolicyText>,
    attached: &'a BTreeSet<Arn>,
}

impl Directory {
    /// Names, ARNs and ids are right, and whatever names another entity names one that is there.
    pub fn check(&self) -> Result<(), DirectoryFault> {
        self.check_account()?;
        self.check_users()?;
        self.check_groups()?;
        self.check_roles()?;
        self.check_policies()?;
        self.check_instance_profiles()?;
        self.check_access_keys()?;
        self.check_mfa_devices()?;
        self.check_buckets()?;
        self.check_ids()?;
        self.check_quotas()
    }

    fn check_account(&self) -> Result<(), DirectoryFault> {
        let foreign = self.account.iter().any(|record| record.account_id != self.account_id());
        if foreign { Err(fault("account", "record", "is of another account")) } else { Ok(()) }
    }

    fn check_users(&self) -> Result<(), DirectoryFault> {
        for user in self.users.iter() {
            self.check_holder(&Holder {
                kind: "user",
                name: &user.user_name,
                max_name: name::MAX_USER_NAME,
                path: &user.path,
                arn: &user.arn,
                boundary: user.permissions_boundary.as_ref(),
                inline: &user.inline_policies,
                attached: &user.attached_policies,
            })?;
            let held =
                |group: &&String| self.groups.get(group).is_some_and(|held| held.group_name == **group);
            if let Some(group) = user.groups.iter().find(|group| !held(group)) {
                return Err(fault(
                    "user",
                    &user.user_name,
                    format!("is in group {group}, which is not there"),
                ));
            }
            if user.groups.len() > quota::GROUPS_PER_USER.limit {
                return Err(fault("user", &user.user_name, "is in too many groups"));
            }
        }
        Ok(())
    }

    fn check_groups(&self) -> Result<(), DirectoryFault> {
        self.groups.iter().try_for_each(|group| {
            self.check_holder(&Holder {
                kind: "group",
                name: &group.group_name,
                max_name: name::MAX_GROUP_NAME,
                path: &group.path,
                arn: &group.arn,
                boundary: None,
                inline: &group.inline_policies,
                attached: &group.attached_policies,
            })
        })
    }

    fn check_roles(&self) -> Result<(), DirectoryFault> {
        for role in self.roles.iter() {
            self.check_holder(&Holder {
                kind: "role",
                name: &role.role_name,
                max_name: name::MAX_USER_NAME,
                path: &role.path,
                arn: &role.arn,
                boundary: role.permissions_boundary.as_ref(),
                inline: &role.inline_policies,
                attached: &role.attached_policies,
            })?;
            if !(3600..=43_200).contains(&role.max_session_duration) {
                return Err(fault("role", &role.role_name, "has a session duration that no role has"));
            }
        }
        Ok(())
    }

    fn check_policies(&self) -> Result<(), DirectoryFault> {
        for policy in self.policies.iter() {
            let fault = |problem: &str| fault("policy", &policy.policy_name, problem);
            let derived = self.arn("policy", &policy.path, &policy.policy_name);
            named("policy", &policy.policy_name, name::MAX_GROUP_NAME, &policy.path, &policy.arn, &derived)?;
            if policy.versions.is_empty() || policy.versions.len() > MAX_VERSIONS {
                return Err(fault("has not one to five versions"));
            }
            let newest = policy.versions.last_key_value().map_or(0, |(number, _)| *number);
            if !policy.versions.contains_key(&policy.default_version) || newest > policy.last_version {
                return Err(fault("names a version that is not there"));
            }
        }
        Ok(())
    }

    fn check_instance_profiles(&self) -> Result<(), DirectoryFault> {
        for profile in self.instance_profiles.iter() {
            let profile_name = &profile.instance_profile_name;
            let derived = self.arn("instance-profile", &profile.path, profile_name);
            named(
                "instance profile",
                profile_name,
                name::MAX_GROUP_NAME,
                &profile.path,
                &profile.arn,
                &derived,
            )?;
            let held = |role: &String| self.roles.get(role).is_some_and(|held| held.role_name == *role);
            if let Some(role) = profile.role.as_ref().filter(|role| !held(role)) {
                let problem = format!("holds role {role}, which is not there");
                return Err(fault("instance profile", profile_name, problem));
            }
        }
        Ok(())
    }

    fn check_access_keys(&self) -> Result<(), DirectoryFault> {
        let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for key in self.access_keys.iter() {
            let fault = |problem: &str| fault("access key", &key.access_key_id, problem);
            let id = key.access_key_id.parse::<AccessKeyId>();
            if !id.is_ok_and(|id| id.kind() == KeyKind::LongTerm) {
                return Err(fault("has no id of a long-term key"));
            }
            if !self.is_user(key.user_name.as_deref()) {
                return Err(fault("is of a user who is not there"));
            }
            let count = counts.entry(key.user_name.as_deref()).or_default();
            *count += 1;
            if *count > quota::ACCESS_KEYS_PER_USER.limit {
                return Err(fault("is one too many of its user"));
            }
        }
        Ok(())
    }

    fn check_mfa_devices(&self) -> Result<(), DirectoryFault> {
        let prefix = Arn::iam(self.partition(), self.account_id(), "mfa/");
        for device in self.mfa_devices.iter() {
            let fault = |problem: &str| fault("MFA device", &device.serial_number, problem);
            if !device.serial_number.starts_with(prefix.as_str()) {
                return Err(fault("has no serial number of this account"));
            }
            if !self.is_user(device.user_name.as_deref()) {
                return Err(fault("is of a user who is not there"));
            }
            if device.user_name.is_some() && device.enable_date.is_none() {
                return Err(fault("is of a user and not enabled"));
            }
        }
        Ok(())
    }

    fn check_buckets(&self) -> Result<(), DirectoryFault> {
        for bucket in self.buckets.iter() {
            let fault = |problem: &str| fault("bucket", &bucket.bucket_name, problem);
            if !s3::name::is_valid(&bucket.bucket_name) {
                return Err(fault("has a name that none may have"));
            }
            if bucket.region.partition() != self.partition() {
                return Err(fault("is in a region of another partition"));
            }
        }
        Ok(())
    }

    /// No two entities share a unique id.
    fn check_ids(&self) -> Result<(), DirectoryFault> {
        let users = self.users.iter().map(|user| ("user", &user.user_name, &user.user_id));
        let groups = self.groups.iter().map(|group| ("group", &group.group_name, &group.group_id));
        let roles = self.roles.iter().map(|role| ("role", &role.role_name, &role.role_id));
        let policies = self.policies.iter().map(|policy| ("policy", &policy.policy_name, &policy.policy_id));
        let profiles = self.instance_profiles.iter();
        let profiles = profiles.map(|profile| {
            ("instance profile", &profile.instance_profile_name, &profile.instance_profile_id)
        });
        let mut seen: HashSet<&UniqueId> = HashSet::new();
        for (kind, name, id) in users.chain(groups).chain(roles).chain(policies).chain(profiles) {
            if !seen.insert(id) {
                return Err(fault(kind, name, format!("has the unique id {id} of another")));
            }
        }
        Ok(())
    }

    fn check_quotas(&self) -> Result<(), DirectoryFault> {
        for (quota, held) in [
            (quota::USERS, self.users.len()),
            (quota::GROUPS, self.groups.len()),
            (quota::ROLES, self.roles.len()),
            (quota::INSTANCE_PROFILES, self.instance_profiles.len()),
            (quota::POLICIES, self.policies.len()),
        ] {
            let quota = quota.of(self);
            if held > quota.limit {
                return Err(fault("quota", quota.name, format!("is {}, and {held} are there", quota.limit)));
            }
        }
        Ok(())
    }

    fn check_holder(&self, holder: &Holder<'_>) -> Result<(), DirectoryFault> {
        let derived = self.arn(holder.kind, holder.path, holder.name);
        named(holder.kind, holder.name, holder.max_name, holder.path, holder.arn, &derived)?;
        let inline_name = |inline: &&String| name::check("policyName", inline, name::MAX_GROUP_NAME).is_err();
        if let Some(inline) = holder.inline.keys().find(inline_name) {
            return Err(fault(
                holder.kind,
                holder.name,
                format!("has an inline policy with a wrong name {inline}"),
            ));
        }
        let boundary = holder.boundary.map(|boundary| &boundary.0);
        match holder.attached.iter().chain(boundary).find(|arn| !self.is_policy(arn)) {
            Some(arn) => {
                Err(fault(holder.kind, holder.name, format!("names policy {arn}, which is not there")))
            }
            None => Ok(()),
        }
    }

    fn is_policy(&self, arn: &Arn) -> bool {
        let name = arn.resource().rsplit('/').next().unwrap_or_default();
        self.policies.get(name).is_some_and(|policy| policy.arn == *arn)
            || aws_managed::get(arn.as_str()).is_some()
    }

    /// The root user has no name.
    fn is_user(&self, user_name: Option<&str>) -> bool {
        let held = |name: &str| self.users.get(name).is_some_and(|user| user.user_name == name);
        user_name.is_none_or(held)
    }
}

fn named(
    kind: &'static str,
    name: &str,
    max_name: usize,
    path: &str,
    arn: &Arn,
    derived: &Arn,
) -> Result<(), DirectoryFault> {
    if name::check("name", name, max_name).is_err() {
        return Err(fault(kind, name, "has a name that none may have"));
    }
    if name::check_path(path).is_err() {
        return Err(fault(kind, name, "has a path that none may have"));
    }
    if arn != derived {
        return Err(fault(kind, name, format!("has the ARN {arn} in place of {derived}")));
    }
    Ok(())
}

fn fault(kind: &'static str, name: &str, problem: impl Into<String>) -> DirectoryFault {
    DirectoryFault { kind, name: name.chars().take(160).collect(), problem: problem.into() }
}

const MAX_VERSIONS: usize = 5;

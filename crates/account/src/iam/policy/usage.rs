//! Who uses a managed policy: attachments and permissions boundaries.

use std::collections::HashMap;

use crate::directory::Directory;

/// How often each policy is used, of one moment. Costs one pass over users, groups and roles.
#[derive(Clone, Debug, Default)]
pub struct Usage<'a> {
    by_arn: HashMap<&'a str, PolicyUse>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyUse {
    /// Users, groups and roles that have it attached.
    pub attachments: usize,
    /// Users and roles that it bounds.
    pub boundaries: usize,
}

/// `PolicyUsageFilter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageFilter {
    PermissionsPolicy,
    PermissionsBoundary,
}

impl PolicyUse {
    pub fn is_unused(self) -> bool {
        self == Self::default()
    }

    /// Whether it is used in the way that `filter` asks for, or in any.
    pub fn meets(self, filter: Option<UsageFilter>) -> bool {
        match filter {
            None => !self.is_unused(),
            Some(UsageFilter::PermissionsPolicy) => self.attachments > 0,
            Some(UsageFilter::PermissionsBoundary) => self.boundaries > 0,
        }
    }
}

impl UsageFilter {
    /// As in the API.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "PermissionsPolicy" => Some(Self::PermissionsPolicy),
            "PermissionsBoundary" => Some(Self::PermissionsBoundary),
            _ => None,
        }
    }
}

impl<'a> Usage<'a> {
    pub fn of(directory: &'a Directory) -> Self {
        let mut usage = Self::default();
        let users = directory.users.iter().flat_map(|user| &user.attached_policies);
        let groups = directory.groups.iter().flat_map(|group| &group.attached_policies);
        let roles = directory.roles.iter().flat_map(|role| &role.attached_policies);
        for arn in users.chain(groups).chain(roles) {
            usage.by_arn.entry(arn.as_str()).or_default().attachments += 1;
        }
        let users = directory.users.iter().filter_map(|user| user.permissions_boundary.as_ref());
        let roles = directory.roles.iter().filter_map(|role| role.permissions_boundary.as_ref());
        for boundary in users.chain(roles) {
            usage.by_arn.entry(boundary.0.as_str()).or_default().boundaries += 1;
        }
        usage
    }

    /// Of one policy alone.
    pub fn of_policy(directory: &'a Directory, arn: &str) -> PolicyUse {
        Self::of(directory).policy(arn)
    }

    pub fn policy(&self, arn: &str) -> PolicyUse {
        self.by_arn.get(arn).copied().unwrap_or_default()
    }

    /// How many policies are used in any way: each uses one version.
    pub fn policies_in_use(&self) -> usize {
        self.by_arn.len()
    }
}

//! Who holds policies: a user, a group or a role, by name.

use std::collections::{BTreeMap, BTreeSet};

use types::Arn;

use super::super::{quota, refusal};
use crate::ServiceError;
use crate::directory::{Boundary, Directory, PolicyText};
use crate::iam::quota::Quota;

/// A user, a group or a role, as the caller names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder<'a> {
    User(&'a str),
    Group(&'a str),
    Role(&'a str),
}

/// What it holds.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// As it was made.
    pub name: &'a str,
    pub arn: &'a Arn,
    pub inline: &'a BTreeMap<String, PolicyText>,
    pub attached: &'a BTreeSet<Arn>,
    /// Groups have none.
    pub boundary: Option<&'a Boundary>,
}

/// The same, for changing.
#[derive(Debug)]
pub struct HeldMut<'a> {
    pub inline: &'a mut BTreeMap<String, PolicyText>,
    pub attached: &'a mut BTreeSet<Arn>,
    /// `None` for groups, which can have no boundary.
    pub boundary: Option<&'a mut Option<Boundary>>,
}

impl<'a> Holder<'a> {
    pub fn name(self) -> &'a str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Role(name) => name,
        }
    }

    /// As in ARNs and in AWS's messages.
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Role(_) => "role",
        }
    }

    /// Its ARN, or the one it would have: for checks, which find out nothing.
    pub fn arn(self, directory: &Directory) -> Arn {
        match self {
            Self::User(name) => directory.user_arn(name),
            Self::Group(name) => directory.group_arn(name),
            Self::Role(name) => directory.role_arn(name),
        }
    }

    pub fn find(self, directory: &Directory) -> Result<Held<'_>, ServiceError> {
        match self {
            Self::User(name) => directory.user(name).map(|user| Held {
                name: &user.user_name,
                arn: &user.arn,
                inline: &user.inline_policies,
                attached: &user.attached_policies,
                boundary: user.permissions_boundary.as_ref(),
            }),
            Self::Group(name) => directory.group(name).map(|group| Held {
                name: &group.group_name,
                arn: &group.arn,
                inline: &group.inline_policies,
                attached: &group.attached_policies,
                boundary: None,
            }),
            Self::Role(name) => directory.role(name).map(|role| Held {
                name: &role.role_name,
                arn: &role.arn,
                inline: &role.inline_policies,
                attached: &role.attached_policies,
                boundary: role.permissions_boundary.as_ref(),
            }),
        }
    }

    /// For changing. A role that belongs to a service is refused.
    pub fn change(self, directory: &mut Directory) -> Result<HeldMut<'_>, ServiceError> {
        match self {
            Self::User(name) => directory.user_mut(name).map(|user| HeldMut {
                inline: &mut user.inline_policies,
                attached: &mut user.attached_policies,
                boundary: Some(&mut user.permissions_boundary),
            }),
            Self::Group(name) => directory.group_mut(name).map(|group| HeldMut {
                inline: &mut group.inline_policies,
                attached: &mut group.attached_policies,
                boundary: None,
            }),
            Self::Role(name) => {
                if directory.role(name)?.linked_service.is_some() {
                    return Err(refusal::protected_role(name));
                }
                directory.role_mut(name).map(|role| HeldMut {
                    inline: &mut role.inline_policies,
                    attached: &mut role.attached_policies,
                    boundary: Some(&mut role.permissions_boundary),
                })
            }
        }
    }

    /// How many managed policies may be attached.
    pub fn attachment_quota(self) -> Quota {
        match self {
            Self::User(_) => quota::POLICIES_PER_USER,
            Self::Group(_) => quota::POLICIES_PER_GROUP,
            Self::Role(_) => quota::POLICIES_PER_ROLE,
        }
    }

    /// Characters that all inline policies may have together, white space not counted.
    pub fn inline_size(self) -> usize {
        match self {
            Self::User(_) => 2048,
            Self::Group(_) => 5120,
            Self::Role(_) => 10_240,
        }
    }
}

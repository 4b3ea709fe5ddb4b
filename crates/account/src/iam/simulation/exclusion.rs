//! `PolicyExclusionList`: policies of a principal that a simulation leaves out.

use super::super::policy::{Holder, Managed};
use super::super::refusal;
use crate::ServiceError;

/// One of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exclusion<'a> {
    /// `PolicyType`, such as `inline` or `permission-boundary`.
    Kind(&'a str),
    /// `PolicyArn`. It never means the permissions boundary, and is compared with the ARN that the policy would have without a path
    /// (captured).
    Arn(&'a str),
    /// `InlinePolicyIdentifier`.
    Inline { policy_name: &'a str, owner: InlineOwner<'a> },
}

/// Whose inline policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineOwner<'a> {
    /// `user`, `group` or `role`.
    pub kind: &'a str,
    /// May end with `*` or `?`.
    pub name: &'a str,
}

impl Exclusion<'_> {
    /// Refuses wildcards where they may not stand.
    pub(super) fn check(&self) -> Result<(), ServiceError> {
        let Self::Inline { policy_name, owner } = self else { return Ok(()) };
        let plain = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
        let open = owner.name.strip_suffix(['*', '?']).unwrap_or(owner.name);
        if plain(policy_name) && plain(open) && matches!(owner.kind, "user" | "group" | "role") {
            return Ok(());
        }
        Err(refusal::invalid_input(
            "Invalid inline policy exclusion: policyName, attachmentType, and attachmentName are required",
        ))
    }

    pub(super) fn means_inline(&self, holder: Holder<'_>, holder_name: &str, policy_name: &str) -> bool {
        match self {
            Self::Kind(kind) => *kind == "inline",
            Self::Arn(_) => false,
            Self::Inline { policy_name: excluded, owner } => {
                *excluded == policy_name && owner.kind == holder.kind() && fits(owner.name, holder_name)
            }
        }
    }

    pub(super) fn means_managed(&self, policy: Managed<'_>) -> bool {
        match self {
            Self::Kind("aws-managed") => matches!(policy, Managed::Aws(_)),
            Self::Kind("user-managed") => matches!(policy, Managed::Customer(_)),
            Self::Kind(_) | Self::Inline { .. } => false,
            Self::Arn(arn) => {
                let place = policy.arn().as_str().strip_suffix(policy.name());
                let bare = place.and_then(|place| Some((place.split(":policy/").next()?, policy.name())));
                bare.is_some_and(|(head, name)| *arn == format!("{head}:policy/{name}"))
            }
        }
    }

    pub(super) fn means_boundary(&self) -> bool {
        *self == Self::Kind("permission-boundary")
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    match (pattern.strip_suffix('*'), pattern.strip_suffix('?')) {
        (Some(start), _) => name.starts_with(start),
        (_, Some(start)) => name.strip_prefix(start).is_some_and(|rest| rest.chars().count() == 1),
        _ => name == pattern,
    }
}

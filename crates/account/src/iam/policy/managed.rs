//! Managed policies by ARN, whether the account's own or AWS's.

use std::sync::Arc;

use types::{Arn, Timestamp};

use super::super::refusal;
use super::INVALID_ARN;
use crate::ServiceError;
use crate::aws_managed::{self, AwsManagedPolicy};
use crate::directory::{Directory, ManagedPolicy, PolicyText, Tag};

/// A managed policy.
#[derive(Clone, Copy, Debug)]
pub enum Managed<'a> {
    Customer(&'a Arc<ManagedPolicy>),
    Aws(&'static AwsManagedPolicy),
}

/// One of its versions.
#[derive(Clone, Copy, Debug)]
pub struct ManagedVersion<'a> {
    pub number: u32,
    pub is_default: bool,
    pub document: &'a PolicyText,
    pub create_date: Timestamp,
}

impl<'a> Managed<'a> {
    pub fn name(self) -> &'a str {
        match self {
            Self::Customer(policy) => &policy.policy_name,
            Self::Aws(policy) => &policy.name,
        }
    }

    pub fn path(self) -> &'a str {
        match self {
            Self::Customer(policy) => &policy.path,
            Self::Aws(policy) => &policy.path,
        }
    }

    pub fn id(self) -> &'a str {
        match self {
            Self::Customer(policy) => policy.policy_id.as_str(),
            Self::Aws(policy) => &policy.policy_id,
        }
    }

    pub fn arn(self) -> &'a Arn {
        match self {
            Self::Customer(policy) => &policy.arn,
            Self::Aws(policy) => &policy.arn,
        }
    }

    pub fn description(self) -> Option<&'a str> {
        match self {
            Self::Customer(policy) => policy.description.as_deref(),
            Self::Aws(policy) => policy.description.as_deref(),
        }
    }

    pub fn create_date(self) -> Timestamp {
        match self {
            Self::Customer(policy) => policy.create_date,
            Self::Aws(policy) => policy.create_date,
        }
    }

    pub fn update_date(self) -> Timestamp {
        match self {
            Self::Customer(policy) => policy.update_date,
            Self::Aws(policy) => policy.update_date,
        }
    }

    pub fn tags(self) -> &'a [Tag] {
        match self {
            Self::Customer(policy) => &policy.tags,
            Self::Aws(_) => &[],
        }
    }

    pub fn default_version(self) -> u32 {
        match self {
            Self::Customer(policy) => policy.default_version,
            Self::Aws(policy) => policy.default_version,
        }
    }

    /// The document that counts.
    pub fn document(self) -> &'a PolicyText {
        match self {
            Self::Customer(policy) => &policy.versions[&policy.default_version].document,
            Self::Aws(policy) => policy.policy(),
        }
    }

    /// Whether users, groups and roles may have it: policies of service-linked roles are for these alone.
    pub fn is_attachable(self) -> bool {
        !self.path().starts_with("/aws-service-role/")
    }

    /// The newest first.
    pub fn versions(self) -> Vec<ManagedVersion<'a>> {
        match self {
            Self::Customer(policy) => policy
                .versions
                .iter()
                .rev()
                .map(|(number, version)| ManagedVersion {
                    number: *number,
                    is_default: *number == policy.default_version,
                    document: &version.document,
                    create_date: version.create_date,
                })
                .collect(),
            Self::Aws(policy) => vec![ManagedVersion {
                number: policy.default_version,
                is_default: true,
                document: policy.policy(),
                create_date: policy.update_date,
            }],
        }
    }
}

/// The policy that `text` names; `None` where there is none. What cannot be a policy's ARN is refused.
pub fn find<'a>(directory: &'a Directory, text: &str) -> Result<Option<Managed<'a>>, ServiceError> {
    let arn = policy_arn(text)?;
    let own = arn.account() == Some(directory.account_id());
    if !own {
        return Ok(aws_managed::get(text).map(Managed::Aws));
    }
    let name = arn.resource().rsplit('/').next().unwrap_or_default();
    let found = directory.policies.get(name).filter(|policy| policy.arn == arn);
    Ok(found.map(Managed::Customer))
}

/// `arn:aws:iam::A:policy/path/name`, of whatever account.
pub fn policy_arn(text: &str) -> Result<Arn, ServiceError> {
    let arn: Arn = text.parse().map_err(|_| refusal::validation_error(INVALID_ARN))?;
    let mut parts = text.split(':').skip(2);
    let shape = (parts.next(), parts.next());
    if shape == (Some("iam"), Some("")) && arn.resource().starts_with("policy/") {
        return Ok(arn);
    }
    Err(refusal::validation_error(format!("ARN {text} is not valid.")))
}

/// The ARN of the policy for a check, which finds out nothing: what is no ARN is `*`.
pub fn resource_arn(text: &str) -> String {
    policy_arn(text).map_or_else(|_| "*".to_owned(), String::from)
}

/// Only AWS changes AWS's policies: the caller of any account lacks the permission.
pub(super) fn not_the_accounts_own(arn: &str) -> ServiceError {
    let text = format!("Policy {arn} is managed by AWS and cannot be changed.");
    ServiceError::new("AccessDenied", 403, text)
}

//! AWS's own managed policies, as data.
//!
//! Rule: what stands here is what AWS has, to the letter; a policy that is not here does not exist in the account.

use types::{Arn, Timestamp};

use crate::directory::PolicyText;

/// A policy that AWS keeps. Of its versions only the default one is known.
#[derive(Debug)]
pub struct AwsManagedPolicy {
    pub name: String,
    /// Starts and ends with `/`.
    pub path: String,
    /// `ANPA…`
    pub policy_id: String,
    pub arn: Arn,
    pub description: Option<String>,
    pub create_date: Timestamp,
    pub update_date: Timestamp,
    /// The number in `v5`.
    pub default_version: u32,
    policy: PolicyText,
}

impl AwsManagedPolicy {
    /// The default version's document.
    pub fn policy(&self) -> &PolicyText {
        &self.policy
    }
}

/// The policy with this ARN.
pub fn get(arn: &str) -> Option<&'static AwsManagedPolicy> {
    all().iter().find(|policy| policy.arn.as_str() == arn)
}

/// All, in the order of their names.
pub fn all() -> &'static [AwsManagedPolicy] {
    &[]
}

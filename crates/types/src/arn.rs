//! Amazon resource names: `arn:partition:service:region:account:resource` (IAM User Guide, "Identify AWS resources with
//! ARNs").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AccountId, Partition};

/// An ARN as text whose six parts are there. At most 2,048 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn(String);

/// The text is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("ARN {0:?} is not like arn:aws:iam::111122223333:role/name")]
pub struct ArnError(String);

impl Arn {
    const MAX_LEN: usize = 2048;

    /// An ARN of IAM, which has no region; `resource` is like `role/name`.
    pub fn iam(partition: Partition, account: AccountId, resource: &str) -> Self {
        Self(format!("arn:{}:iam::{account}:{resource}", partition.as_str()))
    }

    /// The ARN of a policy that AWS manages, which is of no account.
    pub fn iam_managed(partition: Partition, policy_name: &str) -> Self {
        Self(format!("arn:{}:iam::aws:policy/{policy_name}", partition.as_str()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account of its resource; buckets and policies of AWS have none.
    pub fn account(&self) -> Option<AccountId> {
        self.0.split(':').nth(4)?.parse().ok()
    }

    /// What follows the fifth colon.
    pub fn resource(&self) -> &str {
        self.0.splitn(6, ':').nth(5).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let printable = text.len() <= Self::MAX_LEN && !text.chars().any(|c| c.is_control() || c == ' ');
        match parts[..] {
            ["arn", partition, service, _, _, resource]
                if printable && !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ArnError(text.chars().take(80).collect())),
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Arn {
    type Error = ArnError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_keeps_its_own_colons() {
        let arn: Arn = "arn:aws:logs:us-east-1:111122223333:log-group:a:b".parse().unwrap();
        assert_eq!(arn.resource(), "log-group:a:b");
    }

    #[test]
    fn refuses_missing_parts() {
        for text in
            ["", "arn:aws:iam", "arn::iam::1:role/x", "arn:aws:iam::111122223333:", "arn:aws:iam::1:ro le"]
        {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}

//! Instance ids: `i-` and 17 lower-case hexadecimal digits, or 8 on instances from before 2016.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An instance id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceId(String);

/// The text is not an instance id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("instance id {0:?} is not i- and 17 (or 8) lower-case hexadecimal digits")]
pub struct InstanceIdError(String);

impl InstanceId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InstanceId {
    type Err = InstanceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        match text.strip_prefix("i-") {
            Some(hex) if matches!(hex.len(), 8 | 17) && hex.bytes().all(lower_hex) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InstanceIdError(text.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for InstanceId {
    type Error = InstanceIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_both_lengths_and_nothing_else() {
        for text in ["i-0123456789abcdef0", "i-1a2b3c4d"] {
            assert_eq!(text.parse::<InstanceId>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "i-",
            "i-0123456789ABCDEF0",
            "i-0123456789abcdef",
            "0123456789abcdef0",
            "i-0123456789abcdefg",
        ] {
            assert!(text.parse::<InstanceId>().is_err(), "{text}");
        }
    }
}

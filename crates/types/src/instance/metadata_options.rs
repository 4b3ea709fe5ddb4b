//! The options of `ModifyInstanceMetadataOptions` (EC2 API reference; facts/imds.md section 1.8).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How an instance's metadata service behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetadataOptions {
    /// Off: every request gets 403.
    pub http_endpoint: Endpoint,
    pub http_tokens: Tokens,
    pub http_put_response_hop_limit: HopLimit,
    /// Whether the IPv6 endpoint answers.
    pub http_protocol_ipv6: Switch,
    pub instance_metadata_tags: Switch,
}

/// `optional` serves version 1 and 2, `required` version 2 alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tokens {
    #[default]
    Optional,
    Required,
}

/// `disabled` by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    #[default]
    Disabled,
    Enabled,
}

/// `enabled` by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    #[default]
    Enabled,
    Disabled,
}

/// IP TTL of the reply to a token request: 1 (default) to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct HopLimit(u8);

/// The number is outside 1 to 64.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("hop limit {0} is not between 1 and 64")]
pub struct HopLimitError(String);

impl Tokens {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

impl Switch {
    pub fn as_str(self) -> &'static str {
        if self.is_enabled() { "enabled" } else { "disabled" }
    }

    pub fn is_enabled(self) -> bool {
        self == Self::Enabled
    }
}

impl Endpoint {
    pub fn as_str(self) -> &'static str {
        if self.is_enabled() { "enabled" } else { "disabled" }
    }

    pub fn is_enabled(self) -> bool {
        self == Self::Enabled
    }
}

impl HopLimit {
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for HopLimit {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<i64> for HopLimit {
    type Error = HopLimitError;

    fn try_from(hops: i64) -> Result<Self, Self::Error> {
        u8::try_from(hops)
            .ok()
            .filter(|hops| (1..=64).contains(hops))
            .map(Self)
            .ok_or_else(|| HopLimitError(hops.to_string()))
    }
}

impl From<HopLimit> for i64 {
    fn from(limit: HopLimit) -> Self {
        limit.0.into()
    }
}

impl FromStr for HopLimit {
    type Err = HopLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<i64>().map_err(|_| HopLimitError(text.to_owned())).and_then(Self::try_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hop_limit_runs_from_1_to_64() {
        for (text, valid) in
            [("0", false), ("1", true), ("64", true), ("65", false), ("-1", false), ("x", false)]
        {
            assert_eq!(text.parse::<HopLimit>().is_ok(), valid, "{text}");
        }
    }
}

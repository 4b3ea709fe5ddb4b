//! Region names and the partition each belongs to (AWS General Reference, "Regional endpoints").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A region name such as `us-east-1`: lower-case letters, digits and hyphens, at most 32 bytes.
///
/// Regions are not checked against a list: new ones open, and isolated ones are not published.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// A group of regions with accounts, endpoints and ARNs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    Aws,
    AwsCn,
    AwsUsGov,
    AwsIso,
    AwsIsoB,
    AwsEusc,
}

/// The text is not a region name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "region {0:?} is not a name like us-east-1: lower-case letters, digits and hyphens, ending in a number"
)]
pub struct RegionError(String);

impl Region {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition, told by the name's prefix as the SDKs' partition tables do.
    pub fn partition(&self) -> Partition {
        match self.0.split_once('-').map_or("", |(head, _)| head) {
            "cn" => Partition::AwsCn,
            "eusc" => Partition::AwsEusc,
            "us" if self.0.starts_with("us-gov-") => Partition::AwsUsGov,
            "us" if self.0.starts_with("us-isob-") => Partition::AwsIsoB,
            "us" if self.0.starts_with("us-iso-") => Partition::AwsIso,
            _ => Partition::Aws,
        }
    }
}

impl Partition {
    /// The name in ARNs and in `services/partition`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsEusc => "aws-eusc",
        }
    }

    /// The domain of its services, as in `services/domain`.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsIso => "c2s.ic.gov",
            Self::AwsIsoB => "sc2s.sgov.gov",
            Self::AwsEusc => "amazonaws.eu",
        }
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('-').collect();
        let named = parts
            .iter()
            .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        let numbered = parts.last().is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
        if text.len() <= 32 && parts.len() >= 3 && named && numbered {
            Ok(Self(text.to_owned()))
        } else {
            Err(RegionError(text.to_owned()))
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_follows_the_prefix() {
        let cases = [
            ("us-east-1", "aws", "amazonaws.com"),
            ("eu-central-2", "aws", "amazonaws.com"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ];
        for (name, partition, suffix) in cases {
            let partition_found = name.parse::<Region>().unwrap().partition();
            assert_eq!(
                (partition_found.as_str(), partition_found.dns_suffix()),
                (partition, suffix),
                "{name}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_region() {
        for text in ["", "us-east", "US-EAST-1", "us-east-1a", "us--1", "us east 1", "us-east-1\n"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}

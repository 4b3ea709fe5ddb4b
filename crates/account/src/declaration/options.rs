//! Attributes with a closed set of values or a range.

use serde::{Deserialize, Serialize};
use types::instance::{Endpoint, HopLimit, MetadataOptions, Switch, Tokens};

use crate::MetadataOptionsChange;

/// `metadata-options`: the options of `ModifyInstanceMetadataOptions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct MetadataOptionsDeclaration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens: Option<Tokens>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_put_response_hop_limit: Option<HopLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_protocol_ipv6: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_metadata_tags: Option<Switch>,
}

impl MetadataOptionsDeclaration {
    /// The options with what is declared here.
    pub fn applied_to(&self, options: MetadataOptions) -> MetadataOptions {
        self.change().applied_to(options)
    }

    /// What is declared, as a change of what there is.
    pub fn change(&self) -> MetadataOptionsChange {
        let Self {
            http_endpoint,
            http_tokens,
            http_put_response_hop_limit,
            http_protocol_ipv6,
            instance_metadata_tags,
        } = *self;
        MetadataOptionsChange {
            http_endpoint,
            http_tokens,
            http_put_response_hop_limit,
            http_protocol_ipv6,
            instance_metadata_tags,
        }
    }
}

/// How many instances one declaration makes: 1 to [`Count::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Count(u32);

/// The number is out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("count {0} is not between 1 and {max}", max = Count::MAX)]
pub struct CountError(i64);

impl Count {
    /// What 16 subnets of a /16 VPC hold, rounded down.
    pub const MAX: u32 = 65_000;

    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for Count {
    type Error = CountError;

    fn try_from(count: i64) -> Result<Self, CountError> {
        let valid = u32::try_from(count).ok().filter(|count| (1..=Self::MAX).contains(count));
        valid.map(Self).ok_or(CountError(count))
    }
}

impl From<Count> for i64 {
    fn from(count: Count) -> Self {
        count.0.into()
    }
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $text)] $variant,)*
        }

        impl $name {
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    )*};
}

choices! {
    /// `architecture` of `DescribeInstances`.
    Architecture {
        X86_64 = "x86_64", Arm64 = "arm64", I386 = "i386", X86_64Mac = "x86_64_mac", Arm64Mac = "arm64_mac"
    }
    /// `instance-life-cycle` of the metadata.
    LifeCycle { OnDemand = "on-demand", Spot = "spot", Scheduled = "scheduled", CapacityBlock = "capacity-block" }
    /// `system` of the metadata.
    System { Nitro = "nitro", XenOnNitro = "xen-on-nitro", Xen = "xen" }
    /// `profile` of the metadata.
    VirtualizationProfile { Hvm = "default-hvm", Paravirtual = "default-paravirtual" }
    /// `instance-action` of the metadata.
    InstanceAction { None = "none", Shutdown = "shutdown", BundlePending = "bundle-pending" }
}

impl Architecture {
    /// The architecture of an instance type: Graviton families carry a `g` behind their generation (EC2 user guide,
    /// "Instance type naming conventions"); `a1` and Apple's come before that rule.
    pub fn of_type(instance_type: &str) -> Self {
        let family = instance_type.split('.').next().unwrap_or_default();
        let behind = family.trim_start_matches(|c: char| !c.is_ascii_digit());
        let suffix = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        match family {
            "mac1" => Self::X86_64Mac,
            _ if family.starts_with("mac") => Self::Arm64Mac,
            "a1" => Self::Arm64,
            // Memory sizes such as u-6tb1 have no capability letters.
            _ if !family.starts_with("u-") && suffix.contains('g') => Self::Arm64,
            _ => Self::X86_64,
        }
    }
}

impl System {
    /// The hypervisor of an instance type (EC2 user guide, "Instances built on the AWS Nitro System": all but these).
    pub fn of_type(instance_type: &str) -> Self {
        let (family, size) = instance_type.split_once('.').unwrap_or((instance_type, ""));
        let bare_metal = size.starts_with("metal");
        if XEN_FAMILIES.contains(&family) && !bare_metal { Self::Xen } else { Self::Nitro }
    }
}

const XEN_FAMILIES: [&str; 29] = [
    "t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "cc1", "cc2", "cr1", "r3", "r4", "x1", "x1e", "d2",
    "h1", "hs1", "i2", "i3", "f1", "g2", "g3", "g3s", "p2", "p3", "cg1", "hi1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architecture_and_hypervisor_follow_the_type() {
        let cases = [
            ("t3.micro", "x86_64", "nitro"),
            ("t4g.micro", "arm64", "nitro"),
            ("c7gn.large", "arm64", "nitro"),
            ("is4gen.medium", "arm64", "nitro"),
            ("g5.xlarge", "x86_64", "nitro"),
            ("g5g.xlarge", "arm64", "nitro"),
            ("a1.medium", "arm64", "nitro"),
            ("mac2-m2.metal", "arm64_mac", "nitro"),
            ("u-6tb1.metal", "x86_64", "nitro"),
            ("t2.micro", "x86_64", "xen"),
            ("i3.metal", "x86_64", "nitro"),
        ];
        for (name, architecture, system) in cases {
            let found = (Architecture::of_type(name).as_str(), System::of_type(name).as_str());
            assert_eq!(found, (architecture, system), "{name}");
        }
    }
}

//! What EC2's ids are of, and the ARNs that policies name (Service Authorization Reference, "Resource types defined by Amazon EC2").

use types::{AccountId, Region};

/// A kind of resource that an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    Image,
    Instance,
    KeyPair,
    NetworkInterface,
    SecurityGroup,
    Subnet,
    Volume,
    Vpc,
}

impl ResourceKind {
    /// The kind that an id is of by its prefix; whether there is such a thing is another matter.
    pub fn of_id(id: &str) -> Option<Self> {
        let (prefix, digits) = id.split_once('-')?;
        let kind = *KINDS.iter().find(|kind| kind.prefix() == prefix)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (matches!(digits.len(), 8 | 17) && is_hex).then_some(kind)
    }

    /// As in `DescribeTags`, tag specifications and ARNs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Instance => "instance",
            Self::KeyPair => "key-pair",
            Self::NetworkInterface => "network-interface",
            Self::SecurityGroup => "security-group",
            Self::Subnet => "subnet",
            Self::Volume => "volume",
            Self::Vpc => "vpc",
        }
    }

    /// What stands before the hyphen of its ids.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Image => "ami",
            Self::Instance => "i",
            Self::KeyPair => "key",
            Self::NetworkInterface => "eni",
            Self::SecurityGroup => "sg",
            Self::Subnet => "subnet",
            Self::Volume => "vol",
            Self::Vpc => "vpc",
        }
    }
}

/// `arn:aws:ec2:REGION:ACCOUNT:KIND/ID`; an image is of no account.
pub fn arn(region: &Region, account_id: AccountId, kind: &str, id: &str) -> String {
    let partition = region.partition().as_str();
    if kind == ResourceKind::Image.as_str() {
        return format!("arn:{partition}:ec2:{region}::{kind}/{id}");
    }
    format!("arn:{partition}:ec2:{region}:{account_id}:{kind}/{id}")
}

const KINDS: [ResourceKind; 8] = [
    ResourceKind::Image,
    ResourceKind::Instance,
    ResourceKind::KeyPair,
    ResourceKind::NetworkInterface,
    ResourceKind::SecurityGroup,
    ResourceKind::Subnet,
    ResourceKind::Volume,
    ResourceKind::Vpc,
];

//! What EC2's ids are of, and the ARNs that policies name (Service Authorization Reference, "Resource types defined by Amazon EC2").

use types::{AccountId, Region};

use crate::ServiceError;

/// A kind of resource that an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    DhcpOptions,
    Image,
    Instance,
    InternetGateway,
    KeyPair,
    NetworkAcl,
    NetworkInterface,
    RouteTable,
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
            Self::DhcpOptions => "dhcp-options",
            Self::Image => "image",
            Self::Instance => "instance",
            Self::InternetGateway => "internet-gateway",
            Self::KeyPair => "key-pair",
            Self::NetworkAcl => "network-acl",
            Self::NetworkInterface => "network-interface",
            Self::RouteTable => "route-table",
            Self::SecurityGroup => "security-group",
            Self::Subnet => "subnet",
            Self::Volume => "volume",
            Self::Vpc => "vpc",
        }
    }

    /// What stands before the hyphen of its ids.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::DhcpOptions => "dopt",
            Self::Image => "ami",
            Self::Instance => "i",
            Self::InternetGateway => "igw",
            Self::KeyPair => "key",
            Self::NetworkAcl => "acl",
            Self::NetworkInterface => "eni",
            Self::RouteTable => "rtb",
            Self::SecurityGroup => "sg",
            Self::Subnet => "subnet",
            Self::Volume => "vol",
            Self::Vpc => "vpc",
        }
    }
}

impl ResourceKind {
    /// What is answered for an id of this kind that nothing has.
    pub fn not_found(self, id: &str) -> ServiceError {
        let (code, text) = match self {
            Self::DhcpOptions => ("InvalidDhcpOptionID.NotFound", said("dhcpOption ID", id)),
            Self::Image => ("InvalidAMIID.NotFound", format!("The image id '[{id}]' does not exist")),
            Self::Instance => ("InvalidInstanceID.NotFound", said("instance ID", id)),
            Self::InternetGateway => ("InvalidInternetGatewayID.NotFound", said("internetGateway ID", id)),
            Self::KeyPair => ("InvalidKeyPair.NotFound", said("key pair ID", id)),
            Self::NetworkAcl => ("InvalidNetworkAclID.NotFound", said("networkAcl ID", id)),
            Self::NetworkInterface => ("InvalidNetworkInterfaceID.NotFound", said("networkInterface ID", id)),
            Self::RouteTable => ("InvalidRouteTableID.NotFound", said("routeTable ID", id)),
            Self::SecurityGroup => ("InvalidGroup.NotFound", said("security group", id)),
            Self::Subnet => ("InvalidSubnetID.NotFound", said("subnet ID", id)),
            Self::Volume => ("InvalidVolume.NotFound", format!("{}.", said("volume", id))),
            Self::Vpc => ("InvalidVpcID.NotFound", said("vpc ID", id)),
        };
        ServiceError::new(code, 400, text)
    }

    /// Refuses what is no id of this kind.
    ///
    /// # Errors
    /// The kind's own `…Malformed`; of volumes `InvalidParameterValue`.
    pub fn check(self, id: &str) -> Result<(), ServiceError> {
        if Self::of_id(id) == Some(self) {
            return Ok(());
        }
        let (shown, prefix) = (&id[..id.floor_char_boundary(MAX_SHOWN)], self.prefix());
        let code = match self {
            Self::DhcpOptions => "InvalidDhcpOptionsId.Malformed",
            Self::Image => "InvalidAMIID.Malformed",
            Self::Instance => "InvalidInstanceID.Malformed",
            Self::InternetGateway => "InvalidInternetGatewayId.Malformed",
            Self::KeyPair => "InvalidKeyPairId.Malformed",
            Self::NetworkAcl => "InvalidNetworkAclId.Malformed",
            Self::NetworkInterface => "InvalidNetworkInterfaceId.Malformed",
            Self::RouteTable => "InvalidRouteTableId.Malformed",
            Self::SecurityGroup => "InvalidGroupId.Malformed",
            Self::Subnet => "InvalidSubnetID.Malformed",
            Self::Vpc => "InvalidVpcID.Malformed",
            Self::Volume => {
                let text = format!("Value ({shown}) for parameter volumes is invalid. Expected: 'vol-...'.");
                return Err(super::refusal::invalid_value(text));
            }
        };
        Err(ServiceError::new(code, 400, format!("Invalid id: \"{shown}\" (expecting \"{prefix}-...\")")))
    }
}

fn said(kind: &str, id: &str) -> String {
    format!("The {kind} '{id}' does not exist")
}

/// `arn:aws:ec2:REGION:ACCOUNT:KIND/ID`; images and snapshots are of no account.
pub fn arn(region: &Region, account_id: AccountId, kind: &str, id: &str) -> String {
    let partition = region.partition().as_str();
    if matches!(kind, "image" | "snapshot") {
        return format!("arn:{partition}:ec2:{region}::{kind}/{id}");
    }
    format!("arn:{partition}:ec2:{region}:{account_id}:{kind}/{id}")
}

const KINDS: [ResourceKind; 12] = [
    ResourceKind::DhcpOptions,
    ResourceKind::Image,
    ResourceKind::Instance,
    ResourceKind::InternetGateway,
    ResourceKind::KeyPair,
    ResourceKind::NetworkAcl,
    ResourceKind::NetworkInterface,
    ResourceKind::RouteTable,
    ResourceKind::SecurityGroup,
    ResourceKind::Subnet,
    ResourceKind::Volume,
    ResourceKind::Vpc,
];

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;

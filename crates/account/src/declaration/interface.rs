//! Network interfaces: how a declared one changes an instance's, and what follows from what.
//!
//! Addresses lead: a private address outside the default VPC brings a /20 subnet and a /16 VPC around it, a subnet a VPC
//! around it, a VPC its first /20. Ids that are not declared follow from the blocks, so like networks have like ids.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize, Serializer};
use types::AccountId;
use types::instance::{Ipv4Association, NetworkInterface, SecurityGroup};

use super::ground::{DEFAULT_SUBNET, Ground, SUBNET_LENGTH, VPC_LENGTH};
use super::{
    Declaration, DeclarationError, GroupId, GroupName, InterfaceId, Ipv4Block, Ipv6Block, MacAddress,
    SubnetId, VpcId, layer::layered,
};
use crate::identifier::Identifiers;

/// One entry of `network-interfaces`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct InterfaceDeclaration {
    /// The entry's place in the list by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_number: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_card_index: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<InterfaceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<MacAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<AccountId>,
    /// Primary first. An empty list makes an interface with IPv6 alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip_addresses: Option<Vec<Ipv4Addr>>,
    /// The public address of the primary private one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associate_public_ip_address: Option<bool>,
    /// All public addresses, with the private address of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_associations: Option<Vec<AssociationDeclaration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_addresses: Option<Vec<Ipv6Addr>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4_prefixes: Option<Vec<Ipv4Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_prefixes: Option<Vec<Ipv6Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_groups: Option<Vec<GroupDeclaration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_cidr_block: Option<Ipv4Block>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_ipv6_cidr_blocks: Option<Vec<Ipv6Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_cidr_blocks: Option<Vec<Ipv4Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_ipv6_cidr_blocks: Option<Vec<Ipv6Block>>,
}

/// A public address and the private address it is mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AssociationDeclaration {
    pub public_ip: Ipv4Addr,
    /// The primary private address by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<Ipv4Addr>,
}

/// A security group: its name, or a table with name and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDeclaration {
    pub group_name: GroupName,
    pub group_id: Option<GroupId>,
}

impl InterfaceDeclaration {
    /// Whether it holds anything that only one instance can have.
    pub(super) fn is_unique(&self) -> bool {
        let addressed = self.private_ip_addresses.as_ref().is_some_and(|list| !list.is_empty());
        addressed
            || self.network_interface_id.is_some()
            || self.mac_address.is_some()
            || self.public_ip.is_some()
            || self.ipv4_associations.is_some()
            || self.ipv6_addresses.is_some()
            || self.ipv4_prefixes.is_some()
            || self.ipv6_prefixes.is_some()
    }

    /// This entry completed by the declaration's shortcuts for the primary interface.
    pub(super) fn with_shortcuts(&self, of: &Declaration) -> Self {
        let shortcuts = Self {
            network_interface_id: of.network_interface_id.clone(),
            mac_address: of.mac_address.clone(),
            private_ip_addresses: of.private_ip.map(|address| vec![address]),
            public_ip: of.public_ip,
            associate_public_ip_address: of.associate_public_ip_address,
            ipv6_addresses: of.ipv6.map(|address| vec![address]),
            security_groups: of.security_groups.clone(),
            subnet_id: of.subnet_id.clone(),
            subnet_cidr_block: of.subnet_cidr_block,
            subnet_ipv6_cidr_blocks: of.subnet_ipv6_cidr_blocks.clone(),
            vpc_id: of.vpc_id.clone(),
            vpc_cidr_blocks: of.vpc_cidr_blocks.clone(),
            vpc_ipv6_cidr_blocks: of.vpc_ipv6_cidr_blocks.clone(),
            ..Self::default()
        };
        layered!(Self, self, shortcuts;
            device_number network_card_index network_interface_id mac_address owner_id private_ip_addresses public_ip
            associate_public_ip_address ipv4_associations ipv6_addresses ipv4_prefixes ipv6_prefixes security_groups
            subnet_id subnet_cidr_block subnet_ipv6_cidr_blocks vpc_id vpc_cidr_blocks vpc_ipv6_cidr_blocks;)
    }

    /// Changes an interface to what is declared.
    pub(super) fn apply_to(
        &self,
        interface: &mut NetworkInterface,
        ground: &Ground<'_>,
    ) -> Result<(), DeclarationError> {
        if let Some(id) = &self.network_interface_id {
            interface.network_interface_id = id.to_string();
        }
        if let Some(mac) = &self.mac_address {
            interface.mac_address = mac.to_string();
        }
        interface.network_card_index = self.network_card_index.or(interface.network_card_index);
        interface.owner_id = self.owner_id.or(interface.owner_id);
        self.change_network(interface, ground);
        self.change_groups(interface, ground);
        self.change_private(interface, ground)?;
        self.change_public(interface, ground)?;
        self.change_ipv6(interface);
        Ok(())
    }

    /// VPC and subnet: blocks first, then the ids that follow from them.
    fn change_network(&self, interface: &mut NetworkInterface, ground: &Ground<'_>) {
        let old = Network::of(interface);
        let subnet = self.subnet(&old);
        let vpc = self.vpc(&old, subnet);
        let moved = vpc != old.vpc;
        match &self.vpc_id {
            Some(id) => interface.vpc_id = id.to_string(),
            None if moved => interface.vpc_id = ground.vpc_id(vpc.first()),
            None => {}
        }
        match &self.subnet_id {
            Some(id) => interface.subnet_id = id.to_string(),
            None if moved || self.vpc_id.is_some() || Some(subnet) != old.subnet => {
                interface.subnet_id = ground.subnet_id(&interface.vpc_id, subnet);
            }
            None => {}
        }
        interface.vpc_ipv4_cidr_blocks = vpc.iter().map(ToString::to_string).collect();
        interface.subnet_ipv4_cidr_block = subnet.to_string();
    }

    /// The subnet declared, else the old one where address and VPC still fit it, else one around the address or at the
    /// start of the VPC.
    fn subnet(&self, old: &Network) -> Ipv4Block {
        let address = self.private_ip_addresses.as_ref().and_then(|list| list.first().copied());
        let vpc = self.vpc_cidr_blocks.as_deref().and_then(|blocks| {
            let around = blocks.iter().find(|block| address.is_some_and(|a| block.contains(a)));
            around.or_else(|| blocks.first()).copied()
        });
        let fits = |subnet: &Ipv4Block| {
            address.is_none_or(|a| subnet.contains(a)) && vpc.is_none_or(|vpc| vpc.covers(subnet))
        };
        let start = address.or_else(|| vpc.map(|vpc| vpc.first()));
        let length = SUBNET_LENGTH.max(vpc.map_or(0, |vpc| vpc.length()));
        let nearest = start.map(|start| Ipv4Block::around(start, length));
        let kept = old.subnet.filter(fits);
        self.subnet_cidr_block.or(kept).or(nearest).or(old.subnet).unwrap_or(DEFAULT_SUBNET)
    }

    /// The VPC declared, else the old one where it covers the subnet, else one around the subnet.
    fn vpc(&self, old: &Network, subnet: Ipv4Block) -> Vec<Ipv4Block> {
        let covered = old.vpc.iter().any(|vpc| vpc.covers(&subnet));
        match &self.vpc_cidr_blocks {
            Some(blocks) => blocks.clone(),
            None if covered => old.vpc.clone(),
            None => vec![Ipv4Block::around(subnet.first(), VPC_LENGTH.min(subnet.length()))],
        }
    }

    fn change_groups(&self, interface: &mut NetworkInterface, ground: &Ground<'_>) {
        let Some(groups) = &self.security_groups else { return };
        let vpc = interface.vpc_id.clone();
        let group = |group: &GroupDeclaration| {
            let id = group.group_id.as_ref().map(ToString::to_string);
            let name = group.group_name.to_string();
            SecurityGroup { group_id: id.unwrap_or_else(|| ground.group_id(&vpc, &name)), group_name: name }
        };
        interface.security_groups = groups.iter().map(group).collect();
    }

    fn change_private(
        &self,
        interface: &mut NetworkInterface,
        ground: &Ground<'_>,
    ) -> Result<(), DeclarationError> {
        if let Some(addresses) = &self.private_ip_addresses {
            interface.private_ip_addresses.clone_from(addresses);
        } else {
            let subnet = interface.subnet_ipv4_cidr_block.parse::<Ipv4Block>().unwrap_or(DEFAULT_SUBNET);
            let outside = interface.primary_ipv4().is_some_and(|a| !subnet.contains(a));
            if outside {
                interface.private_ip_addresses =
                    vec![ground.private_address(subnet, interface.device_number)?];
            }
        }
        if let Some(prefixes) = &self.ipv4_prefixes {
            interface.ipv4_prefixes = prefixes.iter().map(ToString::to_string).collect();
        }
        // Associations of addresses that are gone are gone too.
        let private = &interface.private_ip_addresses;
        interface.ipv4_associations.retain(|a| private.contains(&a.private_ip));
        Ok(())
    }

    fn change_public(
        &self,
        interface: &mut NetworkInterface,
        ground: &Ground<'_>,
    ) -> Result<(), DeclarationError> {
        if let Some(false) = self.associate_public_ip_address {
            if self.public_ip.is_some() || self.ipv4_associations.is_some() {
                let problem =
                    "a public address is declared, and associate-public-ip-address is false; drop one";
                return Err(DeclarationError::new("associate-public-ip-address", problem));
            }
            interface.ipv4_associations.clear();
            return Ok(());
        }
        let made = || Identifiers::public_address(ground.seed, ground.index);
        let wanted = self.associate_public_ip_address == Some(true) && self.ipv4_associations.is_none();
        let public = self.public_ip.or_else(|| wanted.then(|| interface.public_ipv4().unwrap_or_else(made)));
        if public.is_none() && self.ipv4_associations.is_none() {
            return Ok(());
        }
        let Some(primary) = interface.primary_ipv4() else {
            return Err(DeclarationError::new(
                "public-ip",
                "a public IPv4 address needs a private one to be mapped to",
            ));
        };
        let listed = self.ipv4_associations.iter().flatten();
        let listed = listed
            .map(|a| Ipv4Association { public_ip: a.public_ip, private_ip: a.private_ip.unwrap_or(primary) });
        let first = public.map(|public_ip| Ipv4Association { public_ip, private_ip: primary });
        interface.ipv4_associations = first.into_iter().chain(listed).collect();
        Ok(())
    }

    /// IPv6 addresses; blocks that are not declared are the /64 and the /56 around the first address.
    fn change_ipv6(&self, interface: &mut NetworkInterface) {
        if let Some(addresses) = &self.ipv6_addresses {
            interface.ipv6_addresses.clone_from(addresses);
        }
        if let Some(prefixes) = &self.ipv6_prefixes {
            interface.ipv6_prefixes = prefixes.iter().map(ToString::to_string).collect();
        }
        let shown = |blocks: &[Ipv6Block]| blocks.iter().map(ToString::to_string).collect::<Vec<_>>();
        let around = |length: u8| {
            let first = interface.ipv6_addresses.first();
            first
                .map(|address| Ipv6Block::around(*address, length).to_string())
                .into_iter()
                .collect::<Vec<_>>()
        };
        let outside = |blocks: &[String]| {
            let inside =
                |block: &String, a: Ipv6Addr| block.parse::<Ipv6Block>().is_ok_and(|b| b.contains(a));
            interface.ipv6_addresses.iter().any(|a| !blocks.iter().any(|b| inside(b, *a)))
        };
        let subnet = match &self.subnet_ipv6_cidr_blocks {
            Some(blocks) => shown(blocks),
            None if outside(&interface.subnet_ipv6_cidr_blocks) => around(64),
            None => interface.subnet_ipv6_cidr_blocks.clone(),
        };
        let vpc = match &self.vpc_ipv6_cidr_blocks {
            Some(blocks) => shown(blocks),
            None if outside(&interface.vpc_ipv6_cidr_blocks) => around(56),
            None => interface.vpc_ipv6_cidr_blocks.clone(),
        };
        (interface.subnet_ipv6_cidr_blocks, interface.vpc_ipv6_cidr_blocks) = (subnet, vpc);
    }
}

/// The blocks that an interface stands in.
struct Network {
    subnet: Option<Ipv4Block>,
    vpc: Vec<Ipv4Block>,
}

impl Network {
    fn of(interface: &NetworkInterface) -> Self {
        Self {
            subnet: interface.subnet_ipv4_cidr_block.parse().ok(),
            vpc: interface.vpc_ipv4_cidr_blocks.iter().flat_map(|block| block.parse()).collect(),
        }
    }
}

impl Serialize for GroupDeclaration {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.group_id {
            None => self.group_name.serialize(to),
            Some(id) => {
                GroupTable { group_name: self.group_name.clone(), group_id: Some(id.clone()) }.serialize(to)
            }
        }
    }
}

impl<'de> Deserialize<'de> for GroupDeclaration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(GroupVisitor)
    }
}

struct GroupVisitor;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GroupTable {
    group_name: GroupName,
    #[serde(default)]
    group_id: Option<GroupId>,
}

impl<'de> Visitor<'de> for GroupVisitor {
    type Value = GroupDeclaration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a security group's name, or a table with group-name and group-id")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(GroupDeclaration { group_name: text.parse().map_err(E::custom)?, group_id: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let GroupTable { group_name, group_id } = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
        Ok(GroupDeclaration { group_name, group_id })
    }
}

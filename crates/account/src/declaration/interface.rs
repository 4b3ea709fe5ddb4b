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

use super::{
    Declaration, DeclarationError, GroupId, GroupName, InterfaceId, Ipv4Block, Ipv6Block, MacAddress,
    SubnetId, VpcId, layer::layered,
};
use crate::identifier::{Identifiers, Seed};

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

/// What an interface follows from where nothing is declared.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) seed: &'a Seed,
    /// Ids of the instance.
    pub(super) ids: &'a Identifiers,
    /// The instance's place among all, for its addresses.
    pub(super) index: u32,
    pub(super) account: AccountId,
    pub(super) region: &'a str,
    pub(super) zone: &'a str,
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

    /// VPC and subnet, from the narrowest that is declared outwards.
    fn change_network(&self, interface: &mut NetworkInterface, ground: &Ground<'_>) {
        let old_subnet = interface.subnet_ipv4_cidr_block.parse::<Ipv4Block>().ok();
        let old_vpc: Vec<Ipv4Block> = interface.vpc_ipv4_cidr_blocks.iter().flat_map(|b| b.parse()).collect();
        let address = self.private_ip_addresses.as_ref().and_then(|list| list.first().copied());
        let widest = self.vpc_cidr_blocks.as_ref().and_then(|blocks| {
            blocks
                .iter()
                .copied()
                .find(|b| address.is_none_or(|a| b.contains(a)))
                .or_else(|| blocks.first().copied())
        });
        let length = SUBNET_LENGTH.max(widest.map_or(0, |b| b.length()));
        let fits = |subnet: &Ipv4Block| {
            address.is_none_or(|a| subnet.contains(a)) && widest.is_none_or(|vpc| vpc.covers(subnet))
        };
        let kept = old_subnet.filter(fits);
        let nearest = address.or(widest.map(|vpc| vpc.first())).map(|a| Ipv4Block::around(a, length));
        let subnet = self.subnet_cidr_block.or(kept).or(nearest).or(old_subnet).unwrap_or(DEFAULT_SUBNET);
        let vpc = self.vpc_cidr_blocks.clone().unwrap_or_else(|| {
            let covered = old_vpc.iter().any(|vpc| vpc.covers(&subnet));
            if covered {
                old_vpc.clone()
            } else {
                vec![Ipv4Block::around(subnet.first(), VPC_LENGTH.min(subnet.length()))]
            }
        });

        let moved = vpc != old_vpc;
        match &self.vpc_id {
            Some(id) => interface.vpc_id = id.to_string(),
            None if moved => interface.vpc_id = ground.vpc_id(vpc.first()),
            None => {}
        }
        match &self.subnet_id {
            Some(id) => interface.subnet_id = id.to_string(),
            None if moved || self.vpc_id.is_some() || Some(subnet) != old_subnet => {
                interface.subnet_id = ground.subnet_id(&interface.vpc_id, subnet);
            }
            None => {}
        }
        interface.vpc_ipv4_cidr_blocks = vpc.iter().map(ToString::to_string).collect();
        interface.subnet_ipv4_cidr_block = subnet.to_string();
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

impl Ground<'_> {
    /// The primary interface where nothing is declared: in the default VPC, whose subnets follow one another as they
    /// fill up.
    pub(super) fn primary_interface(&self) -> Result<NetworkInterface, DeclarationError> {
        let nth = (self.index / DEFAULT_SUBNET.capacity()) % DEFAULT_SUBNETS;
        let subnet = Ipv4Block::around(
            Ipv4Addr::from(u32::from(DEFAULT_VPC.first()) + (nth << (32 - SUBNET_LENGTH))),
            SUBNET_LENGTH,
        );
        let vpc_id = self.vpc_id(Some(&DEFAULT_VPC));
        Ok(NetworkInterface {
            mac_address: self.ids.mac_address(self.zone, 0),
            network_interface_id: self.ids.resource("eni"),
            device_number: 0,
            network_card_index: None,
            owner_id: None,
            private_ip_addresses: vec![self.private_address(subnet, 0)?],
            ipv4_associations: Vec::new(),
            ipv6_addresses: Vec::new(),
            ipv4_prefixes: Vec::new(),
            ipv6_prefixes: Vec::new(),
            security_groups: vec![SecurityGroup {
                group_id: self.group_id(&vpc_id, "default"),
                group_name: "default".to_owned(),
            }],
            subnet_id: self.subnet_id(&vpc_id, subnet),
            subnet_ipv4_cidr_block: subnet.to_string(),
            subnet_ipv6_cidr_blocks: Vec::new(),
            vpc_id,
            vpc_ipv4_cidr_blocks: vec![DEFAULT_VPC.to_string()],
            vpc_ipv6_cidr_blocks: Vec::new(),
        })
    }

    /// A further interface, in the network of the primary one.
    pub(super) fn further_interface(
        &self,
        primary: &NetworkInterface,
        device_number: u16,
    ) -> Result<NetworkInterface, DeclarationError> {
        let subnet = primary.subnet_ipv4_cidr_block.parse::<Ipv4Block>().unwrap_or(DEFAULT_SUBNET);
        Ok(NetworkInterface {
            mac_address: self.ids.mac_address(self.zone, device_number.into()),
            network_interface_id: self.ids.nth_resource("eni", device_number.into()),
            device_number,
            private_ip_addresses: vec![self.private_address(subnet, device_number)?],
            network_card_index: None,
            ipv4_associations: Vec::new(),
            ipv6_addresses: Vec::new(),
            ipv4_prefixes: Vec::new(),
            ipv6_prefixes: Vec::new(),
            ..primary.clone()
        })
    }

    /// Primary interfaces fill a subnet from one end of its permutation, further ones from the other.
    fn private_address(&self, subnet: Ipv4Block, device_number: u16) -> Result<Ipv4Addr, DeclarationError> {
        let capacity = subnet.capacity();
        if capacity == 0 {
            let problem = format!("subnet {subnet} has no room for an interface; EC2's smallest is a /28");
            return Err(DeclarationError::new("subnet-cidr-block", problem));
        }
        let place = match device_number {
            0 => self.index % capacity,
            n => {
                capacity
                    - 1
                    - (self.index.wrapping_mul(FURTHER_INTERFACES).wrapping_add(u32::from(n) - 1)) % capacity
            }
        };
        Ok(subnet.usable(self.seed.named(&subnet.to_string()).spread(place, capacity)))
    }

    fn vpc_id(&self, block: Option<&Ipv4Block>) -> String {
        let block = block.copied().unwrap_or(DEFAULT_VPC);
        self.seed.named(&format!("{}/{}/{block}", self.account, self.region)).resource("vpc")
    }

    fn subnet_id(&self, vpc_id: &str, block: Ipv4Block) -> String {
        self.seed.named(&format!("{vpc_id}/{}/{block}", self.zone)).resource("subnet")
    }

    fn group_id(&self, vpc_id: &str, name: &str) -> String {
        self.seed.named(&format!("{vpc_id}/{name}")).resource("sg")
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

/// The default VPC and its subnets (VPC user guide, "Default VPC components").
const DEFAULT_VPC: Ipv4Block = Ipv4Block::fixed(Ipv4Addr::new(172, 31, 0, 0), VPC_LENGTH);
const DEFAULT_SUBNET: Ipv4Block = Ipv4Block::fixed(Ipv4Addr::new(172, 31, 0, 0), SUBNET_LENGTH);
const DEFAULT_SUBNETS: u32 = 16;
const VPC_LENGTH: u8 = 16;
const SUBNET_LENGTH: u8 = 20;

/// Addresses kept per instance for interfaces beside the primary: what a t3.2xlarge to m5.4xlarge can carry, roundly.
const FURTHER_INTERFACES: u32 = 15;

//! What network interfaces follow from where nothing is declared: the default VPC (VPC user guide, "Default VPC
//! components"), ids and addresses from the seed.

use std::net::Ipv4Addr;

use types::AccountId;
use types::instance::{NetworkInterface, SecurityGroup};

use super::{DeclarationError, Ipv4Block};
use crate::identifier::{Identifiers, Seed};

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

impl Ground<'_> {
    /// The primary interface where nothing is declared: in the default VPC, whose subnets follow one another as they
    /// fill up.
    pub(super) fn primary_interface(&self) -> Result<NetworkInterface, DeclarationError> {
        let subnet = default_subnet(self.zone, self.index / DEFAULT_SUBNET.capacity());
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
    pub(super) fn private_address(
        &self,
        subnet: Ipv4Block,
        device_number: u16,
    ) -> Result<Ipv4Addr, DeclarationError> {
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

    pub(super) fn vpc_id(&self, block: Option<&Ipv4Block>) -> String {
        vpc_id(self.seed, self.account, self.region, block.unwrap_or(&DEFAULT_VPC))
    }

    pub(super) fn subnet_id(&self, vpc_id: &str, block: Ipv4Block) -> String {
        subnet_id(self.seed, self.zone, vpc_id, block)
    }

    pub(super) fn group_id(&self, vpc_id: &str, name: &str) -> String {
        group_id(self.seed, vpc_id, name)
    }
}

/// The default VPC's subnet of a zone, `nth` after it where a fleet fills it: the first zone has the first one.
pub(crate) fn default_subnet(zone: &str, nth: u32) -> Ipv4Block {
    let letter = zone.bytes().last().filter(u8::is_ascii_lowercase).unwrap_or(b'a');
    let nth = (u32::from(letter - b'a') + nth) % DEFAULT_SUBNETS;
    let first = u32::from(DEFAULT_VPC.first()) + (nth << (32 - SUBNET_LENGTH));
    Ipv4Block::around(Ipv4Addr::from(first), SUBNET_LENGTH)
}

pub(crate) fn vpc_id(seed: &Seed, account: AccountId, region: &str, block: &Ipv4Block) -> String {
    seed.named(&format!("{account}/{region}/{block}")).resource("vpc")
}

pub(crate) fn subnet_id(seed: &Seed, zone: &str, vpc_id: &str, block: Ipv4Block) -> String {
    seed.named(&format!("{vpc_id}/{zone}/{block}")).resource("subnet")
}

pub(crate) fn group_id(seed: &Seed, vpc_id: &str, name: &str) -> String {
    seed.named(&format!("{vpc_id}/{name}")).resource("sg")
}

/// The default VPC and its subnets (VPC user guide, "Default VPC components").
pub(crate) const DEFAULT_VPC: Ipv4Block = Ipv4Block::fixed(Ipv4Addr::new(172, 31, 0, 0), VPC_LENGTH);
pub(super) const DEFAULT_SUBNET: Ipv4Block = Ipv4Block::fixed(Ipv4Addr::new(172, 31, 0, 0), SUBNET_LENGTH);
const DEFAULT_SUBNETS: u32 = 16;
pub(super) const VPC_LENGTH: u8 = 16;
pub(super) const SUBNET_LENGTH: u8 = 20;

/// Addresses kept per instance for interfaces beside the primary: what a t3.2xlarge to m5.4xlarge can carry, roundly.
const FURTHER_INTERFACES: u32 = 15;

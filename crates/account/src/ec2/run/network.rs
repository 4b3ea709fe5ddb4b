//! Where launched instances stand: zone, subnet, security groups and addresses (VPC user guide, "IP addressing").
//!
//! Rule: an address is given to one instance; those of instances that stand anywhere in the region are taken.

use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use types::Instance;
use types::instance::{Ipv4Association, NetworkInterface, SecurityGroup};

use super::super::catalogue::{Network, Place, Subnet, ZoneKind, zones};
use super::super::{life, refusal};
use super::wish::{NetworkWish, PlacementWish};
use crate::ServiceError;
use crate::declaration::Ipv4Block;
use crate::identifier::{Identifiers, Seed};

/// Public addresses that nobody has.
#[derive(Debug)]
pub(crate) struct PublicAddresses<'a> {
    seed: &'a Seed,
    taken: HashSet<Ipv4Addr>,
}

impl<'a> PublicAddresses<'a> {
    pub(crate) fn new<'i>(seed: &'a Seed, instances: impl IntoIterator<Item = &'i Instance>) -> Self {
        Self { seed, taken: life::public_addresses(instances) }
    }

    /// One that follows from the place of an instance, or the next.
    pub(crate) fn next(&mut self, place: u32) -> Ipv4Addr {
        let made = (0..=u32::from(u16::MAX))
            .map(|step| Identifiers::public_address(self.seed, place.wrapping_add(step)))
            .find(|address| !self.taken.contains(address));
        let address = made.unwrap_or_else(|| Identifiers::public_address(self.seed, place));
        self.taken.insert(address);
        address
    }
}

/// Subnet and groups, and the addresses that are left there.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) subnet: &'a Subnet,
    groups: Vec<SecurityGroup>,
    vpc_blocks: Vec<String>,
    vpc_ipv6_blocks: Vec<String>,
    has_public: bool,
    block: Ipv4Block,
    taken: HashSet<Ipv4Addr>,
    taken_ipv6: HashSet<Ipv6Addr>,
}

impl<'a> Ground<'a> {
    pub(super) fn new<'i>(
        place: &Place<'_>,
        network: &'a Network,
        (wish, placement): (&NetworkWish<'_>, &PlacementWish<'_>),
        instances: impl Iterator<Item = &'i Instance> + Clone,
    ) -> Result<Self, ServiceError> {
        let subnet = subnet(place, network, wish, placement)?;
        let vpc = network.vpc(&subnet.vpc_id);
        let blocks = |blocks: &[super::super::catalogue::CidrBlock]| {
            blocks.iter().map(|block| block.cidr_block.clone()).collect::<Vec<_>>()
        };
        let interfaces = instances
            .filter(|instance| !instance.life.is_terminated())
            .flat_map(|instance| &instance.network_interfaces)
            .filter(|interface| interface.vpc_id == subnet.vpc_id);
        let block = subnet.cidr_block.parse().map_err(|_| no_subnet(&subnet.subnet_id))?;
        Ok(Self {
            groups: groups(network, &subnet.vpc_id, wish)?,
            vpc_blocks: vpc.map_or_else(Vec::new, |vpc| blocks(&vpc.cidr_blocks)),
            vpc_ipv6_blocks: vpc.map_or_else(Vec::new, |vpc| blocks(&vpc.ipv6_cidr_blocks)),
            has_public: wish.associate_public_ip.unwrap_or(subnet.default_for_az),
            block,
            taken: interfaces
                .clone()
                .flat_map(|interface| &interface.private_ip_addresses)
                .copied()
                .collect(),
            taken_ipv6: interfaces.flat_map(|interface| &interface.ipv6_addresses).copied().collect(),
            subnet,
        })
    }

    /// As many as have addresses in the subnet: at least `min`, at most `max`. Whatever quotas allow, no more are made.
    ///
    /// # Errors
    /// `InsufficientFreeAddressesInSubnet`
    pub(super) fn fit(&self, wish: &NetworkWish<'_>, min: u32, max: u32) -> Result<u32, ServiceError> {
        if wish.private_ip.is_some() {
            return Ok(max);
        }
        let taken = self.taken.iter().filter(|address| self.block.contains(**address)).count();
        let free = self.block.capacity().saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
        if free < min { Err(self.no_address()) } else { Ok(max.min(free)) }
    }

    fn no_address(&self) -> ServiceError {
        let text = format!(
            "There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.",
            self.subnet.subnet_id
        );
        ServiceError::new("InsufficientFreeAddressesInSubnet", 400, text)
    }

    /// Puts an interface there.
    pub(super) fn settle(
        &mut self,
        interface: &mut NetworkInterface,
        wish: &NetworkWish<'_>,
        place: u32,
        (seed, public): (&Seed, &mut PublicAddresses<'_>),
    ) -> Result<(), ServiceError> {
        let private_ip = self.private_address(wish.private_ip, place, seed)?;
        interface.private_ip_addresses = vec![private_ip];
        interface.ipv4_associations = Vec::new();
        if self.has_public {
            interface.ipv4_associations = vec![Ipv4Association { public_ip: public.next(place), private_ip }];
        }
        interface.ipv6_addresses =
            self.ipv6_addresses(wish.ipv6_address_count, &interface.mac_address, seed)?;
        interface.subnet_id.clone_from(&self.subnet.subnet_id);
        interface.subnet_ipv4_cidr_block.clone_from(&self.subnet.cidr_block);
        let ipv6_blocks = self.subnet.ipv6_cidr_blocks.iter();
        interface.subnet_ipv6_cidr_blocks = ipv6_blocks.map(|block| block.cidr_block.clone()).collect();
        interface.vpc_id.clone_from(&self.subnet.vpc_id);
        interface.vpc_ipv4_cidr_blocks.clone_from(&self.vpc_blocks);
        interface.vpc_ipv6_cidr_blocks.clone_from(&self.vpc_ipv6_blocks);
        interface.security_groups.clone_from(&self.groups);
        Ok(())
    }

    fn private_address(
        &mut self,
        wanted: Option<Ipv4Addr>,
        place: u32,
        seed: &Seed,
    ) -> Result<Ipv4Addr, ServiceError> {
        let capacity = self.block.capacity();
        let address = match wanted {
            Some(address) if !self.block.contains(address) => {
                let text = "Address does not fall within the subnet's address range";
                return Err(refusal::invalid_value(text));
            }
            Some(address) if self.taken.contains(&address) => {
                let text = format!("Address {address} is in use.");
                return Err(ServiceError::new("InvalidIPAddress.InUse", 400, text));
            }
            Some(address) => Some(address),
            None => {
                let spread = seed.named(&self.block.to_string());
                let candidates =
                    (0..capacity).map(|step| spread.spread(place.wrapping_add(step) % capacity, capacity));
                candidates.map(|at| self.block.usable(at)).find(|address| !self.taken.contains(address))
            }
        };
        let address = address.ok_or_else(|| self.no_address())?;
        self.taken.insert(address);
        Ok(address)
    }

    fn ipv6_addresses(&mut self, count: u32, mac: &str, seed: &Seed) -> Result<Vec<Ipv6Addr>, ServiceError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let blocks = self.subnet.ipv6_cidr_blocks.first();
        let block = blocks.and_then(|block| block.cidr_block.split('/').next()?.parse::<Ipv6Addr>().ok());
        let Some(first) = block else {
            let text = format!(
                "The subnet '{}' does not have an IPv6 CIDR block associated with it.",
                self.subnet.subnet_id
            );
            return Err(refusal::invalid_combination(text));
        };
        let base = u128::from(first) & !u128::from(u64::MAX);
        let ids = seed.named(mac);
        let made = (0..).map(|ordinal| Ipv6Addr::from(base | u128::from(ids.number("ipv6", ordinal).max(1))));
        let taken = &self.taken_ipv6;
        let fresh: Vec<Ipv6Addr> =
            made.filter(|address| !taken.contains(address)).take(count as usize).collect();
        self.taken_ipv6.extend(&fresh);
        Ok(fresh)
    }
}

fn subnet<'a>(
    place: &Place<'_>,
    network: &'a Network,
    wish: &NetworkWish<'_>,
    placement: &PlacementWish<'_>,
) -> Result<&'a Subnet, ServiceError> {
    let zone = zone(place, placement)?;
    let Some(id) = wish.subnet_id else {
        let name = zone.unwrap_or_else(|| format!("{}a", place.region));
        let found = network.default_subnet(&name);
        let found = found.or_else(|| network.subnets.iter().find(|subnet| subnet.default_for_az));
        return found.ok_or_else(|| {
            ServiceError::new("MissingInput", 400, format!("No default subnet for zone: '{name}'"))
        });
    };
    let subnet = network.subnet(id).ok_or_else(|| no_subnet(id))?;
    match zone {
        Some(zone) if zone != subnet.availability_zone => Err(refusal::invalid_value(format!(
            "The subnet '{id}' is in Availability Zone '{}', not in '{zone}'",
            subnet.availability_zone
        ))),
        _ => Ok(subnet),
    }
}

/// The zone that is asked for, by name or by id.
fn zone(place: &Place<'_>, wish: &PlacementWish<'_>) -> Result<Option<String>, ServiceError> {
    let zones = zones(place.region, place.account_id);
    let known = zones.iter().filter(|zone| zone.kind == ZoneKind::AvailabilityZone);
    let (found, asked) = match (wish.availability_zone, wish.availability_zone_id) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let text = "The parameter availabilityZone cannot be used with the parameter availabilityZoneId";
            return Err(refusal::invalid_combination(text));
        }
        (Some(name), None) => (known.clone().find(|zone| zone.name == name), name),
        (None, Some(id)) => (known.clone().find(|zone| zone.id == id), id),
    };
    match found {
        Some(zone) => Ok(Some(zone.name.clone())),
        None => Err(refusal::invalid_value(format!("Invalid availability zone: [{}]", shown(asked)))),
    }
}

fn groups(
    network: &Network,
    vpc_id: &str,
    wish: &NetworkWish<'_>,
) -> Result<Vec<SecurityGroup>, ServiceError> {
    if wish.subnet_id.is_some() && !wish.group_names.is_empty() {
        let text = "The parameter groupName cannot be used with the parameter subnet";
        return Err(refusal::invalid_combination(text));
    }
    let mut found = Vec::new();
    for id in &wish.group_ids {
        let group = network.security_group(id).ok_or_else(|| no_group(id, None))?;
        if group.vpc_id != vpc_id {
            let text = "Security group and subnet belong to different networks.";
            return Err(ServiceError::new(
                "InvalidParameter",
                400,
                format!("{text} ({} and {vpc_id})", group.vpc_id),
            ));
        }
        found.push(group);
    }
    for name in &wish.group_names {
        found.push(network.security_group_named(vpc_id, name).ok_or_else(|| no_group(name, Some(vpc_id)))?);
    }
    if found.is_empty() {
        found.extend(network.security_group_named(vpc_id, "default"));
    }
    let mut seen = HashSet::new();
    found.retain(|group| seen.insert(&group.group_id));
    let kept = |group: &super::super::catalogue::SecurityGroup| SecurityGroup {
        group_name: group.group_name.clone(),
        group_id: group.group_id.clone(),
    };
    Ok(found.into_iter().map(kept).collect())
}

fn no_subnet(id: &str) -> ServiceError {
    let text = format!("The subnet ID '{}' does not exist", shown(id));
    ServiceError::new("InvalidSubnetID.NotFound", 400, text)
}

fn no_group(asked: &str, vpc_id: Option<&str>) -> ServiceError {
    let place = vpc_id.map_or_else(String::new, |vpc_id| format!(" in VPC '{vpc_id}'"));
    let text = format!("The security group '{}' does not exist{place}", shown(asked));
    ServiceError::new("InvalidGroup.NotFound", 400, text)
}

pub(super) fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

const MAX_SHOWN: usize = 256;

#[cfg(test)]
mod tests {
    use types::Partition;

    use super::*;
    use crate::directory::Directory;

    #[test]
    fn no_more_are_made_than_there_are_addresses() {
        let seed = Seed::from_text("subnet");
        let (account_id, region) = (seed.account_id(), "us-east-1".parse().unwrap());
        let place = Place { seed: &seed, account_id, region: &region };
        let network = Network::new(&place, &Directory::new(Partition::Aws, account_id), []);
        let (wish, placement) = (NetworkWish::default(), PlacementWish::default());
        let mut ground = Ground::new(&place, &network, (&wish, &placement), std::iter::empty()).unwrap();
        ground.block = "10.0.0.0/28".parse().unwrap();
        ground.taken = HashSet::from(["10.0.0.4", "10.0.1.4"].map(|address| address.parse().unwrap()));
        assert_eq!(ground.fit(&wish, 1, 2_147_483_647), Ok(10));
        assert_eq!(ground.fit(&wish, 2, 3), Ok(3));
        assert_eq!(&*ground.fit(&wish, 11, 11).unwrap_err().code, "InsufficientFreeAddressesInSubnet");
    }
}

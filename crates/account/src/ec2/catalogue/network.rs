//! The account's network in a region: its default VPC with a subnet for each zone, and whatever else instances stand in.
//!
//! Rule: what an interface of an instance names is there, as the interface says it is. Source: VPC user guide, "Default VPCs";
//! ids as declarations make them.

use std::collections::BTreeMap;

use types::instance::NetworkInterface;
use types::{AccountId, Instance};

use super::{Place, ZoneKind, zones};
use crate::declaration::{Ipv4Block, ground};
use crate::directory::{Directory, Tag};

/// VPCs, subnets and security groups, each in the order of their ids.
#[derive(Clone, Debug)]
pub struct Network {
    pub vpcs: Vec<Vpc>,
    pub subnets: Vec<Subnet>,
    pub security_groups: Vec<SecurityGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    pub vpc_id: String,
    pub owner_id: AccountId,
    pub is_default: bool,
    /// The first is the VPC's own.
    pub cidr_blocks: Vec<CidrBlock>,
    pub ipv6_cidr_blocks: Vec<CidrBlock>,
    pub dhcp_options_id: String,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    pub subnet_id: String,
    pub arn: String,
    pub vpc_id: String,
    pub owner_id: AccountId,
    pub availability_zone: String,
    pub availability_zone_id: String,
    pub cidr_block: String,
    pub ipv6_cidr_blocks: Vec<CidrBlock>,
    /// The one that a launch gets which names a zone alone.
    pub default_for_az: bool,
    pub available_ip_address_count: i64,
    pub tags: Vec<Tag>,
}

/// A block of addresses that belongs to a VPC or a subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CidrBlock {
    pub cidr_block: String,
    pub association_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityGroup {
    pub group_id: String,
    pub arn: String,
    pub group_name: String,
    pub description: String,
    pub vpc_id: String,
    pub owner_id: AccountId,
    pub tags: Vec<Tag>,
}

/// The block of a zone's default subnet: the first /20 of 172.31.0.0/16 in the region's first zone, and so on.
pub fn default_subnet_block(zone: &str) -> Ipv4Block {
    ground::default_subnet(zone, 0)
}

impl Network {
    pub fn new<'a>(
        place: &Place<'_>,
        directory: &Directory,
        instances: impl IntoIterator<Item = &'a Instance>,
    ) -> Self {
        let mut draft = Draft {
            place,
            directory,
            vpcs: BTreeMap::new(),
            subnets: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        draft.add_default();
        for instance in instances {
            for interface in &instance.network_interfaces {
                draft.add_interface(
                    &instance.placement.availability_zone,
                    &instance.placement.availability_zone_id,
                    interface,
                );
            }
        }
        let values = (draft.vpcs.into_values(), draft.subnets.into_values(), draft.groups.into_values());
        Self { vpcs: values.0.collect(), subnets: values.1.collect(), security_groups: values.2.collect() }
    }

    pub fn vpc(&self, id: &str) -> Option<&Vpc> {
        self.vpcs.iter().find(|vpc| vpc.vpc_id == id)
    }

    pub fn default_vpc(&self) -> Option<&Vpc> {
        self.vpcs.iter().find(|vpc| vpc.is_default)
    }

    pub fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.subnets.iter().find(|subnet| subnet.subnet_id == id)
    }

    /// The subnet of a launch that names no more than a zone.
    pub fn default_subnet(&self, zone: &str) -> Option<&Subnet> {
        self.subnets.iter().find(|subnet| subnet.default_for_az && subnet.availability_zone == zone)
    }

    pub fn security_group(&self, id: &str) -> Option<&SecurityGroup> {
        self.security_groups.iter().find(|group| group.group_id == id)
    }

    /// A group of a VPC by its name, such as `default`.
    pub fn security_group_named(&self, vpc_id: &str, name: &str) -> Option<&SecurityGroup> {
        self.security_groups.iter().find(|group| group.vpc_id == vpc_id && group.group_name == name)
    }
}

struct Draft<'a> {
    place: &'a Place<'a>,
    directory: &'a Directory,
    vpcs: BTreeMap<String, Vpc>,
    subnets: BTreeMap<String, Subnet>,
    groups: BTreeMap<String, SecurityGroup>,
}

impl Draft<'_> {
    fn add_default(&mut self) {
        let Place { seed, account_id, region } = *self.place;
        let vpc_id = ground::vpc_id(seed, account_id, region.as_str(), &ground::DEFAULT_VPC);
        self.add_vpc(&vpc_id, &[ground::DEFAULT_VPC.to_string()], &[]);
        for zone in zones(region, account_id).iter().filter(|zone| zone.kind == ZoneKind::AvailabilityZone) {
            let block = default_subnet_block(&zone.name);
            let id = ground::subnet_id(seed, &zone.name, &vpc_id, block);
            self.add_subnet(&id, &vpc_id, (&zone.name, &zone.id), &block.to_string(), &[]);
            if let Some(subnet) = self.subnets.get_mut(&id) {
                subnet.default_for_az = true;
            }
        }
    }

    fn add_interface(&mut self, zone: &str, zone_id: &str, interface: &NetworkInterface) {
        let vpc_id = &interface.vpc_id;
        self.add_vpc(vpc_id, &interface.vpc_ipv4_cidr_blocks, &interface.vpc_ipv6_cidr_blocks);
        let subnet_id = &interface.subnet_id;
        let (block, ipv6) = (&interface.subnet_ipv4_cidr_block, &interface.subnet_ipv6_cidr_blocks);
        self.add_subnet(subnet_id, vpc_id, (zone, zone_id), block, ipv6);
        if let Some(subnet) = self.subnets.get_mut(subnet_id) {
            let taken = i64::try_from(interface.private_ip_addresses.len()).unwrap_or(0);
            subnet.available_ip_address_count = (subnet.available_ip_address_count - taken).max(0);
        }
        for group in &interface.security_groups {
            self.add_group(&group.group_id, &group.group_name, vpc_id);
        }
    }

    fn add_vpc(&mut self, id: &str, blocks: &[String], ipv6_blocks: &[String]) {
        if self.vpcs.contains_key(id) {
            return;
        }
        let Place { seed, account_id, region } = *self.place;
        let default_id = ground::vpc_id(seed, account_id, region.as_str(), &ground::DEFAULT_VPC);
        let vpc = Vpc {
            vpc_id: id.to_owned(),
            owner_id: account_id,
            is_default: id == default_id,
            cidr_blocks: self.blocks(id, "vpc-cidr-assoc", blocks),
            ipv6_cidr_blocks: self.blocks(id, "vpc-cidr-assoc", ipv6_blocks),
            dhcp_options_id: seed.named(&format!("{account_id}/{region}")).resource("dopt"),
            tags: tags_of(self.directory, id),
        };
        self.vpcs.insert(id.to_owned(), vpc);
        self.add_group(&ground::group_id(seed, id, DEFAULT_GROUP), DEFAULT_GROUP, id);
    }

    fn add_subnet(
        &mut self,
        id: &str,
        vpc_id: &str,
        zone: (&str, &str),
        block: &str,
        ipv6_blocks: &[String],
    ) {
        if self.subnets.contains_key(id) {
            return;
        }
        let capacity = block.parse().map_or(0, |block: Ipv4Block| i64::from(block.capacity()));
        let subnet = Subnet {
            subnet_id: id.to_owned(),
            arn: self.arn("subnet", id),
            vpc_id: vpc_id.to_owned(),
            owner_id: self.place.account_id,
            availability_zone: zone.0.to_owned(),
            availability_zone_id: zone.1.to_owned(),
            cidr_block: block.to_owned(),
            ipv6_cidr_blocks: self.blocks(id, "subnet-cidr-assoc", ipv6_blocks),
            default_for_az: false,
            available_ip_address_count: capacity,
            tags: tags_of(self.directory, id),
        };
        self.subnets.insert(id.to_owned(), subnet);
    }

    fn add_group(&mut self, id: &str, name: &str, vpc_id: &str) {
        if self.groups.contains_key(id) {
            return;
        }
        let description = if name == DEFAULT_GROUP { "default VPC security group" } else { name };
        let group = SecurityGroup {
            group_id: id.to_owned(),
            arn: self.arn("security-group", id),
            group_name: name.to_owned(),
            description: description.to_owned(),
            vpc_id: vpc_id.to_owned(),
            owner_id: self.place.account_id,
            tags: tags_of(self.directory, id),
        };
        self.groups.insert(id.to_owned(), group);
    }

    fn blocks(&self, owner: &str, prefix: &str, blocks: &[String]) -> Vec<CidrBlock> {
        let association = |block: &str| self.place.seed.named(&format!("{owner}/{block}")).resource(prefix);
        let made =
            |block: &String| CidrBlock { cidr_block: block.clone(), association_id: association(block) };
        blocks.iter().map(made).collect()
    }

    fn arn(&self, kind: &str, id: &str) -> String {
        super::super::resource::arn(self.place.region, self.place.account_id, kind, id)
    }
}

pub(super) fn tags_of(directory: &Directory, id: &str) -> Vec<Tag> {
    directory.resource_tags.get(id).map_or_else(Vec::new, |held| held.tags.clone())
}

const DEFAULT_GROUP: &str = "default";

//! What VPCs, subnets and security groups are filtered by. Several names stand for the same: older clients spell them otherwise.

use std::borrow::Cow;

use super::super::filter::{Filtered, Tags};
use super::network::{CidrBlock, SecurityGroup, Subnet, Vpc};

impl Filtered for Vpc {
    const FILTERS: &'static [&'static str] = &[
        "cidr",
        "cidr-block",
        "cidr-block-association.association-id",
        "cidr-block-association.cidr-block",
        "cidr-block-association.state",
        "cidrBlock",
        "dhcp-options-id",
        "dhcpOptionsId",
        "ipv6-cidr-block-association.association-id",
        "ipv6-cidr-block-association.ipv6-cidr-block",
        "ipv6-cidr-block-association.ipv6-pool",
        "ipv6-cidr-block-association.state",
        "is-default",
        "isDefault",
        "owner-id",
        "state",
        "tag",
        "tag-key",
        "vpc-id",
    ];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        match name {
            "cidr" | "cidr-block" | "cidrBlock" => {
                self.cidr_blocks.first().map(|block| block.cidr_block.as_str().into()).into_iter().collect()
            }
            "dhcp-options-id" | "dhcpOptionsId" => vec![(&self.dhcp_options_id).into()],
            "is-default" | "isDefault" => vec![self.is_default.to_string().into()],
            "owner-id" => vec![self.owner_id.to_string().into()],
            "state" => vec!["available".into()],
            "vpc-id" => vec![(&self.vpc_id).into()],
            name => match name.strip_prefix("ipv6-cidr-block-association.") {
                Some("ipv6-pool") => self.ipv6_cidr_blocks.iter().map(|_| "Amazon".into()).collect(),
                Some(name) => of_blocks(&self.ipv6_cidr_blocks, name),
                None => of_blocks(&self.cidr_blocks, name.rsplit('.').next().unwrap_or(name)),
            },
        }
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(&self.tags)
    }
}

impl Filtered for Subnet {
    const FILTERS: &'static [&'static str] = &[
        "availability-zone",
        "availability-zone-id",
        "availabilityZone",
        "availabilityZoneId",
        "available-ip-address-count",
        "cidr",
        "cidr-block",
        "cidrBlock",
        "customer-owned-ipv4-pool",
        "default-for-az",
        "defaultForAz",
        "enable-dns64",
        "enable-lni-at-device-index",
        "ipv6-cidr-block-association.association-id",
        "ipv6-cidr-block-association.ipv6-cidr-block",
        "ipv6-cidr-block-association.state",
        "ipv6-native",
        "map-customer-owned-ip-on-launch",
        "map-public-ip-on-launch",
        "outpost-arn",
        "owner-id",
        "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
        "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
        "private-dns-name-options-on-launch.hostname-type",
        "state",
        "subnet-arn",
        "subnet-id",
        "tag",
        "tag-key",
        "vpc-id",
    ];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let value: Cow<'_, str> = match name {
            "availability-zone" | "availabilityZone" => (&self.availability_zone).into(),
            "availability-zone-id" | "availabilityZoneId" => (&self.availability_zone_id).into(),
            "available-ip-address-count" => self.available_ip_address_count.to_string().into(),
            "cidr" | "cidr-block" | "cidrBlock" => (&self.cidr_block).into(),
            "default-for-az" | "defaultForAz" | "map-public-ip-on-launch" => {
                self.default_for_az.to_string().into()
            }
            "owner-id" => self.owner_id.to_string().into(),
            "private-dns-name-options-on-launch.hostname-type" => "ip-name".into(),
            "state" => "available".into(),
            "subnet-arn" => (&self.arn).into(),
            "subnet-id" => (&self.subnet_id).into(),
            "vpc-id" => (&self.vpc_id).into(),
            "customer-owned-ipv4-pool" | "enable-lni-at-device-index" | "outpost-arn" => return Vec::new(),
            name => match name.strip_prefix("ipv6-cidr-block-association.") {
                Some(name) => return of_blocks(&self.ipv6_cidr_blocks, name),
                // The rest are switches, all of them off.
                None => "false".into(),
            },
        };
        vec![value]
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(&self.tags)
    }
}

impl Filtered for SecurityGroup {
    const FILTERS: &'static [&'static str] = &[
        "description",
        "egress.ip-permission.cidr",
        "egress.ip-permission.from-port",
        "egress.ip-permission.group-id",
        "egress.ip-permission.group-name",
        "egress.ip-permission.ipv6-cidr",
        "egress.ip-permission.prefix-list-id",
        "egress.ip-permission.protocol",
        "egress.ip-permission.to-port",
        "egress.ip-permission.user-id",
        "group-id",
        "group-name",
        "ip-permission.cidr",
        "ip-permission.from-port",
        "ip-permission.group-id",
        "ip-permission.group-name",
        "ip-permission.ipv6-cidr",
        "ip-permission.prefix-list-id",
        "ip-permission.protocol",
        "ip-permission.to-port",
        "ip-permission.user-id",
        "owner-id",
        "tag",
        "tag-key",
        "vpc-id",
    ];

    /// Each group has the rules of a default one: all from its own members in, all out.
    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let value: Cow<'_, str> = match name {
            "description" => (&self.description).into(),
            "egress.ip-permission.cidr" => "0.0.0.0/0".into(),
            "egress.ip-permission.protocol" | "ip-permission.protocol" => "-1".into(),
            "group-id" | "ip-permission.group-id" => (&self.group_id).into(),
            "group-name" | "ip-permission.group-name" => (&self.group_name).into(),
            "owner-id" | "ip-permission.user-id" => self.owner_id.to_string().into(),
            "vpc-id" => (&self.vpc_id).into(),
            _ => return Vec::new(),
        };
        vec![value]
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(&self.tags)
    }
}

/// What is the last part of a filter's name, of every block.
fn of_blocks<'a>(blocks: &'a [CidrBlock], name: &str) -> Vec<Cow<'a, str>> {
    let value = |block: &'a CidrBlock| match name {
        "association-id" => block.association_id.as_str().into(),
        "state" => "associated".into(),
        _ => block.cidr_block.as_str().into(),
    };
    blocks.iter().map(value).collect()
}

//! VPCs, subnets and security groups.

use std::collections::BTreeSet;

use account::ServiceError;
use account::directory::Tag;
use account::ec2::catalogue::{CidrBlock, Network, SecurityGroup, Subnet, Vpc};
use account::ec2::page::PageLimits;
use account::ec2::resource::ResourceKind;
use types::Instance;
use wire::{Structure, Value};

use super::filters::{all_there, check_ids, describing, filters, instances, is_named, named, page, place};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DescribeSecurityGroups",
        checks: |ask| describing(ask, "ec2:DescribeSecurityGroups"),
        run: describe_groups,
    },
    Operation {
        name: "DescribeSubnets",
        checks: |ask| describing(ask, "ec2:DescribeSubnets"),
        run: describe_subnets,
    },
    Operation { name: "DescribeVpcs", checks: |ask| describing(ask, "ec2:DescribeVpcs"), run: describe_vpcs },
];

/// The network of the region, with what instances that are not terminated stand in.
pub(super) fn network(
    ask: &Ask<'_>,
    directory: &account::directory::Directory,
) -> Result<Network, ServiceError> {
    let instances = instances(ask)?;
    let standing = instances.iter().filter(|instance: &&Instance| !instance.life.is_terminated());
    Ok(Network::new(&place(ask), directory, standing))
}

fn describe_vpcs(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (filters, page) = (filters::<Vpc>(ask)?, page(ask, "DescribeVpcs", PageLimits::USUAL));
    let ids = named(ask, "VpcIds");
    page.refuse_with_ids("vpcIds", ids.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::Vpc)?;
    let network = network(ask, ask.directory)?;
    let all = network.vpcs.iter();
    let found: Vec<&Vpc> = all.filter(|vpc| is_named(ids.as_ref(), &vpc.vpc_id)).collect();
    all_there(ids.as_ref(), ResourceKind::Vpc, |id| network.vpc(id).is_some())?;
    let page = page.cut(found.into_iter().filter(|vpc| filters.hold(*vpc)), |vpc| &vpc.vpc_id)?;
    let shown: Vec<Value> = page.items.into_iter().map(vpc).collect();
    Ok(Structure::new().with("Vpcs", shown).with_some("NextToken", page.next_token))
}

fn describe_subnets(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (filters, page) = (filters::<Subnet>(ask)?, page(ask, "DescribeSubnets", PageLimits::USUAL));
    let ids = named(ask, "SubnetIds");
    page.refuse_with_ids("subnetIds", ids.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::Subnet)?;
    let network = network(ask, ask.directory)?;
    all_there(ids.as_ref(), ResourceKind::Subnet, |id| network.subnet(id).is_some())?;
    let wanted = |subnet: &&Subnet| is_named(ids.as_ref(), &subnet.subnet_id) && filters.hold(*subnet);
    let page = page.cut(network.subnets.iter().filter(wanted), |subnet| &subnet.subnet_id)?;
    let shown: Vec<Value> = page.items.into_iter().map(subnet).collect();
    Ok(Structure::new().with("Subnets", shown).with_some("NextToken", page.next_token))
}

fn describe_groups(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<SecurityGroup>(ask)?;
    let page = page(ask, "DescribeSecurityGroups", PageLimits::USUAL);
    let (ids, names) = (named(ask, "GroupIds"), named(ask, "GroupNames"));
    page.refuse_with_ids("groupIds", ids.is_some())?;
    page.refuse_with_ids("groupNames", names.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::SecurityGroup)?;
    let network = network(ask, ask.directory)?;
    all_there(ids.as_ref(), ResourceKind::SecurityGroup, |id| network.security_group(id).is_some())?;
    let of_names = groups_named(&network, names.as_ref())?;
    let wanted = |group: &&SecurityGroup| {
        let is_one = |ids: &BTreeSet<&str>| ids.contains(group.group_id.as_str());
        let is_asked = match (&ids, &of_names) {
            (None, None) => true,
            (ids, names) => ids.as_ref().is_some_and(is_one) || names.as_ref().is_some_and(is_one),
        };
        is_asked && filters.hold(*group)
    };
    let page = page.cut(network.security_groups.iter().filter(wanted), |group| &group.group_id)?;
    let shown: Vec<Value> = page.items.into_iter().map(group).collect();
    Ok(Structure::new().with("SecurityGroups", shown).with_some("NextToken", page.next_token))
}

/// Ids of the groups with these names. Names are those of the default VPC.
fn groups_named<'a>(
    network: &'a Network,
    names: Option<&BTreeSet<&str>>,
) -> Result<Option<BTreeSet<&'a str>>, ServiceError> {
    let Some(names) = names else { return Ok(None) };
    let vpc_id = network.default_vpc().map_or("", |vpc| vpc.vpc_id.as_str());
    let found = names.iter().map(|name| match network.security_group_named(vpc_id, name) {
        Some(group) => Ok(group.group_id.as_str()),
        None => {
            let shown = &name[..name.floor_char_boundary(255)];
            let text = format!("The security group '{shown}' does not exist in default VPC '{vpc_id}'");
            Err(ServiceError::new("InvalidGroup.NotFound", 400, text))
        }
    });
    found.collect::<Result<_, _>>().map(Some)
}

fn vpc(vpc: &Vpc) -> Value {
    let open = Structure::new().with("InternetGatewayBlockMode", "off");
    let main = vpc.cidr_blocks.first().map(|block| block.cidr_block.as_str());
    let blocks: Vec<Value> =
        vpc.cidr_blocks.iter().map(|block| cidr_block(block, "CidrBlock").into()).collect();
    Structure::new()
        .with("OwnerId", vpc.owner_id.to_string())
        .with("InstanceTenancy", "default")
        .with_some("Ipv6CidrBlockAssociationSet", ipv6_blocks(&vpc.ipv6_cidr_blocks, true))
        .with("CidrBlockAssociationSet", blocks)
        .with("IsDefault", vpc.is_default)
        .with_some("Tags", tags(&vpc.tags))
        .with("BlockPublicAccessStates", open)
        .with("VpcId", vpc.vpc_id.as_str())
        .with("State", "available")
        .with_some("CidrBlock", main)
        .with("DhcpOptionsId", vpc.dhcp_options_id.as_str())
        .into()
}

fn subnet(subnet: &Subnet) -> Value {
    let names = Structure::new()
        .with("HostnameType", "ip-name")
        .with("EnableResourceNameDnsARecord", false)
        .with("EnableResourceNameDnsAAAARecord", false);
    Structure::new()
        .with("AvailabilityZoneId", subnet.availability_zone_id.as_str())
        .with("MapCustomerOwnedIpOnLaunch", false)
        .with("OwnerId", subnet.owner_id.to_string())
        .with("AssignIpv6AddressOnCreation", false)
        .with("Ipv6CidrBlockAssociationSet", ipv6_blocks(&subnet.ipv6_cidr_blocks, false).unwrap_or_default())
        .with_some("Tags", tags(&subnet.tags))
        .with("SubnetArn", subnet.arn.as_str())
        .with("EnableDns64", false)
        .with("Ipv6Native", false)
        .with("PrivateDnsNameOptionsOnLaunch", names)
        .with("BlockPublicAccessStates", Structure::new().with("InternetGatewayBlockMode", "off"))
        .with("SubnetId", subnet.subnet_id.as_str())
        .with("State", "available")
        .with("VpcId", subnet.vpc_id.as_str())
        .with("CidrBlock", subnet.cidr_block.as_str())
        .with("AvailableIpAddressCount", subnet.available_ip_address_count)
        .with("AvailabilityZone", subnet.availability_zone.as_str())
        .with("DefaultForAz", subnet.default_for_az)
        .with("MapPublicIpOnLaunch", subnet.default_for_az)
        .into()
}

/// A group has the rules of a VPC's default one: all from its members in, all out.
fn group(group: &SecurityGroup) -> Value {
    let members =
        Structure::new().with("UserId", group.owner_id.to_string()).with("GroupId", group.group_id.as_str());
    let anywhere = Structure::new().with("CidrIp", "0.0.0.0/0");
    Structure::new()
        .with("GroupId", group.group_id.as_str())
        .with("IpPermissionsEgress", vec![permission(Vec::new(), vec![anywhere])])
        .with_some("Tags", tags(&group.tags))
        .with("VpcId", group.vpc_id.as_str())
        .with("SecurityGroupArn", group.arn.as_str())
        .with("OwnerId", group.owner_id.to_string())
        .with("GroupName", group.group_name.as_str())
        .with("Description", group.description.as_str())
        .with("IpPermissions", vec![permission(vec![members], Vec::new())])
        .into()
}

fn permission(groups: Vec<Structure>, ranges: Vec<Structure>) -> Structure {
    Structure::new()
        .with("IpProtocol", "-1")
        .with("UserIdGroupPairs", groups)
        .with("IpRanges", ranges)
        .with("Ipv6Ranges", Vec::<Value>::new())
        .with("PrefixListIds", Vec::<Value>::new())
}

fn cidr_block(block: &CidrBlock, member: &'static str) -> Structure {
    Structure::new()
        .with("AssociationId", block.association_id.as_str())
        .with(member, block.cidr_block.as_str())
        .with(format!("{member}State"), Structure::new().with("State", "associated"))
}

/// `None` where there are none.
fn ipv6_blocks(blocks: &[CidrBlock], of_vpc: bool) -> Option<Vec<Value>> {
    let shown = |block: &CidrBlock| {
        let shown = cidr_block(block, "Ipv6CidrBlock");
        let shown = if of_vpc { shown.with("Ipv6Pool", "Amazon") } else { shown };
        shown.with("Ipv6AddressAttribute", "public").with("IpSource", "amazon").into()
    };
    (!blocks.is_empty()).then(|| blocks.iter().map(shown).collect())
}

/// `None` where there are none: EC2 leaves the member out.
pub(super) fn tags(tags: &[Tag]) -> Option<Vec<Value>> {
    let one =
        |tag: &Tag| Structure::new().with("Key", tag.key.as_str()).with("Value", tag.value.as_str()).into();
    (!tags.is_empty()).then(|| tags.iter().map(one).collect())
}

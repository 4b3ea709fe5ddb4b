//! How packets get out of VPCs: internet gateways, route tables, network ACLs and DHCP options.
//!
//! Rule: every VPC has one of each, as the default VPC of an account does, and nobody changed it. Source: VPC user guide, "Default
//! VPCs", "Default network ACL", "Subnet route tables".

use types::AccountId;
use types::instance::private_zone;

use super::network::{CidrBlock, tags_of};
use super::{Network, Place};
use crate::directory::{Directory, Tag};

/// Each in the order of their ids.
#[derive(Clone, Debug)]
pub struct Routing {
    pub internet_gateways: Vec<InternetGateway>,
    pub route_tables: Vec<RouteTable>,
    pub network_acls: Vec<NetworkAcl>,
    pub dhcp_options: Vec<DhcpOptions>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternetGateway {
    pub internet_gateway_id: String,
    pub vpc_id: String,
    pub owner_id: AccountId,
    pub tags: Vec<Tag>,
}

/// The main table of a VPC, which all its subnets use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTable {
    pub route_table_id: String,
    pub association_id: String,
    pub vpc_id: String,
    pub owner_id: AccountId,
    /// The VPC's own blocks, which are reached as they are.
    pub cidr_blocks: Vec<String>,
    pub ipv6_cidr_blocks: Vec<String>,
    /// Where all else goes.
    pub internet_gateway_id: String,
    pub tags: Vec<Tag>,
}

/// The default ACL of a VPC: it lets all through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkAcl {
    pub network_acl_id: String,
    pub vpc_id: String,
    pub owner_id: AccountId,
    pub has_ipv6: bool,
    /// Ids of associations and subnets.
    pub associations: Vec<(String, String)>,
    pub tags: Vec<Tag>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhcpOptions {
    pub dhcp_options_id: String,
    pub owner_id: AccountId,
    pub domain_name: String,
    pub tags: Vec<Tag>,
}

impl Routing {
    pub fn new(place: &Place<'_>, directory: &Directory, network: &Network) -> Self {
        let mut routing = Self {
            internet_gateways: Vec::with_capacity(network.vpcs.len()),
            route_tables: Vec::with_capacity(network.vpcs.len()),
            network_acls: Vec::with_capacity(network.vpcs.len()),
            dhcp_options: dhcp_options(place, directory, network),
        };
        for vpc in &network.vpcs {
            let ids = place.seed.named(&vpc.vpc_id);
            let (gateway, table, acl) = (ids.resource("igw"), ids.resource("rtb"), ids.resource("acl"));
            let owner_id = vpc.owner_id;
            routing.route_tables.push(RouteTable {
                tags: tags_of(directory, &table),
                association_id: ids.resource("rtbassoc"),
                vpc_id: vpc.vpc_id.clone(),
                owner_id,
                cidr_blocks: texts(&vpc.cidr_blocks),
                ipv6_cidr_blocks: texts(&vpc.ipv6_cidr_blocks),
                internet_gateway_id: gateway.clone(),
                route_table_id: table,
            });
            routing.network_acls.push(NetworkAcl {
                tags: tags_of(directory, &acl),
                vpc_id: vpc.vpc_id.clone(),
                owner_id,
                has_ipv6: !vpc.ipv6_cidr_blocks.is_empty(),
                associations: associations(place, network, &vpc.vpc_id),
                network_acl_id: acl,
            });
            let (vpc_id, tags) = (vpc.vpc_id.clone(), tags_of(directory, &gateway));
            routing.internet_gateways.push(InternetGateway {
                internet_gateway_id: gateway,
                vpc_id,
                owner_id,
                tags,
            });
        }
        routing
            .internet_gateways
            .sort_by(|one, other| one.internet_gateway_id.cmp(&other.internet_gateway_id));
        routing.route_tables.sort_by(|one, other| one.route_table_id.cmp(&other.route_table_id));
        routing.network_acls.sort_by(|one, other| one.network_acl_id.cmp(&other.network_acl_id));
        routing
    }
}

fn dhcp_options(place: &Place<'_>, directory: &Directory, network: &Network) -> Vec<DhcpOptions> {
    let mut ids: Vec<&String> = network.vpcs.iter().map(|vpc| &vpc.dhcp_options_id).collect();
    ids.sort();
    ids.dedup();
    let one = |id: &String| DhcpOptions {
        dhcp_options_id: id.clone(),
        owner_id: place.account_id,
        domain_name: private_zone(place.region),
        tags: tags_of(directory, id),
    };
    ids.into_iter().map(one).collect()
}

fn associations(place: &Place<'_>, network: &Network, vpc_id: &str) -> Vec<(String, String)> {
    let subnets = network.subnets.iter().filter(|subnet| subnet.vpc_id == vpc_id);
    let association = |subnet_id: &str| place.seed.named(subnet_id).resource("aclassoc");
    subnets.map(|subnet| (association(&subnet.subnet_id), subnet.subnet_id.clone())).collect()
}

fn texts(blocks: &[CidrBlock]) -> Vec<String> {
    blocks.iter().map(|block| block.cidr_block.clone()).collect()
}

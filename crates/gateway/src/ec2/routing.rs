//! How packets get out of VPCs: `DescribeDhcpOptions`, `DescribeInternetGateways`, `DescribeNetworkAcls`, `DescribeRouteTables`.

use std::borrow::Cow;

use account::ServiceError;
use account::directory::Tag;
use account::ec2::catalogue::{DhcpOptions, InternetGateway, NetworkAcl, RouteTable, Routing};
use account::ec2::filter::{Filtered, Tags};
use account::ec2::page::PageLimits;
use account::ec2::resource::ResourceKind;
use wire::{Structure, Value};

use super::filters::{all_there, check_ids, describing, filters, is_named, named, page, place};
use super::network::{network, tags};
use super::places::{Place, names, values};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DescribeDhcpOptions",
        checks: |ask| describing(ask, "ec2:DescribeDhcpOptions"),
        run: |ask| OPTIONS.describe(ask, |it| it.dhcp_options.into_iter().map(options).collect()),
    },
    Operation {
        name: "DescribeInternetGateways",
        checks: |ask| describing(ask, "ec2:DescribeInternetGateways"),
        run: |ask| GATEWAYS.describe(ask, |it| it.internet_gateways.into_iter().map(gateway).collect()),
    },
    Operation {
        name: "DescribeNetworkAcls",
        checks: |ask| describing(ask, "ec2:DescribeNetworkAcls"),
        run: |ask| ACLS.describe(ask, |it| it.network_acls.into_iter().map(acl).collect()),
    },
    Operation {
        name: "DescribeRouteTables",
        checks: |ask| describing(ask, "ec2:DescribeRouteTables"),
        run: |ask| TABLES.describe(ask, |it| it.route_tables.into_iter().map(table).collect()),
    },
];

/// One of them as it is shown. `K` says what it is.
struct Seen<const K: usize> {
    id: String,
    tags: Vec<Tag>,
    shown: Structure,
}

/// What is different about one of the four operations.
struct Listing<const K: usize> {
    operation: &'static str,
    /// The members that name them in the request, and that list them in the answer.
    ids: &'static str,
    list: &'static str,
    /// What EC2 calls the ids.
    set: &'static str,
    kind: ResourceKind,
    limits: PageLimits,
}

impl<const K: usize> Listing<K>
where
    Seen<K>: Filtered,
{
    fn describe(
        &self,
        ask: &Ask<'_>,
        shown: impl FnOnce(Routing) -> Vec<Seen<K>>,
    ) -> Result<Structure, ServiceError> {
        let (filters, page) = (filters::<Seen<K>>(ask)?, page(ask, self.operation, self.limits));
        let ids = named(ask, self.ids);
        page.refuse_with_ids(self.set, ids.is_some())?;
        check_ids(ids.as_ref(), self.kind)?;
        let all = shown(Routing::new(&place(ask), ask.directory, &network(ask, ask.directory)?));
        all_there(ids.as_ref(), self.kind, |id| all.iter().any(|seen| seen.id == id))?;
        let wanted = |seen: &Seen<K>| is_named(ids.as_ref(), &seen.id) && filters.hold(seen);
        let page = page.cut(all.into_iter().filter(wanted), |seen| &seen.id)?;
        let shown: Vec<Value> = page.items.into_iter().map(|seen| seen.shown.into()).collect();
        Ok(Structure::new().with(self.list, shown).with_some("NextToken", page.next_token))
    }
}

fn gateway(gateway: InternetGateway) -> Seen<GATEWAY> {
    let attachment = Structure::new().with("State", "available").with("VpcId", gateway.vpc_id);
    let shown = Structure::new()
        .with("Attachments", vec![attachment])
        .with("InternetGatewayId", gateway.internet_gateway_id.as_str())
        .with("OwnerId", gateway.owner_id.to_string())
        .with("Tags", tags(&gateway.tags).unwrap_or_default());
    Seen { id: gateway.internet_gateway_id, tags: gateway.tags, shown }
}

fn table(table: RouteTable) -> Seen<TABLE> {
    let main = Structure::new()
        .with("Main", true)
        .with("RouteTableAssociationId", table.association_id)
        .with("RouteTableId", table.route_table_id.as_str())
        .with("AssociationState", Structure::new().with("State", "associated"));
    let route = |member: &'static str, block: &str, gateway: &str, origin: &str| {
        Structure::new()
            .with(member, block)
            .with("GatewayId", gateway)
            .with("Origin", origin)
            .with("State", "active")
    };
    let local = |member, block: &String| route(member, block, "local", "CreateRouteTable");
    let mut routes: Vec<Structure> =
        table.cidr_blocks.iter().map(|block| local("DestinationCidrBlock", block)).collect();
    let gateway = &*table.internet_gateway_id;
    routes.push(route("DestinationCidrBlock", "0.0.0.0/0", gateway, "CreateRoute"));
    if !table.ipv6_cidr_blocks.is_empty() {
        routes.extend(table.ipv6_cidr_blocks.iter().map(|block| local("DestinationIpv6CidrBlock", block)));
        routes.push(route("DestinationIpv6CidrBlock", "::/0", gateway, "CreateRoute"));
    }
    let shown = Structure::new()
        .with("Associations", vec![main])
        .with("PropagatingVgws", Vec::<Structure>::new())
        .with("RouteTableId", table.route_table_id.as_str())
        .with("Routes", routes)
        .with("Tags", tags(&table.tags).unwrap_or_default())
        .with("VpcId", table.vpc_id)
        .with("OwnerId", table.owner_id.to_string());
    Seen { id: table.route_table_id, tags: table.tags, shown }
}

fn acl(acl: NetworkAcl) -> Seen<ACL> {
    let association = |(association_id, subnet_id): &(String, String)| {
        Structure::new()
            .with("NetworkAclAssociationId", association_id.as_str())
            .with("NetworkAclId", acl.network_acl_id.as_str())
            .with("SubnetId", subnet_id.as_str())
    };
    let associations: Vec<Structure> = acl.associations.iter().map(association).collect();
    let entries: Vec<Structure> =
        [true, false].into_iter().flat_map(|egress| entries(egress, acl.has_ipv6)).collect();
    let shown = Structure::new()
        .with("Associations", associations)
        .with("Entries", entries)
        .with("IsDefault", true)
        .with("NetworkAclId", acl.network_acl_id.as_str())
        .with("Tags", tags(&acl.tags).unwrap_or_default())
        .with("VpcId", acl.vpc_id)
        .with("OwnerId", acl.owner_id.to_string());
    Seen { id: acl.network_acl_id, tags: acl.tags, shown }
}

/// All is let through by a rule of each family; what no rule is about is not.
fn entries(egress: bool, has_ipv6: bool) -> Vec<Structure> {
    let entry = |member: &'static str, block: &str, action: &str, number: i64| {
        Structure::new()
            .with(member, block)
            .with("Egress", egress)
            .with("Protocol", "-1")
            .with("RuleAction", action)
            .with("RuleNumber", number)
    };
    let mut entries = vec![entry("CidrBlock", "0.0.0.0/0", "allow", 100)];
    if has_ipv6 {
        entries.push(entry("Ipv6CidrBlock", "::/0", "allow", 101));
    }
    entries.push(entry("CidrBlock", "0.0.0.0/0", "deny", LAST_RULE));
    if has_ipv6 {
        entries.push(entry("Ipv6CidrBlock", "::/0", "deny", LAST_RULE + 1));
    }
    entries
}

fn options(options: DhcpOptions) -> Seen<DHCP> {
    let configuration = |key: &str, value: &str| {
        let value = Structure::new().with("Value", value);
        Structure::new().with("Key", key).with("Values", vec![value])
    };
    let configurations = vec![
        configuration("domain-name", &options.domain_name),
        configuration("domain-name-servers", "AmazonProvidedDNS"),
    ];
    let shown = Structure::new()
        .with("OwnerId", options.owner_id.to_string())
        .with("Tags", tags(&options.tags).unwrap_or_default())
        .with("DhcpOptionsId", options.dhcp_options_id.as_str())
        .with("DhcpConfigurations", configurations);
    Seen { id: options.dhcp_options_id, tags: options.tags, shown }
}

macro_rules! filtered {
    ($kind:ident, $places:ident) => {
        impl Filtered for Seen<$kind> {
            const FILTERS: &'static [&'static str] = &names(&$places);

            fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
                values(&self.shown, name, &$places)
            }

            fn tags(&self) -> Tags<'_> {
                Tags::List(&self.tags)
            }
        }
    };
}

filtered!(GATEWAY, OF_GATEWAYS);
filtered!(TABLE, OF_TABLES);
filtered!(ACL, OF_ACLS);
filtered!(DHCP, OF_OPTIONS);

const GATEWAY: usize = 0;
const TABLE: usize = 1;
const ACL: usize = 2;
const DHCP: usize = 3;

const GATEWAYS: Listing<GATEWAY> = Listing {
    operation: "DescribeInternetGateways",
    ids: "InternetGatewayIds",
    list: "InternetGateways",
    set: "internetGatewayIds",
    kind: ResourceKind::InternetGateway,
    limits: PageLimits::USUAL,
};

const TABLES: Listing<TABLE> = Listing {
    operation: "DescribeRouteTables",
    ids: "RouteTableIds",
    list: "RouteTables",
    set: "routeTableIds",
    kind: ResourceKind::RouteTable,
    limits: PageLimits { most: 100, ..PageLimits::USUAL },
};

const ACLS: Listing<ACL> = Listing {
    operation: "DescribeNetworkAcls",
    ids: "NetworkAclIds",
    list: "NetworkAcls",
    set: "networkAclIds",
    kind: ResourceKind::NetworkAcl,
    limits: PageLimits::USUAL,
};

const OPTIONS: Listing<DHCP> = Listing {
    operation: "DescribeDhcpOptions",
    ids: "DhcpOptionsIds",
    list: "DhcpOptions",
    set: "dhcpOptionsIds",
    kind: ResourceKind::DhcpOptions,
    limits: PageLimits::USUAL,
};

const OF_GATEWAYS: [Place; 6] = [
    ("attachment.state", "Attachments.State"),
    ("attachment.vpc-id", "Attachments.VpcId"),
    ("internet-gateway-id", "InternetGatewayId"),
    ("owner-id", "OwnerId"),
    ("tag", ""),
    ("tag-key", ""),
];

const OF_TABLES: [Place; 21] = [
    ("association.gateway-id", "Associations.GatewayId"),
    ("association.main", "Associations.Main"),
    ("association.route-table-association-id", "Associations.RouteTableAssociationId"),
    ("association.route-table-id", "Associations.RouteTableId"),
    ("association.subnet-id", "Associations.SubnetId"),
    ("owner-id", "OwnerId"),
    ("route-table-id", "RouteTableId"),
    ("route.destination-cidr-block", "Routes.DestinationCidrBlock"),
    ("route.destination-ipv6-cidr-block", "Routes.DestinationIpv6CidrBlock"),
    ("route.destination-prefix-list-id", ""),
    ("route.egress-only-internet-gateway-id", ""),
    ("route.gateway-id", "Routes.GatewayId"),
    ("route.instance-id", ""),
    ("route.nat-gateway-id", ""),
    ("route.origin", "Routes.Origin"),
    ("route.state", "Routes.State"),
    ("route.transit-gateway-id", ""),
    ("route.vpc-peering-connection-id", ""),
    ("tag", ""),
    ("tag-key", ""),
    ("vpc-id", "VpcId"),
];

const OF_ACLS: [Place; 19] = [
    ("association.association-id", "Associations.NetworkAclAssociationId"),
    ("association.network-acl-id", "Associations.NetworkAclId"),
    ("association.subnet-id", "Associations.SubnetId"),
    ("default", "IsDefault"),
    ("entry.cidr", "Entries.CidrBlock"),
    ("entry.egress", "Entries.Egress"),
    ("entry.icmp.code", ""),
    ("entry.icmp.type", ""),
    ("entry.ipv6-cidr", "Entries.Ipv6CidrBlock"),
    ("entry.port-range.from", ""),
    ("entry.port-range.to", ""),
    ("entry.protocol", "Entries.Protocol"),
    ("entry.rule-action", "Entries.RuleAction"),
    ("entry.rule-number", "Entries.RuleNumber"),
    ("network-acl-id", "NetworkAclId"),
    ("owner-id", "OwnerId"),
    ("tag", ""),
    ("tag-key", ""),
    ("vpc-id", "VpcId"),
];

const OF_OPTIONS: [Place; 6] = [
    ("dhcp-options-id", "DhcpOptionsId"),
    ("key", "DhcpConfigurations.Key"),
    ("owner-id", "OwnerId"),
    ("tag", ""),
    ("tag-key", ""),
    ("value", "DhcpConfigurations.Values.Value"),
];

/// What stands as `*` in AWS's console.
const LAST_RULE: i64 = 32_767;

//! A network interface of an instance: `InstanceNetworkInterface` of EC2's model.

use std::net::Ipv4Addr;

use account::ec2::catalogue::Place;
use account::ec2::volume::first_launch;
use types::instance::{HostnameType, InstanceState, NetworkInterface};
use types::{Instance, Timestamp};
use wire::Structure;

use super::shown::{groups, is_primary};

pub(in crate::ec2) fn shown(
    place: &Place<'_>,
    instance: &Instance,
    interface: &NetworkInterface,
    now: Timestamp,
) -> Structure {
    let owner = interface.owner_id.map_or_else(|| place.account_id.to_string(), |owner| owner.to_string());
    let attachment = Structure::new()
        .with("AttachTime", first_launch(instance))
        .with("AttachmentId", attachment_id(place, interface))
        .with("DeleteOnTermination", true)
        .with("DeviceIndex", i64::from(interface.device_number))
        .with("Status", attachment_status(instance, now))
        .with("NetworkCardIndex", i64::from(interface.network_card_index.unwrap_or(0)));
    let ipv6: Vec<Structure> = (0..)
        .zip(&interface.ipv6_addresses)
        .map(|(at, address): (u32, _)| {
            Structure::new().with("Ipv6Address", address.to_string()).with("IsPrimaryIpv6", at == 0)
        })
        .collect();
    let prefixes = |prefixes: &[String], member: &'static str| -> Vec<Structure> {
        prefixes.iter().map(|prefix| Structure::new().with(member, prefix.as_str())).collect()
    };
    let mut shown = Structure::new()
        .with("Attachment", attachment)
        .with("Description", description(instance, interface))
        .with("Groups", groups(&interface.security_groups))
        .with("InterfaceType", "interface")
        .with("Ipv6Addresses", ipv6)
        .with("MacAddress", interface.mac_address.as_str())
        .with("NetworkInterfaceId", interface.network_interface_id.as_str())
        .with("OwnerId", owner)
        .with_some("PrivateDnsName", instance.host_name_of(interface))
        .with_some("PrivateIpAddress", interface.primary_ipv4().map(|address| address.to_string()))
        .with("PrivateIpAddresses", addresses(instance, interface))
        .with("SourceDestCheck", instance.life.source_dest_check || !is_primary(instance, interface))
        .with("Status", "in-use")
        .with("SubnetId", interface.subnet_id.as_str())
        .with("VpcId", interface.vpc_id.as_str())
        .with("Operator", Structure::new().with("Managed", false));
    if !interface.ipv4_prefixes.is_empty() {
        shown = shown.with("Ipv4Prefixes", prefixes(&interface.ipv4_prefixes, "Ipv4Prefix"));
    }
    if !interface.ipv6_prefixes.is_empty() {
        shown = shown.with("Ipv6Prefixes", prefixes(&interface.ipv6_prefixes, "Ipv6Prefix"));
    }
    shown.with_some(
        "Association",
        interface.primary_ipv4().and_then(|own| association(instance, interface, own)),
    )
}

/// What an instance got at its launch is under way until it runs; a start attaches nothing anew.
pub(in crate::ec2) fn attachment_status(instance: &Instance, now: Timestamp) -> &'static str {
    let is_first = instance.life.first_launch_time.is_none();
    let is_pending = instance.life.state(now) == InstanceState::Pending;
    if is_first && is_pending { "attaching" } else { "attached" }
}

fn description<'a>(instance: &'a Instance, interface: &NetworkInterface) -> &'a str {
    let held = instance.life.interface_description.as_deref();
    held.filter(|_| is_primary(instance, interface)).unwrap_or_default()
}

pub(super) fn hostname_type(instance: &Instance) -> &'static str {
    match instance.dns.hostname_type {
        HostnameType::IpName => "ip-name",
        HostnameType::ResourceName => "resource-name",
    }
}

fn addresses(instance: &Instance, interface: &NetworkInterface) -> Vec<Structure> {
    let primary = interface.primary_ipv4();
    let name = |address: Ipv4Addr| {
        let alone = NetworkInterface { private_ip_addresses: vec![address], ..interface.clone() };
        instance.host_name_of(&alone)
    };
    let shown = |address: &Ipv4Addr| {
        Structure::new()
            .with("Primary", primary == Some(*address))
            .with_some("PrivateDnsName", name(*address))
            .with("PrivateIpAddress", address.to_string())
            .with_some("Association", association(instance, interface, *address))
    };
    interface.private_ip_addresses.iter().map(shown).collect()
}

fn association(instance: &Instance, interface: &NetworkInterface, own: Ipv4Addr) -> Option<Structure> {
    let found = interface.ipv4_associations.iter().find(|association| association.private_ip == own)?;
    let alone = NetworkInterface { ipv4_associations: vec![*found], ..interface.clone() };
    Some(
        Structure::new()
            // What is given at launch is the service's own; nobody here has addresses of his own.
            .with("IpOwnerId", "amazon")
            .with("PublicDnsName", instance.public_host_name_of(&alone).unwrap_or_default())
            .with("PublicIp", found.public_ip.to_string()),
    )
}

fn attachment_id(place: &Place<'_>, interface: &NetworkInterface) -> String {
    place.seed.named(&interface.network_interface_id).resource("eni-attach")
}

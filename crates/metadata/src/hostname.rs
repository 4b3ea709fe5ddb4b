//! Host names that EC2 derives from addresses and ids (Amazon VPC user guide, "DNS attributes for your VPC"; EC2 user
//! guide, "Amazon EC2 instance hostname types").

use std::net::Ipv4Addr;

use types::instance::{HostnameType, NetworkInterface};
use types::{Instance, Region};

/// `hostname` and `local-hostname`. An instance without an IPv4 address has a resource name whatever its type says, as
/// in a subnet that has IPv6 alone.
pub(crate) fn private(instance: &Instance) -> String {
    if let Some(name) = &instance.dns.private_dns_name {
        return name.clone();
    }
    let region = &instance.placement.region;
    let address = instance.primary_interface().and_then(NetworkInterface::primary_ipv4);
    match (instance.dns.hostname_type, address) {
        (HostnameType::IpName, Some(address)) => ip_name(address, region),
        _ => format!("{}.{}", instance.instance_id, private_zone(region)),
    }
}

/// `local-hostname` of an interface: the instance's own on the primary one, else the name of its first address.
pub(crate) fn of_interface(instance: &Instance, interface: &NetworkInterface) -> Option<String> {
    let primary = instance.primary_interface().map(|primary| &primary.mac_address);
    if primary == Some(&interface.mac_address) {
        return Some(private(instance));
    }
    interface.primary_ipv4().map(|address| ip_name(address, &instance.placement.region))
}

/// `public-hostname` of an interface. There is none without a public address, or where the VPC does not hand out names;
/// the instance's override replaces that of the primary interface.
pub(crate) fn public(instance: &Instance, interface: &NetworkInterface) -> Option<String> {
    let address = interface.public_ipv4().filter(|_| instance.dns.enable_dns_hostnames.0)?;
    let primary = instance.primary_interface().map(|primary| &primary.mac_address);
    match &instance.dns.public_dns_name {
        Some(name) if primary == Some(&interface.mac_address) => Some(name.clone()),
        _ => Some(format!("ec2-{}.{}", dashed(address), public_zone(&instance.placement.region))),
    }
}

fn ip_name(address: Ipv4Addr, region: &Region) -> String {
    format!("ip-{}.{}", dashed(address), private_zone(region))
}

fn dashed(address: Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}

/// us-east-1 is older than the scheme and keeps its own zones.
fn private_zone(region: &Region) -> String {
    match region.as_str() {
        "us-east-1" => "ec2.internal".to_owned(),
        other => format!("{other}.compute.internal"),
    }
}

fn public_zone(region: &Region) -> String {
    let domain = region.partition().dns_suffix();
    match region.as_str() {
        "us-east-1" => format!("compute-1.{domain}"),
        other => format!("{other}.compute.{domain}"),
    }
}

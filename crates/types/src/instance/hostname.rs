//! Host names that EC2 derives from addresses and ids (Amazon VPC user guide, "DNS attributes for your VPC"; EC2 user
//! guide, "Amazon EC2 instance hostname types").

use std::net::Ipv4Addr;

use super::{HostnameType, Instance, NetworkInterface};
use crate::Region;

impl Instance {
    /// `hostname` and `local-hostname`. An instance without an IPv4 address has a resource name whatever its type says, as
    /// in a subnet that has IPv6 alone.
    pub fn private_host_name(&self) -> String {
        if let Some(name) = &self.dns.private_dns_name {
            return name.clone();
        }
        let region = &self.placement.region;
        let address = self.primary_interface().and_then(NetworkInterface::primary_ipv4);
        match (self.dns.hostname_type, address) {
            (HostnameType::IpName, Some(address)) => ip_name(address, region),
            _ => format!("{}.{}", self.instance_id, private_zone(region)),
        }
    }

    /// `local-hostname` of an interface: the instance's own on the primary one, else the name of its first address.
    pub fn host_name_of(&self, interface: &NetworkInterface) -> Option<String> {
        if self.is_primary(interface) {
            return Some(self.private_host_name());
        }
        interface.primary_ipv4().map(|address| ip_name(address, &self.placement.region))
    }

    /// `public-hostname` of an interface. There is none without a public address, or where the VPC does not hand out names;
    /// the instance's override replaces that of the primary interface.
    pub fn public_host_name_of(&self, interface: &NetworkInterface) -> Option<String> {
        let address = interface.public_ipv4().filter(|_| self.dns.enable_dns_hostnames.0)?;
        match &self.dns.public_dns_name {
            Some(name) if self.is_primary(interface) => Some(name.clone()),
            _ => Some(format!("ec2-{}.{}", dashed(address), public_zone(&self.placement.region))),
        }
    }

    fn is_primary(&self, interface: &NetworkInterface) -> bool {
        self.primary_interface().is_some_and(|primary| primary.mac_address == interface.mac_address)
    }
}

fn ip_name(address: Ipv4Addr, region: &Region) -> String {
    format!("ip-{}.{}", dashed(address), private_zone(region))
}

fn dashed(address: Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}

/// The zone of a region's private host names. us-east-1 is older than the scheme and keeps its own zones.
pub fn private_zone(region: &Region) -> String {
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

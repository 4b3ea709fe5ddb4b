//! Network interfaces, as under `network/interfaces/macs/`.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// One network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkInterface {
    /// Lower case, colons.
    pub mac_address: String,
    pub network_interface_id: String,
    pub device_number: u16,
    /// `None` on instance types with one network card: the category is then absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_card_index: Option<u16>,
    /// The interface's owner; `None` is the instance's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<crate::AccountId>,
    /// Primary first; empty on an interface that has IPv6 alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub private_ip_addresses: Vec<Ipv4Addr>,
    /// Public address and the private address that it is mapped to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ipv4_associations: Vec<Ipv4Association>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ipv6_addresses: Vec<Ipv6Addr>,
    /// Delegated prefixes in CIDR form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ipv4_prefixes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ipv6_prefixes: Vec<String>,
    pub security_groups: Vec<SecurityGroup>,
    pub subnet_id: String,
    pub subnet_ipv4_cidr_block: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnet_ipv6_cidr_blocks: Vec<String>,
    pub vpc_id: String,
    /// The VPC's first block comes first.
    pub vpc_ipv4_cidr_blocks: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vpc_ipv6_cidr_blocks: Vec<String>,
}

impl NetworkInterface {
    /// The first private address.
    pub fn primary_ipv4(&self) -> Option<Ipv4Addr> {
        self.private_ip_addresses.first().copied()
    }

    /// The public address of the primary private one, else the first of all.
    pub fn public_ipv4(&self) -> Option<Ipv4Addr> {
        let primary = self.primary_ipv4();
        let of_primary = self.ipv4_associations.iter().find(|a| Some(a.private_ip) == primary);
        of_primary.or_else(|| self.ipv4_associations.first()).map(|a| a.public_ip)
    }
}

/// An Elastic or auto-assigned public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv4Association {
    pub public_ip: Ipv4Addr,
    pub private_ip: Ipv4Addr,
}

/// A security group of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup {
    pub group_name: String,
    pub group_id: String,
}

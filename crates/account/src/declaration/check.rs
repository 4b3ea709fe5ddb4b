//! What must hold between the attributes of an instance. Keys of errors point into the declaration that made it.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use types::Instance;
use types::instance::{
    MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS, NetworkInterface, is_reserved_tag_key, is_servable_tag_key,
};

use super::{Declaration, DeclarationError, Ipv4Block, Ipv6Block};

impl Declaration {
    /// Refuses an instance that EC2 could not have.
    pub(super) fn check(&self, instance: &Instance) -> Result<(), DeclarationError> {
        self.check_zone(instance)?;
        check_tags(instance)?;
        self.check_unique(instance)?;
        instance.network_interfaces.iter().try_for_each(|interface| self.check_interface(interface))
    }

    fn check_zone(&self, instance: &Instance) -> Result<(), DeclarationError> {
        let placement = &instance.placement;
        if placement.availability_zone.starts_with(placement.region.as_str()) {
            return Ok(());
        }
        let problem = format!("zone {:?} is not in region {}", placement.availability_zone, placement.region);
        Err(DeclarationError::new("availability-zone", problem))
    }

    fn check_unique(&self, instance: &Instance) -> Result<(), DeclarationError> {
        let declared = self.numbered_interfaces();
        let mut numbers = HashSet::new();
        for (at, number, _) in declared {
            if !numbers.insert(number) {
                let problem = format!("device number {number} is taken by another interface");
                return Err(DeclarationError::new(
                    format!("network-interfaces[{at}].device-number"),
                    problem,
                ));
            }
        }
        let (mut macs, mut ids, mut addresses) = (HashSet::new(), HashSet::new(), HashSet::new());
        for interface in &instance.network_interfaces {
            let mac = &interface.mac_address;
            self.first_time(macs.insert(mac), interface, "mac-address", || format!("MAC address {mac}"))?;
            let id = &interface.network_interface_id;
            self.first_time(ids.insert(id), interface, "network-interface-id", || id.clone())?;
            for address in &interface.private_ip_addresses {
                let new = addresses.insert(address);
                self.first_time(new, interface, "private-ip-addresses", || {
                    format!("private address {address}")
                })?;
            }
        }
        Ok(())
    }

    fn first_time(
        &self,
        new: bool,
        interface: &NetworkInterface,
        key: &str,
        what: impl Fn() -> String,
    ) -> Result<(), DeclarationError> {
        if new {
            return Ok(());
        }
        Err(DeclarationError::new(
            self.key_of(interface, key),
            format!("{} stands twice on this instance", what()),
        ))
    }

    fn check_interface(&self, interface: &NetworkInterface) -> Result<(), DeclarationError> {
        if interface.private_ip_addresses.is_empty() && interface.ipv6_addresses.is_empty() {
            let key = self.key_of(interface, "private-ip-addresses");
            return Err(DeclarationError::new(
                key,
                "an interface needs an address; declare ipv6-addresses at least",
            ));
        }
        self.check_blocks(interface)?;
        self.check_associations(interface)?;
        self.check_ipv6(interface)?;
        let groups = interface.security_groups.len();
        if !(1..=16).contains(&groups) {
            let key = self.key_of(interface, "security-groups");
            return Err(DeclarationError::new(
                key,
                format!("{groups} security groups; an interface has 1 to 16"),
            ));
        }
        Ok(())
    }

    /// Private addresses lie in the subnet, and the subnet in the VPC.
    fn check_blocks(&self, interface: &NetworkInterface) -> Result<(), DeclarationError> {
        let Ok(subnet) = interface.subnet_ipv4_cidr_block.parse::<Ipv4Block>() else {
            return Err(DeclarationError::new(self.key_of(interface, "subnet-cidr-block"), "is not a block"));
        };
        let vpc: Vec<Ipv4Block> = interface.vpc_ipv4_cidr_blocks.iter().flat_map(|b| b.parse()).collect();
        if !vpc.iter().any(|block| block.covers(&subnet)) {
            let problem = format!("subnet {subnet} is not in the VPC's {}", listed(&vpc));
            return Err(DeclarationError::new(self.key_of(interface, "subnet-cidr-block"), problem));
        }
        for (key, length) in vpc
            .iter()
            .map(|b| ("vpc-cidr-blocks", b.length()))
            .chain([("subnet-cidr-block", subnet.length())])
        {
            if !(16..=28).contains(&length) {
                let problem = format!("prefix length {length} is not between 16 and 28");
                return Err(DeclarationError::new(self.key_of(interface, key), problem));
            }
        }
        match interface.private_ip_addresses.iter().find(|address| !subnet.contains(**address)) {
            Some(address) => {
                let problem = format!("private address {address} is not in subnet {subnet}");
                Err(DeclarationError::new(self.key_of(interface, "private-ip-addresses"), problem))
            }
            None => Ok(()),
        }
    }

    fn check_associations(&self, interface: &NetworkInterface) -> Result<(), DeclarationError> {
        let known = |address: &Ipv4Addr| interface.private_ip_addresses.contains(address);
        match interface.ipv4_associations.iter().find(|association| !known(&association.private_ip)) {
            Some(association) => {
                let problem = format!(
                    "public address {} is mapped to {}, which the interface does not have",
                    association.public_ip, association.private_ip
                );
                Err(DeclarationError::new(self.key_of(interface, "ipv4-associations"), problem))
            }
            None => Ok(()),
        }
    }

    fn check_ipv6(&self, interface: &NetworkInterface) -> Result<(), DeclarationError> {
        let blocks: Vec<Ipv6Block> =
            interface.subnet_ipv6_cidr_blocks.iter().flat_map(|b| b.parse()).collect();
        match interface.ipv6_addresses.iter().find(|a| !blocks.iter().any(|block| block.contains(**a))) {
            Some(address) => {
                let problem = format!("IPv6 address {address} is not in the subnet's {}", listed(&blocks));
                Err(DeclarationError::new(self.key_of(interface, "ipv6-addresses"), problem))
            }
            None => Ok(()),
        }
    }

    /// Where the declaration says this of this interface: in its entry, or as a shortcut of the instance.
    fn key_of(&self, interface: &NetworkInterface, key: &str) -> String {
        let entries = self.numbered_interfaces();
        let entry = entries.iter().find(|(_, number, _)| *number == interface.device_number);
        match entry {
            Some((at, _, entry)) if interface.device_number != 0 || entry.declares(key) => {
                format!("network-interfaces[{at}].{key}")
            }
            _ => shortcut(key).to_owned(),
        }
    }
}

impl super::InterfaceDeclaration {
    fn declares(&self, key: &str) -> bool {
        match key {
            "mac-address" => self.mac_address.is_some(),
            "network-interface-id" => self.network_interface_id.is_some(),
            "private-ip-addresses" => self.private_ip_addresses.is_some(),
            "ipv4-associations" => self.ipv4_associations.is_some(),
            "ipv6-addresses" => self.ipv6_addresses.is_some(),
            "security-groups" => self.security_groups.is_some(),
            "subnet-cidr-block" => self.subnet_cidr_block.is_some(),
            "vpc-cidr-blocks" => self.vpc_cidr_blocks.is_some(),
            _ => false,
        }
    }
}

/// The instance's own key for an attribute of its primary interface.
fn shortcut(key: &str) -> &str {
    match key {
        "private-ip-addresses" => "private-ip",
        "ipv4-associations" => "public-ip",
        "ipv6-addresses" => "ipv6",
        other => other,
    }
}

/// Tags as EC2 takes them, and stricter ones where the metadata service serves them (facts: EC2 user guide, "Tag your
/// Amazon EC2 resources").
fn check_tags(instance: &Instance) -> Result<(), DeclarationError> {
    // Those that AWS itself sets, as Auto Scaling does, do not count.
    let own = instance.tags.keys().filter(|key| !is_reserved_tag_key(key)).count();
    if own > MAX_TAGS {
        let problem = format!("{own} tags; an instance has at most {MAX_TAGS}");
        return Err(DeclarationError::new("tags", problem));
    }
    let served = instance.metadata_options.instance_metadata_tags.is_enabled();
    for (key, value) in &instance.tags {
        let wrong = tag_fault(key, value).or_else(|| if served { served_fault(key) } else { None });
        if let Some(wrong) = wrong {
            return Err(DeclarationError::new("tags", format!("tag {key:?} {wrong}")));
        }
    }
    Ok(())
}

fn tag_fault(key: &str, value: &str) -> Option<&'static str> {
    if !(1..=MAX_TAG_KEY).contains(&key.chars().count()) {
        return Some("has a key that is not 1 to 128 characters");
    }
    if value.chars().count() > MAX_TAG_VALUE {
        return Some("has a value of more than 256 characters");
    }
    key.chars().chain(value.chars()).any(char::is_control).then_some("has control characters")
}

fn served_fault(key: &str) -> Option<&'static str> {
    (!is_servable_tag_key(key)).then_some(
        "cannot be served with instance-metadata-tags enabled: letters, digits and +-=.,_:@ alone, not . or .. or _index",
    )
}

fn listed<T: ToString>(blocks: &[T]) -> String {
    match blocks {
        [] => "blocks: there are none".to_owned(),
        blocks => blocks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

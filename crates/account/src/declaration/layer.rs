//! One declaration over another: what the upper one leaves open, the lower one fills.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{
    BlockDevicesDeclaration, Declaration, DnsDeclaration, EventsDeclaration, MetadataOptionsDeclaration,
    PlacementDeclaration,
};

/// A value, or the statement that there is none: `false` in a file. It lets an instance do without what the defaults
/// declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrNone<T> {
    Given(T),
    None,
}

impl<T> OrNone<T> {
    /// The value, if there is one.
    pub fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::None => None,
        }
    }
}

impl Declaration {
    /// This declaration, completed by `lower` where it says nothing. Tables are completed key by key, lists are taken
    /// whole.
    pub fn over(&self, lower: &Self) -> Self {
        let mut merged = layered!(Self, self, lower;
            count instance_id image_id instance_type architecture account_id region availability_zone
            availability_zone_id launch_time reservation_id ami_launch_index ami_manifest_path ancestor_ami_ids
            kernel_id ramdisk_id product_codes devpay_product_codes billing_products profile system
            instance_life_cycle instance_action services_domain services_partition key_pair iam_instance_profile
            role user_data user_data_base64 user_data_file monitoring hibernation_configured metadata_version
            network_interface_id mac_address private_ip public_ip associate_public_ip_address ipv6 security_groups
            subnet_id subnet_cidr_block subnet_ipv6_cidr_blocks vpc_id vpc_cidr_blocks vpc_ipv6_cidr_blocks
            network_interfaces managed_ssh_keys elastic_gpus elastic_inference endpoints sources;
            placement dns block_devices metadata_options events tags);
        if self.has_user_data() {
            // Three spellings of one attribute: the upper one replaces all of the lower's.
            merged.user_data.clone_from(&self.user_data);
            merged.user_data_base64.clone_from(&self.user_data_base64);
            merged.user_data_file.clone_from(&self.user_data_file);
        }
        merged
    }
}

/// A table whose keys are completed one by one.
pub(super) trait Layered {
    fn over(&self, lower: &Self) -> Self;
}

/// The upper table completed by the lower one, or whichever is there.
pub(super) fn completed<T: Layered + Clone>(upper: Option<&T>, lower: Option<&T>) -> Option<T> {
    match (upper, lower) {
        (Some(upper), Some(lower)) => Some(upper.over(lower)),
        (one, other) => one.or(other).cloned(),
    }
}

/// A struct of options: leaves first, then tables. Being a whole struct expression, it fails to build when a field is
/// forgotten.
macro_rules! layered {
    ($name:ident, $upper:ident, $lower:ident; $($leaf:ident)*; $($table:ident)*) => {
        $name {
            $($leaf: $upper.$leaf.clone().or_else(|| $lower.$leaf.clone()),)*
            $($table: $crate::declaration::layer::completed($upper.$table.as_ref(), $lower.$table.as_ref()),)*
        }
    };
}
pub(super) use layered;

impl Layered for std::collections::BTreeMap<String, String> {
    fn over(&self, lower: &Self) -> Self {
        let mut all = lower.clone();
        all.extend(self.iter().map(|(key, value)| (key.clone(), value.clone())));
        all
    }
}

impl Layered for PlacementDeclaration {
    fn over(&self, lower: &Self) -> Self {
        layered!(Self, self, lower; group_name host_id partition_number;)
    }
}

impl Layered for DnsDeclaration {
    fn over(&self, lower: &Self) -> Self {
        layered!(Self, self, lower; private_dns_name public_dns_name hostname_type enable_dns_hostnames;)
    }
}

impl Layered for BlockDevicesDeclaration {
    fn over(&self, lower: &Self) -> Self {
        layered!(Self, self, lower; root ami ebs ephemeral swap;)
    }
}

impl Layered for MetadataOptionsDeclaration {
    fn over(&self, lower: &Self) -> Self {
        layered!(Self, self, lower;
            http_endpoint http_tokens http_put_response_hop_limit http_protocol_ipv6 instance_metadata_tags;)
    }
}

impl Layered for EventsDeclaration {
    fn over(&self, lower: &Self) -> Self {
        layered!(Self, self, lower; maintenance rebalance spot_interruption autoscaling_target_lifecycle_state;)
    }
}

impl<T: Serialize> Serialize for OrNone<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Given(value) => value.serialize(to),
            Self::None => to.serialize_bool(false),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrNone<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OrNoneVisitor(PhantomData))
    }
}

struct OrNoneVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OrNoneVisitor<T> {
    type Value = OrNone<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, a table, or false for none")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        if flag {
            Err(E::custom("true says nothing here; write a name, a table, or false for none"))
        } else {
            Ok(OrNone::None)
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(StrDeserializer::new(text)).map(OrNone::Given)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(OrNone::Given)
    }
}

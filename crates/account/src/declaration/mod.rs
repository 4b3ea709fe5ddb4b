//! An instance as a user declares it: every attribute optional, in the words of the AWS CLI.
//!
//! Rule: what one field can get wrong by itself is refused while it is read ([`text`], [`block`] and their like), so that a
//! reader of files can name the place; what needs several fields is checked when the declaration meets an instance.
//! Attributes that an instance must have follow from the seed; what EC2 does not give every instance (key pair, role,
//! tags, user data, public address) is absent unless declared.

mod binding;
mod block;
mod change;
mod check;
mod devices;
mod error;
mod events;
pub(crate) mod ground;
mod interface;
mod layer;
mod options;
mod profile;
mod resolve;
mod tables;
mod text;
mod user_data;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use types::instance::is_reserved_tag_key;
use types::{AccountId, InstanceId, Region};

pub use binding::{EndpointRange, RangeError, SourceRange};
pub use block::{BlockError, Ipv4Block, Ipv6Block};
pub use devices::BlockDevicesDeclaration;
pub use error::DeclarationError;
pub use events::{EventsDeclaration, MaintenanceDeclaration, Moment, SpotDeclaration};
pub use interface::{AssociationDeclaration, GroupDeclaration, InterfaceDeclaration};
pub use layer::OrNone;
pub use options::MetadataOptionsDeclaration;
pub use profile::{ProfileDeclaration, RoleDeclaration};
pub use tables::{
    DnsDeclaration, JsonText, KeyPairDeclaration, ManagedSshKeysDeclaration, PlacementDeclaration, PublicKey,
};
pub use text::{
    AssociationId, AvailabilityZone, DeviceName, EventId, Fingerprint, GroupId, GroupName, HostId, HostName,
    ImageId, InstanceType, InterfaceId, KernelId, KeyName, Line, MacAddress, MetadataVersion,
    PlacementGroupName, RamdiskId, ReservationId, SubnetId, TextError, UserName, VpcId, ZoneId,
};
pub use user_data::{Base64Data, UserDataText};

use options::{Architecture, Count, InstanceAction, LifeCycle, System, VirtualizationProfile};

/// What a user says of an instance. `None` everywhere is a valid declaration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Declaration {
    /// So many like instances, launched together: their ids and addresses differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<InstanceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<ImageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<InstanceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<Architecture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<AvailabilityZone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone_id: Option<ZoneId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacementDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_time: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_id: Option<ReservationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_launch_index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami_manifest_path: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ancestor_ami_ids: Option<Vec<ImageId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel_id: Option<KernelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramdisk_id: Option<RamdiskId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_codes: Option<Vec<Line>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devpay_product_codes: Option<Vec<Line>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_products: Option<Vec<Line>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<VirtualizationProfile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<System>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_life_cycle: Option<LifeCycle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_action: Option<InstanceAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services_domain: Option<HostName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services_partition: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_devices: Option<BlockDevicesDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_pair: Option<OrNone<KeyPairDeclaration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam_instance_profile: Option<OrNone<ProfileDeclaration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<OrNone<RoleDeclaration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data: Option<UserDataText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data_base64: Option<Base64Data>,
    /// A path; whoever reads the declaration reads the file too ([`Declaration::set_user_data`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_data_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hibernation_configured: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_options: Option<MetadataOptionsDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_version: Option<MetadataVersion>,

    // The primary interface, for instances with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interface_id: Option<InterfaceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<MacAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<Ipv4Addr>,
    /// Whether there is a public address; made from the seed where `public_ip` names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associate_public_ip_address: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Ipv6Addr>,
    // The network, for all interfaces that do not say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_groups: Option<Vec<GroupDeclaration>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_cidr_block: Option<Ipv4Block>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_ipv6_cidr_blocks: Option<Vec<Ipv6Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<VpcId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_cidr_blocks: Option<Vec<Ipv4Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_ipv6_cidr_blocks: Option<Vec<Ipv6Block>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_interfaces: Option<Vec<InterfaceDeclaration>>,

    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<EventsDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_ssh_keys: Option<ManagedSshKeysDeclaration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elastic_gpus: Option<BTreeMap<AssociationId, JsonText>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elastic_inference: Option<BTreeMap<AssociationId, JsonText>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<EndpointRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<SourceRange>>,
}

impl Declaration {
    /// What `up` serves where nothing is declared: an instance with public address, key pair, role and name.
    pub fn believable() -> Self {
        let name = |text: &str| text.parse().expect("a name of letters");
        Self {
            key_pair: Some(OrNone::Given(KeyPairDeclaration { name: name("linklocal"), public_key: None })),
            role: Some(OrNone::Given(RoleDeclaration::named("linklocal"))),
            associate_public_ip_address: Some(true),
            tags: Some(BTreeMap::from([("Name".to_owned(), "linklocal".to_owned())])),
            ..Self::default()
        }
    }

    /// How many instances are declared; 1 where `count` is not.
    pub fn count(&self) -> u32 {
        self.count.map_or(1, Count::get)
    }

    /// A tag that only AWS may set. A file describes an instance as it is, such tags included; a caller may not ask for
    /// one.
    pub fn reserved_tag(&self) -> Option<&str> {
        let mut keys = self.tags.iter().flat_map(BTreeMap::keys);
        keys.find(|key| is_reserved_tag_key(key)).map(String::as_str)
    }

    /// Declared keys that no two instances may share, in the order of the file.
    pub fn unique_keys(&self) -> Vec<&'static str> {
        let mut keys = Vec::new();
        let mut note = |declared: bool, key| {
            if declared {
                keys.push(key)
            }
        };
        note(self.instance_id.is_some(), "instance-id");
        note(self.network_interface_id.is_some(), "network-interface-id");
        note(self.mac_address.is_some(), "mac-address");
        note(self.private_ip.is_some(), "private-ip");
        note(self.public_ip.is_some(), "public-ip");
        note(self.ipv6.is_some(), "ipv6");
        let addressed = self.network_interfaces.iter().flatten().any(InterfaceDeclaration::is_unique);
        note(addressed, "network-interfaces");
        keys
    }
}

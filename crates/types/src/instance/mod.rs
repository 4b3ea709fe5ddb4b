//! An instance as EC2 describes it: the data from which its metadata is rendered.
//!
//! Field names are EC2's (`DescribeInstances`), so that the JSON form reads like AWS's. A field left `None` or empty
//! follows EC2's rule for it: derived where EC2 derives, absent (404, not listed) where EC2 has nothing.

mod event;
mod hostname;
mod id;
mod interface;
mod life;
mod metadata_options;
mod profile;
mod tag;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

pub use event::{
    AutoScalingState, AutoScalingStateError, Events, MaintenanceCode, MaintenanceEvent, MaintenanceState,
    SpotAction, SpotInterruption,
};
pub use hostname::private_zone;
pub use id::{InstanceId, InstanceIdError};
pub use interface::{Ipv4Association, NetworkInterface, SecurityGroup};
pub use life::{CpuCredits, InstanceState, Life, Settled, ShutdownBehavior, StateReason, Transition, Volume};
pub use metadata_options::{Endpoint, HopLimit, HopLimitError, MetadataOptions, Switch, Tokens};
pub use profile::{InstanceProfile, ProfileRole};
pub use tag::{MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS, is_reserved_tag_key, is_servable_tag_key};

use crate::{AccountId, Region, Timestamp};

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    pub instance_id: InstanceId,
    pub account_id: AccountId,
    pub image_id: String,
    pub instance_type: String,
    /// `x86_64`, `arm64` or `i386`.
    pub architecture: String,
    /// `pendingTime` of the identity document.
    pub launch_time: Timestamp,
    pub reservation_id: String,
    pub placement: Placement,
    #[serde(default)]
    pub launch: LaunchDetails,
    #[serde(default)]
    pub dns: Dns,
    /// Device 0 is the primary one. May not be empty.
    pub network_interfaces: Vec<NetworkInterface>,
    #[serde(default)]
    pub block_devices: BlockDevices,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_pair: Option<KeyPair>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_instance_profile: Option<InstanceProfile>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Decoded bytes, at most [`Instance::MAX_USER_DATA`]; Base64 in JSON, as in the API.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "base64_bytes")]
    pub user_data: Option<Vec<u8>>,
    /// Detailed monitoring.
    #[serde(default)]
    pub monitoring: bool,
    /// `hibernation/configured`; `None` leaves the category out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hibernation_configured: Option<bool>,
    pub metadata_options: MetadataOptions,
    #[serde(default, skip_serializing_if = "Events::is_empty")]
    pub events: Events,
    #[serde(default, skip_serializing_if = "ManagedSshKeys::is_empty")]
    pub managed_ssh_keys: ManagedSshKeys,
    /// Elastic graphics associations: id to the JSON document that is served.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elastic_gpus: BTreeMap<String, String>,
    /// Elastic Inference associations: id to the JSON document that is served.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elastic_inference: BTreeMap<String, String>,
    /// By which addresses requests reach this instance.
    #[serde(default, skip_serializing_if = "Binding::is_empty")]
    pub binding: Binding,
    /// The newest metadata build that this instance answers for, such as `2021-03-23`; `None` is today's. A Nitro
    /// instance keeps the categories that it was launched with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_version: Option<String>,
    /// What EC2 knows of it beside its metadata.
    #[serde(default, skip_serializing_if = "Life::is_default")]
    pub life: Life,
}

impl Instance {
    /// 16 KiB before Base64 (EC2 user guide, "Run commands when you launch an EC2 instance with user data input").
    pub const MAX_USER_DATA: usize = 16 * 1024;

    /// The interface with device number 0, else the first.
    pub fn primary_interface(&self) -> Option<&NetworkInterface> {
        self.network_interfaces
            .iter()
            .find(|i| i.device_number == 0)
            .or_else(|| self.network_interfaces.first())
    }
}

/// How a request finds its instance: by where it arrives, else by where it comes from. An instance with neither can
/// only be reached as the single default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Binding {
    /// Destination address and port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<SocketAddr>,
    /// Source addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<IpAddr>,
}

impl Binding {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where the instance stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Placement {
    pub region: Region,
    pub availability_zone: String,
    pub availability_zone_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_number: Option<u16>,
}

/// What was fixed at launch and seldom differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchDetails {
    pub ami_launch_index: u32,
    /// `(unknown)` for images backed by EBS.
    pub ami_manifest_path: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ancestor_ami_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramdisk_id: Option<String>,
    /// `product-codes`, and `marketplaceProductCodes` of the identity document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub product_codes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devpay_product_codes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub billing_products: Vec<String>,
    /// `default-hvm` or `default-paravirtual`.
    pub profile: String,
    /// `nitro`, `xen-on-nitro` or `xen`.
    pub system: String,
    /// `on-demand`, `spot`, `scheduled` or `capacity-block`.
    pub instance_life_cycle: String,
    /// `none`, `shutdown` or `bundle-pending`.
    pub instance_action: String,
    /// `services/domain`; `None` is the partition's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services_domain: Option<String>,
    /// `services/partition`; `None` is the region's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services_partition: Option<String>,
}

impl Default for LaunchDetails {
    fn default() -> Self {
        Self {
            ami_launch_index: 0,
            ami_manifest_path: "(unknown)".to_owned(),
            ancestor_ami_ids: Vec::new(),
            kernel_id: None,
            ramdisk_id: None,
            product_codes: Vec::new(),
            devpay_product_codes: Vec::new(),
            billing_products: Vec::new(),
            profile: "default-hvm".to_owned(),
            system: "nitro".to_owned(),
            instance_life_cycle: "on-demand".to_owned(),
            instance_action: "none".to_owned(),
            services_domain: None,
            services_partition: None,
        }
    }
}

/// How host names come about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Dns {
    /// Replaces `hostname` and `local-hostname`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name: Option<String>,
    /// Replaces the derived `public-hostname`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_dns_name: Option<String>,
    pub hostname_type: HostnameType,
    /// With `false` there is no public host name (the VPC's `enableDnsHostnames`).
    pub enable_dns_hostnames: DnsHostnames,
}

/// Private host names: from the address or from the instance id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostnameType {
    /// `ip-10-0-1-10.ec2.internal`
    #[default]
    IpName,
    /// `i-0123456789abcdef0.ec2.internal`
    ResourceName,
}

/// The VPC's `enableDnsHostnames`, on by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DnsHostnames(pub bool);

impl Default for DnsHostnames {
    fn default() -> Self {
        Self(true)
    }
}

/// `block-device-mapping/`: a snapshot of the launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BlockDevices {
    /// With `/dev/`, as in `block-device-mapping/root`.
    pub root: String,
    /// `ami`; `None` is the root device without `/dev/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<String>,
    /// `ebs1`, `ebs2`, …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ebs: Vec<String>,
    /// `ephemeral0`, `ephemeral1`, …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ephemeral: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap: Option<String>,
}

impl Default for BlockDevices {
    fn default() -> Self {
        Self { root: "/dev/xvda".to_owned(), ami: None, ebs: Vec::new(), ephemeral: Vec::new(), swap: None }
    }
}

/// The key pair named at launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyPair {
    pub key_name: String,
    /// Type and Base64 body in OpenSSH's form; the comment on the wire is the key name.
    pub public_key: String,
}

/// Keys pushed by EC2 Instance Connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ManagedSshKeys {
    /// User to the signed keys that are in force.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub active_keys: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer_cert: Option<String>,
    /// SHA-1 fingerprint of a certificate to its OCSP answer, Base64.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signer_ocsp: BTreeMap<String, String>,
}

impl ManagedSshKeys {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Bytes as Base64 text.
mod base64_bytes {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_str(&STANDARD.encode(bytes)),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| STANDARD.decode(text).map_err(D::Error::custom)).transpose()
    }
}

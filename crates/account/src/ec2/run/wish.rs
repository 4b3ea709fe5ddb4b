//! What a request for instances asks for, read and not yet held against what there is.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use types::instance::{CpuCredits, HostnameType, ShutdownBehavior};

use crate::MetadataOptionsChange;
use crate::directory::Tag;
use crate::ec2::profile::ProfileSpecification;

/// Members of `RunInstances`.
#[derive(Clone, Debug, Default)]
pub struct Wish<'a> {
    pub min_count: u32,
    pub max_count: u32,
    pub image_id: &'a str,
    /// `None` is EC2's default here.
    pub instance_type: Option<&'a str>,
    pub key_name: Option<&'a str>,
    pub profile: Option<ProfileSpecification<'a>>,
    pub network: NetworkWish<'a>,
    pub placement: PlacementWish<'a>,
    pub devices: Vec<DeviceWish<'a>>,
    /// Decoded.
    pub user_data: Option<Vec<u8>>,
    pub metadata_options: MetadataOptionsChange,
    pub instance_tags: Vec<Tag>,
    pub volume_tags: Vec<Tag>,
    pub interface_tags: Vec<Tag>,
    pub monitoring: bool,
    pub ebs_optimized: bool,
    pub hibernation_configured: Option<bool>,
    pub disable_api_termination: bool,
    pub disable_api_stop: bool,
    pub shutdown_behavior: ShutdownBehavior,
    pub hostname_type: Option<HostnameType>,
    pub cpu_credits: Option<CpuCredits>,
    pub client_token: Option<&'a str>,
    /// All that is asked for but its token, in whatever form: to tell one request from another.
    pub request: Vec<u8>,
}

/// Where the primary interface is to stand.
#[derive(Clone, Debug, Default)]
pub struct NetworkWish<'a> {
    pub subnet_id: Option<&'a str>,
    pub group_ids: Vec<&'a str>,
    /// Of groups of the default VPC.
    pub group_names: Vec<&'a str>,
    pub private_ip: Option<Ipv4Addr>,
    /// `None` is what the subnet does.
    pub associate_public_ip: Option<bool>,
    pub ipv6_address_count: u32,
    pub description: Option<&'a str>,
}

#[derive(Clone, Debug, Default)]
pub struct PlacementWish<'a> {
    pub availability_zone: Option<&'a str>,
    pub availability_zone_id: Option<&'a str>,
    pub group_name: Option<&'a str>,
    pub partition_number: Option<u16>,
    pub tenancy: Option<&'a str>,
}

/// One of `BlockDeviceMappings`.
#[derive(Clone, Debug, Default)]
pub struct DeviceWish<'a> {
    pub device_name: &'a str,
    /// The image's device is not wanted.
    pub is_none: bool,
    pub size_gib: Option<u32>,
    pub volume_type: Option<&'a str>,
    pub snapshot_id: Option<&'a str>,
    pub encrypted: Option<bool>,
    /// ARN, id or alias of a key.
    pub kms_key_id: Option<&'a str>,
    pub iops: Option<u32>,
    pub throughput: Option<u32>,
    pub delete_on_termination: Option<bool>,
}

/// Tags as instances keep them.
pub(super) fn tags(list: &[Tag]) -> BTreeMap<String, String> {
    super::super::tag::map(list)
}

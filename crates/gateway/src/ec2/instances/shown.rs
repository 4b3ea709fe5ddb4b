//! An instance as answers show it: `Instance` of EC2's model (EC2 API reference; forms as AWS's answers have them).
//!
//! Rule: a terminated instance stands nowhere: it has no network, no volumes and no profile any more.

use std::borrow::Cow;

use account::InstanceView;
use account::ec2::catalogue::{self, Image, Place};
use account::ec2::volume::{first_launch, volumes};
use types::instance::{InstanceState, NetworkInterface, SecurityGroup, Volume};
use types::{Instance, Timestamp};
use wire::{Structure, Value};

use super::super::metadata_options;
use super::interface::{self, attachment_status};

/// What is shown of instances depends on where and when.
#[derive(Debug)]
pub(in crate::ec2) struct Sight<'a> {
    place: Place<'a>,
    now: Timestamp,
    /// The public ones, of which most instances are: made once for all that are shown.
    images: Vec<Image>,
}

impl<'a> Sight<'a> {
    pub(in crate::ec2) fn new(place: Place<'a>, now: Timestamp) -> Self {
        Self { place, now, images: Image::all(&place, []) }
    }

    pub(in crate::ec2) fn instance(&self, view: &InstanceView) -> Structure {
        let instance = &view.instance;
        let state = instance.life.state(self.now);
        let is_there = !instance.life.is_terminated();
        let mut shown = self.identity(instance, state);
        shown = self.kind(shown, instance);
        shown = placement(shown, instance);
        shown = state_of(shown, instance, state);
        shown = shown
            .with("MetadataOptions", metadata_options::shown(view, state == InstanceState::Running))
            .with("Tags", tags(&instance.tags))
            .with("BlockDeviceMappings", if is_there { self.devices(instance) } else { Vec::new() });
        shown = if is_there { self.network(shown, instance) } else { nowhere(shown) };
        if is_there && let Some(profile) = instance.iam_instance_profile.as_ref() {
            let profile = Structure::new().with("Arn", profile.arn.as_str()).with("Id", profile.id.as_str());
            shown = shown.with("IamInstanceProfile", profile);
        }
        shown
    }

    fn identity(&self, instance: &Instance, state: InstanceState) -> Structure {
        let codes = instance.launch.product_codes.iter();
        let codes: Vec<Structure> = codes
            .map(|code| {
                Structure::new().with("ProductCodeId", code.as_str()).with("ProductCodeType", "marketplace")
            })
            .collect();
        Structure::new()
            .with("InstanceId", instance.instance_id.as_str())
            .with("ImageId", instance.image_id.as_str())
            .with("State", state_shown(state))
            .with_some("KeyName", instance.key_pair.as_ref().map(|pair| pair.key_name.as_str()))
            .with("AmiLaunchIndex", i64::from(instance.launch.ami_launch_index))
            .with("ProductCodes", codes)
            .with("InstanceType", instance.instance_type.as_str())
            .with("LaunchTime", instance.launch_time)
            .with_some("KernelId", instance.launch.kernel_id.as_deref())
            .with_some("RamdiskId", instance.launch.ramdisk_id.as_deref())
            .with("ClientToken", instance.life.client_token.as_deref().unwrap_or_default())
    }

    /// What follows from type and image.
    fn kind(&self, shown: Structure, instance: &Instance) -> Structure {
        let found = self.images.binary_search_by(|image| image.image_id.cmp(&instance.image_id));
        let image = match found {
            Ok(at) => Cow::Borrowed(&self.images[at]),
            Err(_) => Cow::Owned(Image::of_instance(&self.place, instance)),
        };
        let kind = catalogue::instance_type(&instance.instance_type);
        let cpu = kind.map(|kind| {
            Structure::new()
                .with("CoreCount", i64::from(kind.cores()))
                .with("ThreadsPerCore", i64::from(kind.threads_per_core()))
        });
        let lifecycle =
            Some(instance.launch.instance_life_cycle.as_str()).filter(|kind| *kind != "on-demand");
        let boot_mode =
            image.boot_mode.unwrap_or(if instance.architecture == "arm64" { "uefi" } else { "legacy-bios" });
        let current = if boot_mode == "uefi-preferred" { "uefi" } else { boot_mode };
        shown
            .with("Architecture", instance.architecture.as_str())
            // Of Nitro, too.
            .with("Hypervisor", "xen")
            .with("VirtualizationType", "hvm")
            .with_some("CpuOptions", cpu)
            .with_some("InstanceLifecycle", lifecycle)
            .with("EbsOptimized", instance.life.ebs_optimized)
            .with("EnaSupport", true)
            .with("RootDeviceName", instance.block_devices.root.as_str())
            .with("RootDeviceType", "ebs")
            .with_some("Platform", image.platform())
            .with("PlatformDetails", image.platform_details())
            .with("UsageOperation", image.usage_operation())
            .with("UsageOperationUpdateTime", first_launch(instance))
            .with_some("BootMode", image.boot_mode)
            .with("CurrentInstanceBootMode", current)
            .with("EnclaveOptions", Structure::new().with("Enabled", false))
            .with(
                "HibernationOptions",
                Structure::new().with("Configured", instance.hibernation_configured == Some(true)),
            )
            .with(
                "MaintenanceOptions",
                Structure::new().with("AutoRecovery", "default").with("RebootMigration", "default"),
            )
            .with("NetworkPerformanceOptions", Structure::new().with("BandwidthWeighting", "default"))
            .with(
                "CapacityReservationSpecification",
                Structure::new().with("CapacityReservationPreference", "open"),
            )
            .with("Operator", Structure::new().with("Managed", false))
            .with(
                "Monitoring",
                Structure::new().with("State", if instance.monitoring { "enabled" } else { "disabled" }),
            )
    }

    fn devices(&self, instance: &Instance) -> Vec<Value> {
        let status = attachment_status(instance, self.now);
        let device = |volume: Volume| {
            let ebs = Structure::new()
                .with("AttachTime", volume.attach_time)
                .with("DeleteOnTermination", volume.delete_on_termination)
                .with("Status", status)
                .with("VolumeId", volume.volume_id)
                .with("EbsCardIndex", 0);
            Structure::new().with("DeviceName", volume.device_name).with("Ebs", ebs).into()
        };
        volumes(instance, self.place.seed).into_iter().map(device).collect()
    }

    fn network(&self, shown: Structure, instance: &Instance) -> Structure {
        let Some(primary) = instance.primary_interface() else { return nowhere(shown) };
        let interfaces: Vec<Structure> = instance
            .network_interfaces
            .iter()
            .map(|interface| interface::shown(&self.place, instance, interface, self.now))
            .collect();
        let host_names = Structure::new()
            .with("HostnameType", interface::hostname_type(instance))
            .with("EnableResourceNameDnsARecord", false)
            .with("EnableResourceNameDnsAAAARecord", false);
        shown
            .with("PrivateDnsName", instance.private_host_name())
            .with("PublicDnsName", instance.public_host_name_of(primary).unwrap_or_default())
            .with_some("PrivateIpAddress", primary.primary_ipv4().map(|address| address.to_string()))
            .with_some("PublicIpAddress", primary.public_ipv4().map(|address| address.to_string()))
            .with_some("Ipv6Address", primary.ipv6_addresses.first().map(ToString::to_string))
            .with("SubnetId", primary.subnet_id.as_str())
            .with("VpcId", primary.vpc_id.as_str())
            .with("SecurityGroups", groups(&primary.security_groups))
            .with("NetworkInterfaces", interfaces)
            .with("PrivateDnsNameOptions", host_names)
            .with("SourceDestCheck", instance.life.source_dest_check)
    }
}

pub(in crate::ec2) fn state_shown(state: InstanceState) -> Structure {
    Structure::new().with("Code", i64::from(state.code())).with("Name", state.as_str())
}

pub(super) fn groups(groups: &[SecurityGroup]) -> Vec<Structure> {
    let shown = |group: &SecurityGroup| {
        Structure::new().with("GroupId", group.group_id.as_str()).with("GroupName", group.group_name.as_str())
    };
    groups.iter().map(shown).collect()
}

fn tags(tags: &std::collections::BTreeMap<String, String>) -> Vec<Structure> {
    tags.iter()
        .map(|(key, value)| Structure::new().with("Key", key.as_str()).with("Value", value.as_str()))
        .collect()
}

fn placement(shown: Structure, instance: &Instance) -> Structure {
    let placement = &instance.placement;
    let partition = placement.partition_number.map(i64::from);
    shown.with(
        "Placement",
        Structure::new()
            .with("AvailabilityZone", placement.availability_zone.as_str())
            .with("AvailabilityZoneId", placement.availability_zone_id.as_str())
            .with("GroupName", placement.group_name.as_deref().unwrap_or_default())
            .with("Tenancy", instance.life.tenancy.as_deref().unwrap_or("default"))
            .with_some("HostId", placement.host_id.as_deref())
            .with_some("PartitionNumber", partition),
    )
}

fn state_of(shown: Structure, instance: &Instance, state: InstanceState) -> Structure {
    let transition = instance.life.transition.as_ref();
    let reason = transition.map_or("", |transition| transition.reason.as_str());
    let shown = shown.with("StateTransitionReason", reason);
    let because = |code: &str, message: &str| Structure::new().with("Code", code).with("Message", message);
    match (state, transition.and_then(|transition| transition.state_reason.as_ref())) {
        (InstanceState::Pending, _) => shown.with("StateReason", because("pending", "pending")),
        (_, Some(reason)) => shown.with("StateReason", because(&reason.code, &reason.message)),
        _ => shown,
    }
}

fn nowhere(shown: Structure) -> Structure {
    shown
        .with("PrivateDnsName", "")
        .with("PublicDnsName", "")
        .with("SecurityGroups", Vec::<Structure>::new())
        .with("NetworkInterfaces", Vec::<Structure>::new())
}

/// The interface with device number 0, where the instance has one.
pub(super) fn is_primary(instance: &Instance, interface: &NetworkInterface) -> bool {
    instance
        .primary_interface()
        .is_some_and(|primary| primary.network_interface_id == interface.network_interface_id)
}

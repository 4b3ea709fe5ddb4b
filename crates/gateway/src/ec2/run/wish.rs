//! What a request for instances asks for, out of its members.

use std::net::Ipv4Addr;

use account::ServiceError;
use account::ec2::refusal;
use account::ec2::run::{DeviceWish, NetworkWish, PlacementWish, Wish};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use types::instance::{CpuCredits, HostnameType, ShutdownBehavior};
use wire::Structure;

use super::super::associations::specified;
use super::super::metadata_options;
use super::super::tag_specifications::{not_taggable, specifications};
use super::fingerprint;
use super::unsupported::{self, unsupported};
use crate::Ask;

/// # Errors
/// What is malformed, contradicts itself, or is not supported.
pub(super) fn read<'a>(ask: &Ask<'a>) -> Result<Wish<'a>, ServiceError> {
    let input = ask.input;
    unsupported::refuse(input)?;
    let flag = |name| input.boolean(name) == Some(true);
    let enabled = |structure, name| input.structure(structure).and_then(|inner| inner.boolean(name));
    let mut wish = Wish {
        min_count: count(input, "MinCount"),
        max_count: count(input, "MaxCount"),
        image_id: input.text("ImageId").ok_or_else(|| refusal::missing_parameter("ImageId"))?,
        instance_type: input.text("InstanceType"),
        key_name: input.text("KeyName").filter(|name| !name.is_empty()),
        profile: input.structure("IamInstanceProfile").filter(|it| !it.is_empty()).map(|_| specified(input)),
        network: network(input)?,
        placement: placement(input),
        devices: devices(input)?,
        user_data: input.text("UserData").filter(|text| !text.is_empty()).map(user_data).transpose()?,
        metadata_options: input
            .structure("MetadataOptions")
            .map(metadata_options::asked)
            .transpose()?
            .unwrap_or_default(),
        monitoring: enabled("Monitoring", "Enabled") == Some(true),
        ebs_optimized: flag("EbsOptimized"),
        hibernation_configured: enabled("HibernationOptions", "Configured"),
        disable_api_termination: flag("DisableApiTermination"),
        disable_api_stop: flag("DisableApiStop"),
        shutdown_behavior: shutdown_behavior(input)?,
        hostname_type: hostname_type(input)?,
        cpu_credits: cpu_credits(input),
        client_token: client_token(input)?,
        request: fingerprint::of(input),
        ..Wish::default()
    };
    for (kind, tags) in specifications(ask)? {
        match &*kind {
            "instance" => wish.instance_tags = tags,
            "volume" => wish.volume_tags = tags,
            "network-interface" => wish.interface_tags = tags,
            other => return Err(not_taggable(other)),
        }
    }
    Ok(wish)
}

fn count(input: &Structure, name: &str) -> u32 {
    // What is beyond any count is as good as the greatest, which no quota holds.
    let number = input.integer(name).unwrap_or_default();
    u32::try_from(number.max(0)).unwrap_or(u32::MAX).min(MAX_COUNT)
}

fn placement<'a>(input: &'a Structure) -> PlacementWish<'a> {
    let Some(placement) = input.structure("Placement") else { return PlacementWish::default() };
    let text = |name| placement.text(name).filter(|text| !text.is_empty());
    PlacementWish {
        availability_zone: text("AvailabilityZone"),
        availability_zone_id: text("AvailabilityZoneId"),
        group_name: text("GroupName"),
        partition_number: placement.integer("PartitionNumber").and_then(|number| u16::try_from(number).ok()),
        tenancy: text("Tenancy"),
    }
}

/// The primary interface: of the request itself, or the one that it describes.
fn network(input: &Structure) -> Result<NetworkWish<'_>, ServiceError> {
    let of_request = NetworkWish {
        subnet_id: input.text("SubnetId"),
        group_ids: input.texts("SecurityGroupIds").collect(),
        group_names: input.texts("SecurityGroups").collect(),
        private_ip: input.text("PrivateIpAddress").map(address).transpose()?,
        associate_public_ip: None,
        ipv6_address_count: number(input, "Ipv6AddressCount"),
        description: None,
    };
    let mut interfaces = input.structures("NetworkInterfaces");
    let Some(interface) = interfaces.next() else { return Ok(of_request) };
    if interfaces.next().is_some() {
        return Err(unsupported("NetworkInterface.2"));
    }
    if of_request.subnet_id.is_some() {
        return Err(refusal::invalid_combination(SUBNET_TWICE));
    }
    if !of_request.group_ids.is_empty() || !of_request.group_names.is_empty() {
        return Err(refusal::invalid_combination(GROUPS_TWICE));
    }
    if of_request.private_ip.is_some() {
        return Err(refusal::invalid_combination(ADDRESS_TWICE));
    }
    described(interface)
}

fn described(interface: &Structure) -> Result<NetworkWish<'_>, ServiceError> {
    if interface.integer("DeviceIndex").unwrap_or(0) != 0 {
        let text = "Each network interface requires a device index of 0 for the primary network interface.";
        return Err(refusal::invalid_value(text));
    }
    if let Some(id) = interface.text("NetworkInterfaceId") {
        let text = format!("The networkInterface ID '{}' does not exist", &id[..id.floor_char_boundary(100)]);
        return Err(ServiceError::new("InvalidNetworkInterfaceID.NotFound", 400, text));
    }
    let given =
        |name: &&str| interface.member(name).is_some_and(|value| *value != wire::Value::List(Vec::new()));
    if let Some(name) = OF_INTERFACES.iter().find(|name| given(name)) {
        return Err(unsupported(&format!("NetworkInterface.1.{name}")));
    }
    if interface.boolean("DeleteOnTermination") == Some(false) {
        return Err(unsupported("NetworkInterface.1.DeleteOnTermination"));
    }
    let listed = interface.structures("PrivateIpAddresses").collect::<Vec<_>>();
    if listed.len() > 1 {
        return Err(unsupported("NetworkInterface.1.PrivateIpAddresses.2"));
    }
    let listed = listed.first().and_then(|address| address.text("PrivateIpAddress"));
    Ok(NetworkWish {
        subnet_id: interface.text("SubnetId"),
        group_ids: interface.texts("Groups").collect(),
        group_names: Vec::new(),
        private_ip: interface.text("PrivateIpAddress").or(listed).map(address).transpose()?,
        associate_public_ip: interface.boolean("AssociatePublicIpAddress"),
        ipv6_address_count: number(interface, "Ipv6AddressCount"),
        description: interface
            .text("Description")
            .filter(|text| !text.is_empty())
            .map(described_as)
            .transpose()?,
    })
}

fn devices(input: &Structure) -> Result<Vec<DeviceWish<'_>>, ServiceError> {
    input.structures("BlockDeviceMappings").map(device).collect()
}

fn device(mapping: &Structure) -> Result<DeviceWish<'_>, ServiceError> {
    if mapping.text("VirtualName").is_some() {
        return Err(unsupported("BlockDeviceMapping.VirtualName"));
    }
    let device_name = mapping.text("DeviceName").unwrap_or_default();
    let is_none = mapping.text("NoDevice").is_some();
    let Some(ebs) = mapping.structure("Ebs") else {
        let bare = DeviceWish { device_name, is_none, ..DeviceWish::default() };
        return if is_none { Ok(bare) } else { Err(refusal::missing_parameter("ebs")) };
    };
    if ebs.text("KmsKeyId").is_some() && ebs.boolean("Encrypted") != Some(true) {
        return Err(refusal::invalid_combination(
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ));
    }
    if let Some(name) =
        ["OutpostArn", "VolumeInitializationRate"].into_iter().find(|name| ebs.member(name).is_some())
    {
        return Err(unsupported(&format!("BlockDeviceMapping.Ebs.{name}")));
    }
    let number = |name| ebs.integer(name).map(|number| u32::try_from(number.max(0)).unwrap_or(u32::MAX));
    Ok(DeviceWish {
        device_name,
        is_none,
        size_gib: number("VolumeSize"),
        volume_type: ebs.text("VolumeType"),
        snapshot_id: ebs.text("SnapshotId"),
        encrypted: ebs.boolean("Encrypted"),
        kms_key_id: ebs.text("KmsKeyId").map(key).transpose()?,
        iops: number("Iops"),
        throughput: number("Throughput"),
        delete_on_termination: ebs.boolean("DeleteOnTermination"),
    })
}

/// ARN, id or alias; whether there is such a key nobody here knows.
fn key(text: &str) -> Result<&str, ServiceError> {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte);
    if !text.is_empty() && text.len() <= MAX_KEY && text.bytes().all(is_one) {
        return Ok(text);
    }
    Err(invalid(text, "KmsKeyId"))
}

/// Whoever asks for something else is refused before.
fn cpu_credits(input: &Structure) -> Option<CpuCredits> {
    match input.structure("CreditSpecification")?.text("CpuCredits")? {
        "standard" => Some(CpuCredits::Standard),
        _ => Some(CpuCredits::Unlimited),
    }
}

fn described_as(text: &str) -> Result<&str, ServiceError> {
    if text.chars().count() <= MAX_DESCRIPTION {
        return Ok(text);
    }
    Err(invalid(text, "Description"))
}

fn user_data(text: &str) -> Result<Vec<u8>, ServiceError> {
    // Clients break lines as MIME does.
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).map_err(|_| refusal::invalid_value("Invalid BASE64 encoding of user data"))
}

fn client_token(input: &Structure) -> Result<Option<&str>, ServiceError> {
    let Some(token) = input.text("ClientToken").filter(|token| !token.is_empty()) else { return Ok(None) };
    if token.len() > MAX_TOKEN || !token.is_ascii() {
        let text = format!("ClientToken must be at most {MAX_TOKEN} ASCII characters");
        return Err(refusal::invalid_value(text));
    }
    Ok(Some(token))
}

fn shutdown_behavior(input: &Structure) -> Result<ShutdownBehavior, ServiceError> {
    match input.text("InstanceInitiatedShutdownBehavior") {
        None | Some("stop") => Ok(ShutdownBehavior::Stop),
        Some("terminate") => Ok(ShutdownBehavior::Terminate),
        Some(other) => Err(invalid(other, "InstanceInitiatedShutdownBehavior")),
    }
}

fn hostname_type(input: &Structure) -> Result<Option<HostnameType>, ServiceError> {
    match input.structure("PrivateDnsNameOptions").and_then(|options| options.text("HostnameType")) {
        None => Ok(None),
        Some("ip-name") => Ok(Some(HostnameType::IpName)),
        Some("resource-name") => Ok(Some(HostnameType::ResourceName)),
        Some(other) => Err(invalid(other, "HostnameType")),
    }
}

fn address(text: &str) -> Result<Ipv4Addr, ServiceError> {
    text.parse().map_err(|_| {
        let shown = &text[..text.floor_char_boundary(100)];
        refusal::invalid_value(format!(
            "Value ({shown}) for parameter privateIpAddress is invalid. Invalid IPv4 address"
        ))
    })
}

fn invalid(value: &str, name: &str) -> ServiceError {
    let shown = &value[..value.floor_char_boundary(100)];
    refusal::invalid_value(format!("Invalid value '{shown}' for {name}."))
}

fn number(structure: &Structure, name: &str) -> u32 {
    let number = structure.integer(name).unwrap_or_default();
    u32::try_from(number.max(0)).unwrap_or(u32::MAX).min(MAX_ADDRESSES)
}

/// What of an interface's description is not supported.
const OF_INTERFACES: [&str; 12] = [
    "AssociateCarrierIpAddress",
    "ConnectionTrackingSpecification",
    "EnaQueueCount",
    "EnaSrdSpecification",
    "InterfaceType",
    "Ipv4PrefixCount",
    "Ipv4Prefixes",
    "Ipv6Addresses",
    "Ipv6PrefixCount",
    "Ipv6Prefixes",
    "PrimaryIpv6",
    "SecondaryPrivateIpAddressCount",
];

/// Characters.
const MAX_TOKEN: usize = 64;
const MAX_COUNT: u32 = 100_000;
/// Bytes of whatever names a key.
const MAX_KEY: usize = 2048;
/// Characters of an interface's description.
const MAX_DESCRIPTION: usize = 255;
/// Of one interface; no type takes more.
const MAX_ADDRESSES: u32 = 50;
const SUBNET_TWICE: &str =
    "Network interfaces and an instance-level subnet ID may not be specified on the same request";
const GROUPS_TWICE: &str =
    "Network interfaces and an instance-level security groups may not be specified on the same request";
const ADDRESS_TWICE: &str =
    "Network interfaces and an instance-level private IP address may not be specified on the same request";

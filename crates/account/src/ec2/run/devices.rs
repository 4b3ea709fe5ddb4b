//! Volumes of a launch: the image's, as the request changes them (EC2 user guide, "Block device mappings").

use types::Timestamp;
use types::instance::{BlockDevices, Volume};

use super::super::catalogue::{Image, InstanceType, Place};
use super::super::refusal;
use super::super::volume::key_arn_of;
use super::network::shown;
use super::wish::{DeviceWish, tags};
use crate::ServiceError;
use crate::directory::Tag;
use crate::identifier::Identifiers;

/// A volume before it has an id.
#[derive(Clone, Debug)]
pub(super) struct VolumePlan {
    device_name: String,
    size_gib: u32,
    volume_type: String,
    encrypted: bool,
    kms_key_id: Option<String>,
    iops: Option<u32>,
    throughput: Option<u32>,
    snapshot_id: Option<String>,
    delete_on_termination: bool,
}

/// What volumes are made of, and for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stock<'a> {
    pub(super) place: &'a Place<'a>,
    /// Those of the region: their snapshots are all that there are.
    pub(super) images: &'a [Image],
    pub(super) kind: &'a InstanceType,
}

/// What an instance of the image gets; the root device comes first.
pub(super) fn planned(
    image: &Image,
    wishes: &[DeviceWish<'_>],
    stock: Stock<'_>,
) -> Result<Vec<VolumePlan>, ServiceError> {
    let mut plans: Vec<VolumePlan> = image
        .block_devices
        .iter()
        .map(|device| VolumePlan {
            device_name: device.device_name.clone(),
            size_gib: u32::try_from(device.volume_size).unwrap_or(8),
            volume_type: device.volume_type.to_owned(),
            encrypted: false,
            kms_key_id: None,
            iops: None,
            throughput: None,
            snapshot_id: Some(device.snapshot_id.clone()),
            delete_on_termination: true,
        })
        .collect();
    for wish in wishes {
        let at = plans.iter().position(|plan| plan.device_name == wish.device_name);
        match (at, wish.is_none) {
            (Some(_), true) if wish.device_name == image.root_device_name => {
                return Err(mapping(format!("The root device {} may not be suppressed", wish.device_name)));
            }
            (Some(at), true) => drop(plans.remove(at)),
            (None, true) => {}
            (Some(at), false) => change(&mut plans[at], wish, stock.place)?,
            (None, false) => plans.push(fresh(wish, stock)?),
        }
    }
    if plans.len() > most_volumes(stock.kind) {
        let text = "volume attachment limit exceeded for instance";
        return Err(ServiceError::new("AttachmentLimitExceeded", 400, text));
    }
    plans.sort_by_key(|plan| plan.device_name != image.root_device_name);
    Ok(plans)
}

fn change(plan: &mut VolumePlan, wish: &DeviceWish<'_>, place: &Place<'_>) -> Result<(), ServiceError> {
    if let Some(size) = wish.size_gib {
        if size < plan.size_gib {
            return Err(smaller(size, plan.snapshot_id.as_deref().unwrap_or_default(), plan.size_gib));
        }
        plan.size_gib = size;
    }
    if let Some(kind) = wish.volume_type {
        plan.volume_type = kind.to_owned();
    }
    plan.encrypted = wish.encrypted.unwrap_or(plan.encrypted);
    plan.kms_key_id = wish.kms_key_id.map(|key| key_arn_of(key, place));
    plan.iops = wish.iops.or(plan.iops);
    plan.throughput = wish.throughput.or(plan.throughput);
    plan.delete_on_termination = wish.delete_on_termination.unwrap_or(plan.delete_on_termination);
    checked(plan)
}

fn fresh(wish: &DeviceWish<'_>, Stock { place, images, .. }: Stock<'_>) -> Result<VolumePlan, ServiceError> {
    let name = shown(wish.device_name);
    match name {
        "" => return Err(mapping("Missing device name".to_owned())),
        _ if !is_device_name(name) => return Err(mapping(format!("Invalid device name {name}"))),
        _ => {}
    }
    let least = wish.snapshot_id.map(|id| size_of(id, images)).transpose()?;
    let size_gib = match (wish.size_gib, least) {
        (None, None) => {
            return Err(mapping(format!("Either snapshot ID or volume size must be provided for: {name}")));
        }
        (Some(size), Some(least)) if size < least => {
            return Err(smaller(size, wish.snapshot_id.unwrap_or_default(), least));
        }
        (size, least) => size.or(least).unwrap_or_default(),
    };
    let plan = VolumePlan {
        device_name: wish.device_name.to_owned(),
        size_gib,
        volume_type: wish.volume_type.unwrap_or("gp2").to_owned(),
        encrypted: wish.encrypted.unwrap_or(false),
        kms_key_id: wish.kms_key_id.map(|key| key_arn_of(key, place)),
        iops: wish.iops,
        throughput: wish.throughput,
        snapshot_id: wish.snapshot_id.map(str::to_owned),
        delete_on_termination: wish.delete_on_termination.unwrap_or(true),
    };
    checked(&plan)?;
    Ok(plan)
}

/// Of a disk that is not the image's: `/dev/sdf`, `/dev/xvdf`, `/dev/xvdbf` or `xvdf`, and no partition (EC2 user guide, "Device names
/// for volumes").
fn is_device_name(name: &str) -> bool {
    let of_xen = name.strip_prefix("/dev/xvd").or_else(|| name.strip_prefix("xvd"));
    match (name.strip_prefix("/dev/sd"), of_xen) {
        (Some(disk), _) => matches!(disk.as_bytes(), [b'a'..=b'z']),
        (_, Some(disk)) => matches!(disk.as_bytes(), [b'a'..=b'z'] | [b'a'..=b'e', b'a'..=b'z']),
        _ => false,
    }
}

/// AWS's number leaves the primary network interface its place.
fn most_volumes(kind: &InstanceType) -> usize {
    usize::try_from(kind.volume_limit().0).unwrap_or(0).max(1)
}

/// What a snapshot was taken of.
fn size_of(snapshot_id: &str, images: &[Image]) -> Result<u32, ServiceError> {
    let mut devices = images.iter().flat_map(|image| &image.block_devices);
    match devices.find(|device| device.snapshot_id == snapshot_id) {
        Some(device) => Ok(u32::try_from(device.volume_size).unwrap_or(8)),
        None => {
            let text = format!("The snapshot '{}' does not exist.", shown(snapshot_id));
            Err(ServiceError::new("InvalidSnapshot.NotFound", 400, text))
        }
    }
}

fn smaller(size: u32, snapshot_id: &str, least: u32) -> ServiceError {
    mapping(format!(
        "Volume of size {size}GB is smaller than snapshot '{snapshot_id}', expect size >= {least}GB"
    ))
}

fn checked(plan: &VolumePlan) -> Result<(), ServiceError> {
    let largest = match &*plan.volume_type {
        "standard" => 1024,
        "gp3" | "io2" => 65_536,
        _ => 16_384,
    };
    let least = if matches!(&*plan.volume_type, "st1" | "sc1") { 125 } else { 1 };
    if !(least..=largest).contains(&plan.size_gib) {
        return Err(mapping(format!(
            "Volume of {}GiB is {} the {} limit of {}GiB",
            plan.size_gib,
            if plan.size_gib < least { "less than" } else { "greater than" },
            if plan.size_gib < least { "minimum" } else { "maximum" },
            if plan.size_gib < least { least } else { largest },
        )));
    }
    let takes_iops = matches!(&*plan.volume_type, "io1" | "io2" | "gp3");
    if plan.iops.is_some() && !takes_iops {
        let text = format!("The parameter iops is not supported for {} volumes.", plan.volume_type);
        return Err(refusal::invalid_combination(text));
    }
    if plan.iops.is_none() && matches!(&*plan.volume_type, "io1" | "io2") {
        return Err(refusal::missing_parameter("iops"));
    }
    if plan.throughput.is_some() && plan.volume_type != "gp3" {
        return Err(refusal::invalid_combination("throughput can only be specified for volumeType gp3."));
    }
    Ok(())
}

/// The volumes of one instance.
pub(super) fn made(plans: &[VolumePlan], ids: &Identifiers, tagged: &[Tag], now: Timestamp) -> Vec<Volume> {
    let volume = |(ordinal, plan): (u32, &VolumePlan)| Volume {
        volume_id: ids.nth_resource("vol", ordinal),
        device_name: plan.device_name.clone(),
        size_gib: plan.size_gib,
        volume_type: plan.volume_type.clone(),
        encrypted: plan.encrypted,
        kms_key_id: plan.kms_key_id.clone(),
        iops: plan.iops,
        throughput: plan.throughput,
        snapshot_id: plan.snapshot_id.clone(),
        delete_on_termination: plan.delete_on_termination,
        attach_time: now.trunc_secs(),
        tags: tags(tagged),
    };
    (0..).zip(plans).map(volume).collect()
}

/// How the metadata shows them.
pub(super) fn mapping_of(image: &Image, plans: &[VolumePlan]) -> BlockDevices {
    let others = plans.iter().filter(|plan| plan.device_name != image.root_device_name);
    BlockDevices {
        root: image.root_device_name.clone(),
        ebs: others.map(|plan| plan.device_name.trim_start_matches("/dev/").to_owned()).collect(),
        ..BlockDevices::default()
    }
}

fn mapping(message: String) -> ServiceError {
    ServiceError::new("InvalidBlockDeviceMapping", 400, message)
}

//! Volumes of a launch: the image's, as the request changes them (EC2 user guide, "Block device mappings").

use types::Timestamp;
use types::instance::{BlockDevices, Volume};

use super::super::catalogue::Image;
use super::super::refusal;
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
    iops: Option<u32>,
    throughput: Option<u32>,
    snapshot_id: Option<String>,
    delete_on_termination: bool,
}

/// What an instance of the image gets; the root device comes first.
pub(super) fn planned(image: &Image, wishes: &[DeviceWish<'_>]) -> Result<Vec<VolumePlan>, ServiceError> {
    let mut plans: Vec<VolumePlan> = image
        .block_devices
        .iter()
        .map(|device| VolumePlan {
            device_name: device.device_name.clone(),
            size_gib: u32::try_from(device.volume_size).unwrap_or(8),
            volume_type: device.volume_type.to_owned(),
            encrypted: false,
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
            (Some(at), false) => change(&mut plans[at], wish)?,
            (None, false) => plans.push(fresh(wish)?),
        }
    }
    plans.sort_by_key(|plan| plan.device_name != image.root_device_name);
    Ok(plans)
}

fn change(plan: &mut VolumePlan, wish: &DeviceWish<'_>) -> Result<(), ServiceError> {
    if let Some(size) = wish.size_gib {
        if size < plan.size_gib {
            return Err(mapping(format!(
                "Volume of size {size}GB is smaller than snapshot '{}', expect size >= {}GB",
                plan.snapshot_id.as_deref().unwrap_or_default(),
                plan.size_gib
            )));
        }
        plan.size_gib = size;
    }
    if let Some(kind) = wish.volume_type {
        plan.volume_type = kind.to_owned();
    }
    plan.encrypted = wish.encrypted.unwrap_or(plan.encrypted);
    plan.iops = wish.iops.or(plan.iops);
    plan.throughput = wish.throughput.or(plan.throughput);
    plan.delete_on_termination = wish.delete_on_termination.unwrap_or(plan.delete_on_termination);
    checked(plan)
}

fn fresh(wish: &DeviceWish<'_>) -> Result<VolumePlan, ServiceError> {
    if wish.device_name.is_empty() {
        return Err(refusal::missing_parameter("deviceName"));
    }
    let Some(size_gib) = wish.size_gib.or_else(|| wish.snapshot_id.map(|_| 8)) else {
        return Err(refusal::missing_parameter("size or snapshotId"));
    };
    let plan = VolumePlan {
        device_name: wish.device_name.to_owned(),
        size_gib,
        volume_type: wish.volume_type.unwrap_or("gp2").to_owned(),
        encrypted: wish.encrypted.unwrap_or(false),
        iops: wish.iops,
        throughput: wish.throughput,
        snapshot_id: wish.snapshot_id.map(str::to_owned),
        // What is not of the image stays unless somebody says otherwise.
        delete_on_termination: wish.delete_on_termination.unwrap_or(true),
    };
    checked(&plan)?;
    Ok(plan)
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
        let text = format!("The parameter throughput is not supported for {} volumes.", plan.volume_type);
        return Err(refusal::invalid_combination(text));
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

//! Images.

use std::collections::BTreeSet;

use account::ServiceError;
use account::ec2::catalogue::{BlockDevice, Image};
use account::ec2::page::PageLimits;
use account::ec2::resource::ResourceKind;
use types::AccountId;
use wire::{Structure, Value};

use super::filters::{check_ids, describing, filters, instances, named, page, place};
use super::network::tags;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeImages",
    checks: |ask| describing(ask, "ec2:DescribeImages"),
    run: describe,
}];

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (filters, page) = (filters::<Image>(ask)?, page(ask, "DescribeImages", LIMITS));
    let ids = named(ask, "ImageIds");
    page.refuse_with_ids("imageIds", ids.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::Image)?;
    let (owners, launchers) = (owners(ask)?, launchers(ask)?);
    let images = images(ask)?;
    all_there(ids.as_ref(), &images)?;
    let wanted = |image: &Image| {
        ids.as_ref().is_none_or(|ids| ids.contains(image.image_id.as_str()))
            && owners.as_ref().is_none_or(|owners| owners.iter().any(|owner| owner.owns(image)))
            && launchers.as_ref().is_none_or(|everybody| *everybody && image.owner.is_public())
            && filters.hold(image)
    };
    let page = page.cut(images.into_iter().filter(wanted), |image| &image.image_id)?;
    let shown: Vec<Value> = page.items.iter().map(image).collect();
    Ok(Structure::new().with("Images", shown).with_some("NextToken", page.next_token))
}

/// The images of the region, each with the tags that the account gave it.
pub(super) fn images(ask: &Ask<'_>) -> Result<Vec<Image>, ServiceError> {
    let mut images = Image::all(&place(ask), &instances(ask)?);
    for image in &mut images {
        if let Some(held) = ask.directory.resource_tags.get(&image.image_id) {
            image.tags.clone_from(&held.tags);
        }
    }
    Ok(images)
}

/// Whom an image may be of.
enum Owner {
    Account(String),
    Alias(String),
}

impl Owner {
    fn owns(&self, image: &Image) -> bool {
        match self {
            Self::Account(id) => image.owner.id() == *id,
            Self::Alias(alias) => image.owner.alias() == Some(alias),
        }
    }
}

fn owners(ask: &Ask<'_>) -> Result<Option<Vec<Owner>>, ServiceError> {
    let Some(named) = named(ask, "Owners") else { return Ok(None) };
    let owner = |text: &&str| match *text {
        "self" => Ok(Owner::Account(ask.account.account_id().to_string())),
        "amazon" | "aws-marketplace" | "aws-backup-vault" => Ok(Owner::Alias((*text).to_owned())),
        id => account_id(id).map(Owner::Account),
    };
    named.iter().map(owner).collect::<Result<_, _>>().map(Some)
}

/// Whether everybody is among those who may launch; nobody was given an image by name.
fn launchers(ask: &Ask<'_>) -> Result<Option<bool>, ServiceError> {
    let Some(named) = named(ask, "ExecutableUsers") else { return Ok(None) };
    for name in named.iter().filter(|name| !matches!(**name, "self" | "all")) {
        account_id(name)?;
    }
    Ok(Some(named.contains("all")))
}

fn account_id(text: &str) -> Result<String, ServiceError> {
    text.parse::<AccountId>().map(|id| id.to_string()).map_err(|_| {
        let shown = &text[..text.floor_char_boundary(100)];
        ServiceError::new("InvalidUserID.Malformed", 400, format!("Invalid user id: \"{shown}\""))
    })
}

fn all_there(ids: Option<&BTreeSet<&str>>, images: &[Image]) -> Result<(), ServiceError> {
    let is_there = |id: &str| images.iter().any(|image| image.image_id == id);
    let unknown: Vec<&str> = ids.into_iter().flatten().copied().filter(|id| !is_there(id)).collect();
    let text = match unknown.as_slice() {
        [] => return Ok(()),
        [one] => format!("The image id '[{one}]' does not exist"),
        several => format!("The image ids '[{}]' do not exist", several.join(", ")),
    };
    Err(ServiceError::new("InvalidAMIID.NotFound", 400, text))
}

fn image(image: &Image) -> Value {
    let devices: Vec<Value> = image.block_devices.iter().map(device).collect();
    Structure::new()
        .with("PlatformDetails", image.platform_details())
        .with("UsageOperation", image.usage_operation())
        .with("BlockDeviceMappings", devices)
        .with_some("Description", image.description.as_deref())
        .with("EnaSupport", true)
        .with("Hypervisor", "xen")
        .with_some("ImageOwnerAlias", image.owner.alias())
        .with("Name", image.name.as_str())
        .with("RootDeviceName", image.root_device_name.as_str())
        .with("RootDeviceType", "ebs")
        .with("SriovNetSupport", "simple")
        .with_some("Tags", tags(&image.tags))
        .with("VirtualizationType", "hvm")
        .with_some("BootMode", image.boot_mode)
        .with_some("DeprecationTime", image.deprecation_time.as_deref())
        .with_some("ImdsSupport", image.imds_v2.then_some("v2.0"))
        .with("FreeTierEligible", image.owner.is_public())
        .with("ImageId", image.image_id.as_str())
        .with("ImageLocation", image.location())
        .with("State", "available")
        .with("OwnerId", image.owner.id())
        .with("CreationDate", image.creation_date.as_str())
        .with("Public", image.owner.is_public())
        .with_some("Platform", image.platform())
        .with("Architecture", image.architecture.as_str())
        .with("ImageType", "machine")
        .into()
}

fn device(device: &BlockDevice) -> Value {
    let ebs = Structure::new()
        .with("DeleteOnTermination", true)
        .with_some("Iops", (device.volume_type == "gp3").then_some(3000))
        .with("SnapshotId", device.snapshot_id.as_str())
        .with("VolumeSize", device.volume_size)
        .with("VolumeType", device.volume_type)
        .with_some("Throughput", (device.volume_type == "gp3").then_some(125))
        .with("Encrypted", false);
    Structure::new().with("DeviceName", device.device_name.as_str()).with("Ebs", ebs).into()
}

/// There is no upper bound of the model's.
const LIMITS: PageLimits = PageLimits { least: 1, most: 1000, clamps: true, default: None };

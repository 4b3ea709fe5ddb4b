//! Images: `images.txt` in every region under ids of its own, and one for whatever else instances were launched from.
//!
//! Rule: an image that an instance names is there. Source of the forms: `DescribeImages` (EC2 API reference, "Image"); image names as
//! their owners publish them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use types::{AccountId, Instance, Timestamp};

use super::super::filter::{Filtered, Tags};
use super::Place;
use crate::directory::Tag;
use crate::identifier::Seed;

/// An image, as an instance is launched from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub image_id: String,
    pub name: String,
    pub description: Option<String>,
    pub owner: ImageOwner,
    pub architecture: String,
    /// As in `2026-10-13T22:40:31.000Z`.
    pub creation_date: String,
    pub deprecation_time: Option<String>,
    pub root_device_name: String,
    pub block_devices: Vec<BlockDevice>,
    /// `legacy-bios`, `uefi` or `uefi-preferred`; `None` is what the architecture says.
    pub boot_mode: Option<&'static str>,
    /// Launches require tokens and get a hop limit of 2 where nothing else is said: `ImdsSupport` is `v2.0`.
    pub imds_v2: bool,
    pub is_windows: bool,
    pub tags: Vec<Tag>,
}

/// Whose image it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageOwner {
    /// Anybody may launch it.
    Public {
        id: &'static str,
        alias: Option<&'static str>,
    },
    Account(AccountId),
}

/// A volume that instances get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockDevice {
    pub device_name: String,
    pub snapshot_id: String,
    /// GiB
    pub volume_size: i64,
    pub volume_type: &'static str,
}

impl Image {
    /// All images in a place, in the order of their ids.
    pub fn all<'a>(place: &Place<'_>, instances: impl IntoIterator<Item = &'a Instance>) -> Vec<Self> {
        let public = rows().filter_map(|row| public(place, row));
        let mut images: BTreeMap<String, Self> =
            public.map(|image| (image.image_id.clone(), image)).collect();
        for instance in instances {
            let made = || of_instance(place.seed, instance);
            images.entry(instance.image_id.clone()).or_insert_with(made);
        }
        images.into_values().collect()
    }

    /// The public image with this id.
    pub fn public(place: &Place<'_>, image_id: &str) -> Option<Self> {
        // Ids are told apart before anything else of a row is made.
        let key = |row: &'static str| row.split(" | ").next().unwrap_or_default();
        rows().find(|row| self::image_id(place, key(row)) == image_id).and_then(|row| public(place, row))
    }

    /// What an instance was launched from.
    pub fn of_instance(place: &Place<'_>, instance: &Instance) -> Self {
        Self::public(place, &instance.image_id).unwrap_or_else(|| of_instance(place.seed, instance))
    }

    /// `windows`, or nothing.
    pub fn platform(&self) -> Option<&'static str> {
        self.is_windows.then_some("windows")
    }

    pub fn platform_details(&self) -> &'static str {
        if self.is_windows { "Windows" } else { "Linux/UNIX" }
    }

    pub fn usage_operation(&self) -> &'static str {
        if self.is_windows { "RunInstances:0002" } else { "RunInstances" }
    }

    /// `owner/name`
    pub fn location(&self) -> String {
        format!("{}/{}", self.owner.alias().map_or_else(|| self.owner.id(), str::to_owned), self.name)
    }
}

impl ImageOwner {
    pub fn id(&self) -> String {
        match self {
            Self::Public { id, .. } => (*id).to_owned(),
            Self::Account(account) => account.to_string(),
        }
    }

    pub fn alias(&self) -> Option<&'static str> {
        match self {
            Self::Public { alias, .. } => *alias,
            Self::Account(_) => None,
        }
    }

    pub fn is_public(&self) -> bool {
        matches!(self, Self::Public { .. })
    }
}

impl Filtered for Image {
    const FILTERS: &'static [&'static str] = &[
        "architecture",
        "block-device-mapping.delete-on-termination",
        "block-device-mapping.device-name",
        "block-device-mapping.encrypted",
        "block-device-mapping.snapshot-id",
        "block-device-mapping.volume-size",
        "block-device-mapping.volume-type",
        "boot-mode",
        "creation-date",
        "description",
        "ena-support",
        "free-tier-eligible",
        "hypervisor",
        "image-allowed",
        "image-id",
        "image-type",
        "image-watermark.source-image-creation-time",
        "image-watermark.source-image-id",
        "image-watermark.source-image-region",
        "image-watermark.watermark-creation-time",
        "image-watermark.watermark-key",
        "instance-type-specification.supported-instance-type",
        "instance-type-specification.unsupported-instance-type",
        "is-public",
        "kernel-id",
        "manifest-location",
        "name",
        "owner-alias",
        "owner-id",
        "platform",
        "product-code",
        "product-code.type",
        "public-ssm-parameter-name",
        "ramdisk-id",
        "root-device-name",
        "root-device-type",
        "source-image-id",
        "source-image-region",
        "source-instance-id",
        "sriov-net-support",
        "state",
        "state-reason-code",
        "state-reason-message",
        "tag",
        "tag-key",
        "virtualization-type",
    ];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        if let Some(name) = name.strip_prefix("block-device-mapping.") {
            return self.block_devices.iter().map(|device| device.value(name)).collect();
        }
        let value: Option<Cow<'_, str>> = match name {
            "architecture" => Some((&self.architecture).into()),
            "boot-mode" => self.boot_mode.map(Into::into),
            "creation-date" => Some((&self.creation_date).into()),
            "description" => self.description.as_ref().map(Into::into),
            "ena-support" | "image-allowed" => Some("true".into()),
            "free-tier-eligible" => Some(self.owner.is_public().to_string().into()),
            "hypervisor" => Some("xen".into()),
            "image-id" => Some((&self.image_id).into()),
            "image-type" => Some("machine".into()),
            "is-public" => Some(self.owner.is_public().to_string().into()),
            "manifest-location" => Some(self.location().into()),
            "name" => Some((&self.name).into()),
            "owner-alias" => self.owner.alias().map(Into::into),
            "owner-id" => Some(self.owner.id().into()),
            "platform" => self.platform().map(Into::into),
            "root-device-name" => Some((&self.root_device_name).into()),
            "root-device-type" => Some("ebs".into()),
            "sriov-net-support" => Some("simple".into()),
            "state" => Some("available".into()),
            "virtualization-type" => Some("hvm".into()),
            _ => None,
        };
        value.into_iter().collect()
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(&self.tags)
    }
}

impl BlockDevice {
    fn value(&self, name: &str) -> Cow<'_, str> {
        match name {
            "delete-on-termination" => "true".into(),
            "device-name" => (&self.device_name).into(),
            "encrypted" => "false".into(),
            "snapshot-id" => (&self.snapshot_id).into(),
            "volume-size" => self.volume_size.to_string().into(),
            _ => self.volume_type.into(),
        }
    }
}

fn public(place: &Place<'_>, row: &'static str) -> Option<Image> {
    let mut fields = row.splitn(11, " | ");
    let mut field = || fields.next();
    let (key, id, alias, architecture) = (field()?, field()?, field()?, field()?);
    let (created, root, size, boot) = (field()?, field()?, field()?, field()?);
    let (flags, name, description) = (field()?, field()?, field()?);
    let has = |flag| flags.split(' ').any(|held| held == flag);
    let image_id = image_id(place, key);
    let volume_type = if has("gp3") { "gp3" } else { "gp2" };
    Some(Image {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        owner: ImageOwner::Public { id, alias: given(alias) },
        architecture: architecture.to_owned(),
        deprecation_time: later(created),
        creation_date: created.to_owned(),
        root_device_name: root.to_owned(),
        block_devices: vec![device(place.seed, &image_id, root, size.parse().ok()?, volume_type)],
        boot_mode: given(boot),
        imds_v2: has("imds"),
        is_windows: has("windows"),
        tags: Vec::new(),
        image_id,
    })
}

/// An image that nobody publishes: the account's own, made no later than the instance.
fn of_instance(seed: &Seed, instance: &Instance) -> Image {
    let (image_id, root) = (&instance.image_id, &instance.block_devices.root);
    Image {
        image_id: image_id.clone(),
        name: image_id.clone(),
        description: None,
        owner: ImageOwner::Account(instance.account_id),
        architecture: instance.architecture.clone(),
        creation_date: millis(instance.launch_time),
        deprecation_time: None,
        root_device_name: root.clone(),
        block_devices: vec![device(seed, image_id, root, 8, "gp3")],
        boot_mode: None,
        imds_v2: false,
        is_windows: false,
        tags: Vec::new(),
    }
}

/// The id that declarations without an image take is that of the row `default`.
fn image_id(place: &Place<'_>, key: &str) -> String {
    let region = place.region;
    match key {
        "default" => place.seed.named(&format!("image/{region}")).resource("ami"),
        key => place.seed.named(&format!("image/{region}/{key}")).resource("ami"),
    }
}

fn device(seed: &Seed, image_id: &str, root: &str, size: i64, volume_type: &'static str) -> BlockDevice {
    BlockDevice {
        device_name: root.to_owned(),
        snapshot_id: seed.named(image_id).resource("snap"),
        volume_size: size,
        volume_type,
    }
}

/// Public images are deprecated two years after they were made.
fn later(created: &str) -> Option<String> {
    let (year, rest) = created.split_at_checked(4)?;
    Some(format!("{}{rest}", year.parse::<u32>().ok()? + 2))
}

fn millis(time: Timestamp) -> String {
    time.trunc_secs().iso8601().replace('Z', ".000Z")
}

fn given(field: &'static str) -> Option<&'static str> {
    (field != "-").then_some(field)
}

fn rows() -> impl Iterator<Item = &'static str> {
    IMAGES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

const IMAGES: &str = include_str!("images.txt");

//! What must be allowed to launch instances: each kind of resource by itself (Service Authorization Reference, "Amazon EC2",
//! `RunInstances`).
//!
//! Rule: what is not there is named by the ARN that it would have, so a denial finds out nothing.

use account::directory::Tag;
use account::ec2::catalogue::{Image, Network, Subnet};
use account::ec2::run::Wish;
use account::ec2::{metadata_defaults, resource};
use account::{Check, ServiceError};

use super::super::associations::passing;
use super::super::filters::{instances, place};
use super::super::instance_check::{instance_arn, with_options};
use super::super::resource_check::{key_pair_check, on, requested, tagged};
use super::wish;
use crate::Ask;

const RUN: &str = "ec2:RunInstances";

pub(super) fn checks(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let wish = wish::read(ask)?;
    let all = instances(ask)?;
    let standing = || all.iter().filter(|instance| !instance.life.is_terminated());
    let network = Network::new(&place(ask), ask.directory, standing());
    let images = Image::all(&place(ask), standing());
    let image = images.iter().find(|image| image.image_id == wish.image_id);
    let stand = Stand::of(ask, &wish, &network);
    let mut checks = vec![instance(ask, &wish, image, &stand), image_check(ask, &wish, image)];
    checks.push(interface(ask, &wish, &stand));
    checks.extend(wish.key_name.map(|name| key_pair_check(ask, RUN, name)));
    checks.extend(stand.groups.iter().map(|id| group(ask, id, &network)));
    checks.push(subnet(ask, &stand));
    checks.extend(volumes(ask, &wish, image, &stand));
    for (kind, tags) in [
        ("instance", &wish.instance_tags),
        ("network-interface", &wish.interface_tags),
        ("volume", &wish.volume_tags),
    ] {
        checks.extend(tagging(ask, kind, tags));
    }
    checks.extend(wish.profile.and_then(|profile| passing(ask, profile)));
    Ok(checks)
}

/// Where the instances would stand.
struct Stand<'a> {
    subnet_id: String,
    subnet: Option<&'a Subnet>,
    groups: Vec<String>,
}

impl<'a> Stand<'a> {
    fn of(ask: &Ask<'_>, wish: &Wish<'_>, network: &'a Network) -> Self {
        let zone = wish.placement.availability_zone.map_or_else(|| format!("{}a", ask.region), str::to_owned);
        let by_id = |id: &str| {
            let mut subnets = network.subnets.iter();
            subnets.find(|subnet| subnet.default_for_az && subnet.availability_zone_id == id)
        };
        let subnet = match (wish.network.subnet_id, wish.placement.availability_zone_id) {
            (Some(id), _) => network.subnet(id),
            (None, Some(id)) => by_id(id),
            (None, None) => network.default_subnet(&zone),
        };
        let subnet_id =
            wish.network.subnet_id.or_else(|| subnet.map(|subnet| &*subnet.subnet_id)).unwrap_or("*");
        let vpc_id =
            subnet.map(|subnet| &*subnet.vpc_id).or_else(|| network.default_vpc().map(|vpc| &*vpc.vpc_id));
        let named = |name: &str| vpc_id.and_then(|vpc_id| network.security_group_named(vpc_id, name));
        let id = |name: &str| named(name).map_or_else(|| "*".to_owned(), |group| group.group_id.clone());
        let mut groups: Vec<String> = wish.network.group_ids.iter().map(|id| (*id).to_owned()).collect();
        groups.extend(wish.network.group_names.iter().map(|name| id(name)));
        if groups.is_empty() {
            groups.push(id("default"));
        }
        groups.sort();
        groups.dedup();
        Self { subnet_id: subnet_id.to_owned(), subnet, groups }
    }

    fn zoned(&self, check: Check) -> Check {
        match self.subnet {
            Some(subnet) => check
                .with("ec2:AvailabilityZone", subnet.availability_zone.as_str())
                .with("ec2:AvailabilityZoneId", subnet.availability_zone_id.as_str()),
            None => check,
        }
    }

    fn in_vpc(&self, ask: &Ask<'_>, check: Check) -> Check {
        match self.subnet {
            Some(subnet) => check.with("ec2:Vpc", vpc_arn(ask, &subnet.vpc_id)),
            None => check,
        }
    }
}

fn instance(ask: &Ask<'_>, wish: &Wish<'_>, image: Option<&Image>, stand: &Stand<'_>) -> Check {
    let check = Check::new(RUN, instance_arn(ask, "*")).with("ec2:Region", ask.region.as_str());
    let mut check = stand
        .zoned(check)
        .with("ec2:EbsOptimized", if wish.ebs_optimized { "true" } else { "false" })
        .with("ec2:InstanceMarketType", "on-demand")
        .with("ec2:InstanceType", wish.instance_type.unwrap_or("t3.micro"))
        .with("ec2:RootDeviceType", "ebs")
        .with("ec2:Tenancy", wish.placement.tenancy.unwrap_or("default"));
    if let Some(profile) = &wish.profile {
        check = check.with("ec2:InstanceProfile", profile.profile_arn(ask.directory));
    }
    if let Some(name) = wish.placement.group_name {
        check = check.with(
            "ec2:PlacementGroup",
            resource::arn(ask.region, ask.account.account_id(), "placement-group", name),
        );
    }
    // The keys are of the options as they will be; a launch that the account does not let through is refused when it runs.
    let requires_tokens = image.is_some_and(|image| image.imds_v2);
    let asked = wish.metadata_options;
    if let Ok(options) = metadata_defaults::launch_options(ask.directory, ask.region, asked, requires_tokens)
    {
        check = with_options(check, options);
    }
    requested(check, &wish.instance_tags)
}

fn image_check(ask: &Ask<'_>, wish: &Wish<'_>, image: Option<&Image>) -> Check {
    let check = on(ask, RUN, "image", wish.image_id).with("ec2:ImageID", wish.image_id);
    let Some(image) = image else { return check };
    let owner = image.owner.alias().map_or_else(|| image.owner.id(), str::to_owned);
    let check = check
        .with("ec2:ImageType", "machine")
        .with("ec2:Owner", owner)
        .with("ec2:Public", if image.owner.is_public() { "true" } else { "false" })
        .with("ec2:RootDeviceType", "ebs");
    tagged(check, &image.tags)
}

fn interface(ask: &Ask<'_>, wish: &Wish<'_>, stand: &Stand<'_>) -> Check {
    let check = stand.in_vpc(ask, stand.zoned(on(ask, RUN, "network-interface", "*")));
    let check = check.with("ec2:Subnet", on(ask, RUN, "subnet", &stand.subnet_id).resource);
    let check = match wish.network.associate_public_ip {
        Some(public) => check.with("ec2:AssociatePublicIpAddress", if public { "true" } else { "false" }),
        None => check,
    };
    requested(check, &wish.interface_tags)
}

fn group(ask: &Ask<'_>, id: &str, network: &Network) -> Check {
    let check = on(ask, RUN, "security-group", id).with("ec2:SecurityGroupID", id);
    match network.security_group(id) {
        Some(group) => tagged(check, &group.tags).with("ec2:Vpc", vpc_arn(ask, &group.vpc_id)),
        None => check,
    }
}

fn subnet(ask: &Ask<'_>, stand: &Stand<'_>) -> Check {
    let check = on(ask, RUN, "subnet", &stand.subnet_id).with("ec2:SubnetID", stand.subnet_id.as_str());
    let check = stand.in_vpc(ask, stand.zoned(check));
    match stand.subnet {
        Some(subnet) => tagged(check, &subnet.tags),
        None => check,
    }
}

/// One for each volume that the image or the request speaks of; they differ by their keys.
fn volumes(ask: &Ask<'_>, wish: &Wish<'_>, image: Option<&Image>, stand: &Stand<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut volume = |size: Option<i64>, kind: &str, encrypted: bool, snapshot: Option<&str>| {
        let mut check = stand
            .zoned(on(ask, RUN, "volume", "*"))
            .with("ec2:Encrypted", if encrypted { "true" } else { "false" })
            .with("ec2:VolumeType", kind);
        if let Some(size) = size {
            check = check.with("ec2:VolumeSize", size.to_string());
        }
        if let Some(id) = snapshot {
            check = check.with(
                "ec2:ParentSnapshot",
                resource::arn(ask.region, ask.account.account_id(), "snapshot", id),
            );
        }
        checks.push(requested(check, &wish.volume_tags));
    };
    let devices = image.map_or(&[][..], |image| &image.block_devices);
    for device in devices {
        let wanted = wish.devices.iter().find(|wanted| wanted.device_name == device.device_name);
        if wanted.is_some_and(|wanted| wanted.is_none) {
            continue;
        }
        let size = wanted.and_then(|wanted| wanted.size_gib).map_or(device.volume_size, i64::from);
        let kind = wanted.and_then(|wanted| wanted.volume_type).unwrap_or(device.volume_type);
        let encrypted = wanted.and_then(|wanted| wanted.encrypted).unwrap_or(false);
        volume(Some(size), kind, encrypted, Some(&device.snapshot_id));
    }
    let is_new = |name: &str| !devices.iter().any(|device| device.device_name == name);
    for wanted in wish.devices.iter().filter(|wanted| !wanted.is_none && is_new(wanted.device_name)) {
        let size = wanted.size_gib.map(i64::from);
        volume(size, wanted.volume_type.unwrap_or("gp2"), wanted.encrypted == Some(true), wanted.snapshot_id);
    }
    checks
}

/// To tag what is made is an action of its own.
fn tagging(ask: &Ask<'_>, kind: &str, tags: &[Tag]) -> Option<Check> {
    let check = on(ask, "ec2:CreateTags", kind, "*").with("ec2:CreateAction", "RunInstances");
    (!tags.is_empty()).then(|| requested(check, tags))
}

fn vpc_arn(ask: &Ask<'_>, vpc_id: &str) -> String {
    resource::arn(ask.region, ask.account.account_id(), "vpc", vpc_id)
}

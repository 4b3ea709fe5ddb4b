//! Volumes of instances: `DescribeVolumes`, `DescribeVolumeStatus`.
//!
//! Rule: there are those that instances have, and what terminated ones left. Texts and forms as EC2's answers have them.

use std::borrow::Cow;

use account::ServiceError;
use account::ec2::catalogue::Place as Ground;
use account::ec2::filter::{Filtered, Tags};
use account::ec2::page::PageLimits;
use account::ec2::resource::{self, ResourceKind};
use account::ec2::tag::list;
use account::ec2::volume::{iops, key_arn, present, throughput};
use types::instance::Volume;
use types::{Instance, Timestamp};
use wire::{Structure, Value};

use super::filters::{all_there, check_ids, describing, filters, instances, is_named, named, page, place};
use super::instances::attachment_status;
use super::network::tags;
use super::places::{Place, names, values};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DescribeVolumeStatus",
        checks: |ask| describing(ask, "ec2:DescribeVolumeStatus"),
        run: describe_status,
    },
    Operation {
        name: "DescribeVolumes",
        checks: |ask| describing(ask, "ec2:DescribeVolumes"),
        run: describe,
    },
];

/// A volume as it is shown, and its tags.
struct Seen {
    volume: Volume,
    shown: Structure,
}

/// The status of one, as it is shown.
struct Status(Structure);

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (filters, page) = (filters::<Seen>(ask)?, page(ask, "DescribeVolumes", OF_VOLUMES));
    let ids = named(ask, "VolumeIds");
    page.refuse_with_ids("volumeIdsSet", ids.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::Volume)?;
    let ground = place(ask);
    let seen = |(instance, volume): (&Instance, Volume)| {
        let shown = volume_shown(&ground, instance, &volume, ask.now);
        Seen { volume, shown }
    };
    let instances = instances(ask)?;
    let all = volumes(ask, &instances);
    all_there(ids.as_ref(), ResourceKind::Volume, |id| all.iter().any(|(_, volume)| volume.volume_id == id))?;
    let asked = all.into_iter().filter(|(_, volume)| is_named(ids.as_ref(), &volume.volume_id)).map(seen);
    let page = page.cut(asked.filter(|seen| filters.hold(seen)), |seen| &seen.volume.volume_id)?;
    let shown: Vec<Value> = page.items.into_iter().map(|seen| seen.shown.into()).collect();
    Ok(Structure::new().with("Volumes", shown).with_some("NextToken", page.next_token))
}

fn describe_status(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (filters, page) = (filters::<Status>(ask)?, page(ask, "DescribeVolumeStatus", OF_STATUSES));
    let ids = named(ask, "VolumeIds");
    page.refuse_with_ids("volumeIdsSet", ids.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::Volume)?;
    let instances = instances(ask)?;
    let all = volumes(ask, &instances);
    all_there(ids.as_ref(), ResourceKind::Volume, |id| all.iter().any(|(_, volume)| volume.volume_id == id))?;
    let asked = all.iter().filter(|(_, volume)| is_named(ids.as_ref(), &volume.volume_id));
    let statuses = asked.map(|(instance, volume)| (&*volume.volume_id, Status(status(instance, volume))));
    let page = page.cut(statuses.filter(|(_, status)| filters.hold(status)), |(id, _)| id)?;
    let shown: Vec<Value> = page.items.into_iter().map(|(_, status)| status.0.into()).collect();
    Ok(Structure::new().with("VolumeStatuses", shown).with_some("NextToken", page.next_token))
}

/// The volumes of these instances with whose they are, in the order of their ids.
fn volumes<'a>(ask: &Ask<'_>, instances: &'a [Instance]) -> Vec<(&'a Instance, Volume)> {
    let of = |instance: &'a Instance| {
        present(instance, ask.host.seed()).into_iter().map(move |volume| (instance, volume))
    };
    let mut all: Vec<(&Instance, Volume)> = instances.iter().flat_map(of).collect();
    all.sort_by(|(_, one), (_, other)| one.volume_id.cmp(&other.volume_id));
    all
}

fn volume_shown(ground: &Ground<'_>, instance: &Instance, volume: &Volume, now: Timestamp) -> Structure {
    let is_attached = !instance.life.is_terminated();
    let attachment = Structure::new()
        .with("DeleteOnTermination", volume.delete_on_termination)
        .with("EbsCardIndex", 0)
        .with("VolumeId", volume.volume_id.as_str())
        .with("InstanceId", instance.instance_id.as_str())
        .with("Device", volume.device_name.as_str())
        .with("State", attachment_status(instance, now))
        .with("AttachTime", volume.attach_time);
    let owner = instance.account_id;
    Structure::new()
        .with("AvailabilityZoneId", instance.placement.availability_zone_id.as_str())
        .with_some("Iops", iops(volume).map(i64::from))
        .with_some("Tags", tags(&list(&volume.tags)))
        .with("VolumeType", volume.volume_type.as_str())
        .with("MultiAttachEnabled", false)
        .with_some("Throughput", throughput(volume).map(i64::from))
        .with("Operator", Structure::new().with("Managed", false))
        .with("VolumeArn", resource::arn(ground.region, owner, "volume", &volume.volume_id))
        .with("OwnerId", owner.to_string())
        .with("VolumeId", volume.volume_id.as_str())
        .with("Size", i64::from(volume.size_gib))
        .with("SnapshotId", volume.snapshot_id.as_deref().unwrap_or_default())
        .with("AvailabilityZone", instance.placement.availability_zone.as_str())
        .with("State", if is_attached { "in-use" } else { "available" })
        .with("CreateTime", volume.attach_time)
        .with("Attachments", if is_attached { vec![attachment] } else { Vec::new() })
        .with("Encrypted", volume.encrypted)
        .with_some("KmsKeyId", key_arn(volume, ground))
}

/// No volume fails here. Performance is watched on volumes of provisioned IOPS alone, and on those while they are attached.
fn status(instance: &Instance, volume: &Volume) -> Structure {
    let is_attached = !instance.life.is_terminated();
    let is_provisioned = matches!(&*volume.volume_type, "io1" | "io2");
    let performance = if is_provisioned && is_attached { "normal" } else { "not-applicable" };
    let detail = |name: &str, status: &str| Structure::new().with("Name", name).with("Status", status);
    let attachment =
        Structure::new().with("IoPerformance", performance).with("InstanceId", instance.instance_id.as_str());
    let details = vec![detail("io-enabled", "passed"), detail("io-performance", performance)];
    Structure::new()
        .with("Actions", Vec::<Structure>::new())
        .with("AvailabilityZone", instance.placement.availability_zone.as_str())
        .with("Events", Vec::<Structure>::new())
        .with("VolumeId", volume.volume_id.as_str())
        .with("VolumeStatus", Structure::new().with("Details", details).with("Status", "ok"))
        .with("AttachmentStatuses", if is_attached { vec![attachment] } else { Vec::new() })
        .with("AvailabilityZoneId", instance.placement.availability_zone_id.as_str())
        .with("Operator", Structure::new().with("Managed", false))
}

impl Filtered for Seen {
    const FILTERS: &'static [&'static str] = &names(&PLACES);

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        values(&self.shown, name, &PLACES)
    }

    fn tags(&self) -> Tags<'_> {
        Tags::Map(&self.volume.tags)
    }
}

impl Filtered for Status {
    const FILTERS: &'static [&'static str] = &names(&STATUS_PLACES);

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        values(&self.0, name, &STATUS_PLACES)
    }
}

/// EC2 API reference, `DescribeVolumes`: more than 500 is as good as 500.
const OF_VOLUMES: PageLimits = PageLimits { least: 5, most: 500, clamps: true, default: None };
const OF_STATUSES: PageLimits = PageLimits { most: 1000, ..OF_VOLUMES };

const PLACES: [Place; 20] = [
    ("attachment.attach-time", "Attachments.AttachTime"),
    ("attachment.delete-on-termination", "Attachments.DeleteOnTermination"),
    ("attachment.device", "Attachments.Device"),
    ("attachment.instance-id", "Attachments.InstanceId"),
    ("attachment.status", "Attachments.State"),
    ("availability-zone", "AvailabilityZone"),
    ("availability-zone-id", "AvailabilityZoneId"),
    ("create-time", "CreateTime"),
    ("encrypted", "Encrypted"),
    ("fast-restored", ""),
    ("multi-attach-enabled", "MultiAttachEnabled"),
    ("operator.managed", "Operator.Managed"),
    ("operator.principal", ""),
    ("size", "Size"),
    ("snapshot-id", "SnapshotId"),
    ("status", "State"),
    ("tag", ""),
    ("tag-key", ""),
    ("volume-id", "VolumeId"),
    ("volume-type", "VolumeType"),
];

const STATUS_PLACES: [Place; 14] = [
    ("action.code", ""),
    ("action.description", ""),
    ("action.event-id", ""),
    ("attachment-status.instance-id", "AttachmentStatuses.InstanceId"),
    ("attachment-status.io-performance", "AttachmentStatuses.IoPerformance"),
    ("availability-zone", "AvailabilityZone"),
    ("event.description", ""),
    ("event.event-id", ""),
    ("event.event-type", ""),
    ("event.not-after", ""),
    ("event.not-before", ""),
    ("volume-status.details-name", "VolumeStatus.Details.Name"),
    ("volume-status.details-status", "VolumeStatus.Details.Status"),
    ("volume-status.status", "VolumeStatus.Status"),
];

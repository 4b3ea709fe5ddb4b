//! Network interfaces of instances: `DescribeNetworkInterfaces`.
//!
//! Rule: an interface is as its instance shows it, with what is known of it beside. A terminated instance has none.

use std::borrow::Cow;

use account::ServiceError;
use account::directory::Tag;
use account::ec2::catalogue::Place as Ground;
use account::ec2::filter::{Filtered, Tags};
use account::ec2::page::PageLimits;
use account::ec2::resource::ResourceKind;
use account::ec2::tag::list;
use types::instance::NetworkInterface;
use types::{Instance, Timestamp};
use wire::{Structure, Value};

use super::filters::{all_there, check_ids, describing, filters, instances, is_named, named, page, place};
use super::instances::interface;
use super::network::tags;
use super::places::{Place, names, values};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeNetworkInterfaces",
    checks: |ask| describing(ask, "ec2:DescribeNetworkInterfaces"),
    run: describe,
}];

/// An interface as it is shown, and its tags.
struct Seen {
    id: String,
    tags: Vec<Tag>,
    shown: Structure,
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<Seen>(ask)?;
    let page = page(ask, "DescribeNetworkInterfaces", PageLimits::USUAL);
    let ids = named(ask, "NetworkInterfaceIds");
    page.refuse_with_ids("networkInterfaceIds", ids.is_some())?;
    check_ids(ids.as_ref(), ResourceKind::NetworkInterface)?;
    let instances = instances(ask)?;
    let standing = instances.iter().filter(|instance| !instance.life.is_terminated());
    let of = |instance| -> Vec<(&Instance, &NetworkInterface)> {
        let instance: &Instance = instance;
        instance.network_interfaces.iter().map(|interface| (instance, interface)).collect()
    };
    let mut all: Vec<(&Instance, &NetworkInterface)> = standing.flat_map(of).collect();
    all.sort_by_key(|(_, interface)| &interface.network_interface_id);
    let is_there = |id: &str| all.iter().any(|(_, interface)| interface.network_interface_id == id);
    all_there(ids.as_ref(), ResourceKind::NetworkInterface, is_there)?;
    let ground = place(ask);
    let asked =
        all.into_iter().filter(|(_, interface)| is_named(ids.as_ref(), &interface.network_interface_id));
    let seen = asked.map(|(instance, interface)| seen(&ground, instance, interface, ask.now));
    let page = page.cut(seen.filter(|seen| filters.hold(seen)), |seen| &seen.id)?;
    let shown: Vec<Value> = page.items.into_iter().map(|seen| seen.shown.into()).collect();
    Ok(Structure::new().with("NetworkInterfaces", shown).with_some("NextToken", page.next_token))
}

fn seen(ground: &Ground<'_>, instance: &Instance, of: &NetworkInterface, now: Timestamp) -> Seen {
    let shown = interface(ground, instance, of, now);
    let attachment = shown.structure("Attachment").cloned().unwrap_or_default();
    let attachment = attachment
        .with("InstanceId", instance.instance_id.as_str())
        .with("InstanceOwnerId", instance.account_id.to_string());
    let id = of.network_interface_id.clone();
    let held = instance.life.interface_tags.get(&id).map(list).unwrap_or_default();
    let shown = shown
        .with("Attachment", attachment)
        .with("AvailabilityZone", instance.placement.availability_zone.as_str())
        .with("AvailabilityZoneId", instance.placement.availability_zone_id.as_str())
        .with_some("PublicDnsName", instance.public_host_name_of(of))
        .with_some("Ipv6Address", of.ipv6_addresses.first().map(ToString::to_string))
        // It was made by whoever launched the instance: no service manages it.
        .with("RequesterManaged", false)
        .with("TagSet", tags(&held).unwrap_or_default());
    Seen { id, tags: held, shown }
}

impl Filtered for Seen {
    const FILTERS: &'static [&'static str] = &names(&PLACES);

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        values(&self.shown, name, &PLACES)
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(&self.tags)
    }
}

const PLACES: [Place; 38] = [
    ("addresses.association.owner-id", "PrivateIpAddresses.Association.IpOwnerId"),
    ("addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"),
    ("addresses.primary", "PrivateIpAddresses.Primary"),
    ("addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"),
    ("association.allocation-id", ""),
    ("association.association-id", ""),
    ("association.ip-owner-id", "Association.IpOwnerId"),
    ("association.public-dns-name", "Association.PublicDnsName"),
    ("association.public-ip", "Association.PublicIp"),
    ("attachment.attach-time", "Attachment.AttachTime"),
    ("attachment.attachment-id", "Attachment.AttachmentId"),
    ("attachment.delete-on-termination", "Attachment.DeleteOnTermination"),
    ("attachment.device-index", "Attachment.DeviceIndex"),
    ("attachment.instance-id", "Attachment.InstanceId"),
    ("attachment.instance-owner-id", "Attachment.InstanceOwnerId"),
    ("attachment.status", "Attachment.Status"),
    ("availability-zone", "AvailabilityZone"),
    ("availability-zone-id", "AvailabilityZoneId"),
    ("description", "Description"),
    ("group-id", "Groups.GroupId"),
    ("group-name", "Groups.GroupName"),
    ("interface-type", "InterfaceType"),
    ("ipv6-addresses.ipv6-address", "Ipv6Addresses.Ipv6Address"),
    ("mac-address", "MacAddress"),
    ("network-interface-id", "NetworkInterfaceId"),
    ("operator.managed", "Operator.Managed"),
    ("operator.principal", ""),
    ("owner-id", "OwnerId"),
    ("private-dns-name", "PrivateDnsName"),
    ("private-ip-address", "PrivateIpAddresses.PrivateIpAddress"),
    ("requester-id", ""),
    ("requester-managed", "RequesterManaged"),
    ("source-dest-check", "SourceDestCheck"),
    ("status", "Status"),
    ("subnet-id", "SubnetId"),
    ("tag", ""),
    ("tag-key", ""),
    ("vpc-id", "VpcId"),
];

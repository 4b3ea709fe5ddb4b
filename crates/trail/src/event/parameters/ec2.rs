//! What was asked of EC2, and what it answered.
//!
//! Rule: older operations are told by the names of EC2's first, SOAP, API: lists are sets of items, and what RunInstances asks for one
//! instance stands in an item of its `instancesSet`. Newer ones are told as their XML, under the name of the request or the answer, with
//! a `tag` on each item of a list. Times are milliseconds since the epoch.

use serde_json::{Map, Value as Json, json};
use wire::model::Part;
use wire::{Structure, Value};

use super::secret::{Cover, MARK, cover};
use super::{insert, scalar, small};

pub(super) fn request(operation: &str, structure: &Structure, part: Option<Part>) -> Map<String, Json> {
    if is_newer(operation) {
        let named = tagged(structure, part);
        return one(format!("{operation}Request"), Json::Object(named));
    }
    let mut object = Map::new();
    for (name, value) in structure.members() {
        let part = part.and_then(|part| part.member(name));
        if name == "DryRun" {
            continue;
        }
        let cover = if may_be_user_data(operation, name) { Cover::Mark } else { cover(name, part) };
        match (
            cover,
            SETS.iter().find(|(of, member, ..)| *member == name && (*of == operation || of.is_empty())),
        ) {
            (Cover::Leave, _) => {}
            (Cover::Mark, _) => insert(&mut object, small(name), Some(MARK.into())),
            (Cover::None, Some((_, _, set, item))) => {
                insert(&mut object, (*set).to_owned(), Some(items(value, part, item)))
            }
            (Cover::None, None) => insert(&mut object, small(name), soap(value, part)),
        }
    }
    if operation == "RunInstances" {
        into_item(&mut object);
    }
    object
}

pub(super) fn response(
    operation: &str,
    structure: &Structure,
    part: Option<Part>,
    request_id: &str,
) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("requestId".to_owned(), request_id.into());
    if structure.is_empty() {
        object.insert("_return".to_owned(), true.into());
    }
    object.extend(answered(structure, part));
    if is_newer(operation) {
        object.insert("xmlns".to_owned(), NAMESPACE.into());
        return one(format!("{operation}Response"), Json::Object(object));
    }
    object
}

/// Whether it is the value of an attribute that is told by name: user data is one, and whoever misspells it has sent it all the same.
fn may_be_user_data(operation: &str, member: &str) -> bool {
    operation == "ModifyInstanceAttribute" && member == "Value"
}

/// Operations that came after EC2 had stopped to describe itself in SOAP's words.
fn is_newer(operation: &str) -> bool {
    NEWER.contains(&operation)
}

/// `imageId`, `minCount`, `maxCount` and `keyName` are what is asked for each instance.
fn into_item(object: &mut Map<String, Json>) {
    let mut item = Map::new();
    for name in ["imageId", "minCount", "maxCount", "keyName"] {
        insert(&mut item, name.to_owned(), object.remove(name));
    }
    object.insert("instancesSet".to_owned(), json!({ "items": [item] }));
}

/// A list of the older API: `{"items": […]}`, plain values under the name that each has in an item.
fn items(value: &Value, part: Option<Part>, name: &str) -> Json {
    let Value::List(list) = value else { return soap(value, part).unwrap_or(Json::Null) };
    let item = part.and_then(Part::item);
    let shown = list.iter().filter_map(|value| {
        let shown = soap(value, item)?;
        Some(if shown.is_object() { shown } else { json!({ name: shown }) })
    });
    json!({ "items": shown.collect::<Vec<_>>() })
}

/// What is asked, in the older API's way.
fn soap(value: &Value, part: Option<Part>) -> Option<Json> {
    Some(match value {
        Value::Structure(structure) => {
            let mut object = Map::new();
            for (name, value) in structure.members() {
                let part = part.and_then(|part| part.member(name));
                match (cover(name, part), name, value) {
                    (Cover::Leave, ..) => {}
                    (Cover::Mark, ..) => insert(&mut object, small(name), Some(MARK.into())),
                    (_, "Values", list) => {
                        insert(&mut object, "valueSet".to_owned(), Some(items(list, part, "value")))
                    }
                    (_, "Tags", list) => insert(&mut object, "tags".to_owned(), plain_list(list, part)),
                    (_, name, Value::List(_)) => {
                        insert(&mut object, format!("{}Set", small(name)), Some(items(value, part, "item")))
                    }
                    (_, name, value) => insert(&mut object, small(name), soap(value, part)),
                }
            }
            Json::Object(object)
        }
        Value::List(_) => items(value, part, "item"),
        Value::Timestamp(time) => time.millis().into(),
        other => return scalar(other),
    })
}

fn plain_list(value: &Value, part: Option<Part>) -> Option<Json> {
    let Value::List(list) = value else { return None };
    let item = part.and_then(Part::item);
    Some(list.iter().filter_map(|value| soap(value, item)).collect())
}

/// What is asked, as the XML of a newer operation.
fn tagged(structure: &Structure, part: Option<Part>) -> Map<String, Json> {
    let mut object = Map::new();
    for (name, value) in structure.members() {
        let part = part.and_then(|part| part.member(name));
        let place = part.map(Part::query_name).filter(|name| !name.is_empty()).unwrap_or(name).to_owned();
        match (cover(name, part), value) {
            (Cover::Leave, _) => {}
            (Cover::Mark, _) => insert(&mut object, place, Some(MARK.into())),
            (Cover::None, Value::List(list)) => {
                insert(&mut object, capital(&place), numbered(list, part.and_then(Part::item)))
            }
            (Cover::None, Value::Structure(nested)) => {
                insert(&mut object, capital(&place), Some(Json::Object(tagged(nested, part))))
            }
            (Cover::None, Value::Timestamp(time)) => {
                insert(&mut object, capital(&place), Some(time.millis().into()))
            }
            (Cover::None, other) => insert(&mut object, capital(&place), scalar(other)),
        }
    }
    object
}

/// One item stands by itself, more in a list, each with its number.
fn numbered(list: &[Value], item: Option<Part>) -> Option<Json> {
    let numbered = (1..).zip(list).map(|(number, value)| match value {
        Value::Structure(structure) => {
            let mut object = tagged(structure, item);
            object.insert("tag".to_owned(), Json::from(number));
            Json::Object(object)
        }
        other => json!({ "content": scalar(other), "tag": number }),
    });
    let mut all: Vec<Json> = numbered.collect();
    if all.len() == 1 { all.pop() } else { Some(all.into()) }
}

/// What is answered, by the names of the XML.
fn answered(structure: &Structure, part: Option<Part>) -> Map<String, Json> {
    let mut object = Map::new();
    for (name, value) in structure.members() {
        let part = part.and_then(|part| part.member(name));
        let place = part
            .map(Part::wire_name)
            .filter(|name| !name.is_empty())
            .map_or_else(|| small(name), str::to_owned);
        let place = if place == "return" { "_return".to_owned() } else { place };
        match cover(name, part) {
            Cover::Leave => {}
            Cover::Mark => insert(&mut object, place, Some(MARK.into())),
            Cover::None => insert(&mut object, place, answer(value, part)),
        }
    }
    object
}

fn answer(value: &Value, part: Option<Part>) -> Option<Json> {
    Some(match value {
        Value::Structure(structure) => Json::Object(answered(structure, part)),
        Value::List(list) => {
            let item = part.and_then(Part::item);
            let shown: Vec<Json> = list.iter().filter_map(|value| answer(value, item)).collect();
            if shown.is_empty() { json!({}) } else { json!({ "items": shown }) }
        }
        Value::Timestamp(time) => time.millis().into(),
        other => return scalar(other),
    })
}

fn one(name: String, value: Json) -> Map<String, Json> {
    Map::from_iter([(name, value)])
}

/// EC2's names on the wire for what its model has with capitals already are with capitals, too.
fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// By operation (none: any) and member: the set of the older API, and what a plain item is called in it.
const SETS: &[(&str, &str, &str, &str)] = &[
    ("", "Filters", "filterSet", "value"),
    ("", "InstanceIds", "instancesSet", "instanceId"),
    ("RunInstances", "SecurityGroupIds", "groupSet", "groupId"),
    ("RunInstances", "SecurityGroups", "groupSet", "groupName"),
    ("", "TagSpecifications", "tagSpecificationSet", "tag"),
    ("RunInstances", "BlockDeviceMappings", "blockDeviceMapping", "deviceName"),
    ("RunInstances", "NetworkInterfaces", "networkInterfaceSet", "networkInterfaceId"),
    ("CreateTags", "Resources", "resourcesSet", "resourceId"),
    ("DeleteTags", "Resources", "resourcesSet", "resourceId"),
    ("", "Tags", "tagSet", "key"),
    ("ModifyInstanceAttribute", "Groups", "groupSet", "groupId"),
    ("DescribeRegions", "RegionNames", "regionSet", "regionName"),
    ("DescribeAvailabilityZones", "ZoneNames", "availabilityZoneSet", "zoneName"),
    ("DescribeAvailabilityZones", "ZoneIds", "availabilityZoneIdSet", "zoneId"),
    ("DescribeImages", "ImageIds", "imagesSet", "imageId"),
    ("DescribeImages", "Owners", "ownersSet", "owner"),
    ("DescribeImages", "ExecutableUsers", "executableBySet", "user"),
    ("DescribeVpcs", "VpcIds", "vpcSet", "vpcId"),
    ("DescribeSubnets", "SubnetIds", "subnetSet", "subnetId"),
    ("DescribeSecurityGroups", "GroupIds", "securityGroupIdSet", "groupId"),
    ("DescribeSecurityGroups", "GroupNames", "securityGroupSet", "groupName"),
    ("", "VolumeIds", "volumeSet", "volumeId"),
    ("", "NetworkInterfaceIds", "networkInterfaceIdSet", "networkInterfaceId"),
    ("", "InternetGatewayIds", "internetGatewayIdSet", "internetGatewayId"),
    ("", "RouteTableIds", "routeTableIdSet", "routeTableId"),
    ("", "NetworkAclIds", "networkAclIdSet", "networkAclId"),
    ("", "DhcpOptionsIds", "dhcpOptionsSet", "dhcpOptionsId"),
    ("", "PublicIps", "publicIpsSet", "publicIp"),
    ("", "AllocationIds", "allocationIdsSet", "allocationId"),
    ("DescribeKeyPairs", "KeyNames", "keySet", "keyName"),
    ("DescribeKeyPairs", "KeyPairIds", "keyPairIdSet", "keyPairId"),
    ("DescribeAccountAttributes", "AttributeNames", "accountAttributeNameSet", "attributeName"),
];

const NEWER: [&str; 10] = [
    "AssociateIamInstanceProfile",
    "DescribeIamInstanceProfileAssociations",
    "DescribeInstanceCreditSpecifications",
    "DescribeInstanceTypeOfferings",
    "DescribeInstanceTypes",
    "DisassociateIamInstanceProfile",
    "GetInstanceMetadataDefaults",
    "ModifyInstanceMetadataDefaults",
    "ModifyInstanceMetadataOptions",
    "ReplaceIamInstanceProfileAssociation",
];

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

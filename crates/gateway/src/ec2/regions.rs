//! Regions and their zones.

use account::ServiceError;
use account::ec2::catalogue::{self, RegionEntry, Zone, ZoneKind};
use account::ec2::refusal::invalid_value;
use wire::{Structure, Value};

use super::filters::{describing, filters};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "DescribeAvailabilityZones",
        checks: |ask| describing(ask, "ec2:DescribeAvailabilityZones"),
        run: describe_zones,
    },
    Operation {
        name: "DescribeRegions",
        checks: |ask| describing(ask, "ec2:DescribeRegions"),
        run: describe_regions,
    },
];

/// All regions answer here, so `AllRegions` shows no more.
fn describe_regions(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<RegionEntry>(ask)?;
    let regions = catalogue::regions(ask.directory.partition(), ask.region);
    let names: Vec<&str> = ask.input.texts("RegionNames").collect();
    let is_region = |name: &&&str| !regions.iter().any(|entry| entry.name == **name);
    if let Some(unknown) = names.iter().find(is_region) {
        return Err(invalid_value(format!("Invalid region: [{}]", start(unknown))));
    }
    let wanted = |entry: &&RegionEntry| {
        (names.is_empty() || names.contains(&entry.name.as_str())) && filters.hold(*entry)
    };
    let shown: Vec<Value> = regions.iter().filter(wanted).map(region).collect();
    Ok(Structure::new().with("Regions", shown))
}

fn describe_zones(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<Zone>(ask)?;
    let zones = catalogue::zones(ask.region, ask.account.account_id());
    let named: Vec<&str> = ask.input.texts("ZoneNames").chain(ask.input.texts("ZoneIds")).collect();
    let is_named = |zone: &Zone| named.contains(&zone.name.as_str()) || named.contains(&zone.id.as_str());
    let unknown: Vec<&str> = named
        .iter()
        .filter(|name| !zones.iter().any(|zone| zone.name == **name || zone.id == **name))
        .map(|name| start(name))
        .collect();
    if !unknown.is_empty() {
        return Err(invalid_value(format!("Invalid availability zone: [{}]", unknown.join(", "))));
    }
    let all = ask.input.boolean("AllAvailabilityZones") == Some(true);
    let is_shown = |zone: &Zone| all || is_named(zone) || zone.kind == ZoneKind::AvailabilityZone;
    let wanted = |zone: &&Zone| (named.is_empty() || is_named(zone)) && is_shown(zone) && filters.hold(*zone);
    let shown: Vec<Value> = zones.iter().filter(wanted).map(zone).collect();
    Ok(Structure::new().with("AvailabilityZones", shown))
}

fn region(entry: &RegionEntry) -> Value {
    Structure::new()
        .with("OptInStatus", entry.opt_in_status())
        .with("Geography", vec![Structure::new().with("Name", entry.geography.as_str())])
        .with("RegionName", entry.name.as_str())
        .with("Endpoint", entry.endpoint.as_str())
        .into()
}

fn zone(zone: &Zone) -> Value {
    let parent = zone.parent.as_ref();
    Structure::new()
        .with("OptInStatus", zone.opt_in_status())
        .with("Messages", Vec::<Value>::new())
        .with("RegionName", zone.region.as_str())
        .with("ZoneName", zone.name.as_str())
        .with("ZoneId", zone.id.as_str())
        .with("GroupName", zone.group_name.as_str())
        .with("NetworkBorderGroup", zone.network_border_group.as_str())
        .with("ZoneType", zone.kind.as_str())
        .with("GroupLongName", zone.group_long_name.as_str())
        .with("Geography", vec![Structure::new().with("Name", zone.geography.as_str())])
        .with_some("ParentZoneName", parent.map(|(name, _)| name.as_str()))
        .with_some("ParentZoneId", parent.map(|(_, id)| id.as_str()))
        .with("State", "available")
        .into()
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;

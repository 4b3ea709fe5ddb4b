//! Regions and their zones: `regions.txt`, `local_zones.txt` (AWS General Reference, "Amazon EC2 endpoints"; AWS Local Zones user
//! guide, "Available Local Zones").
//!
//! Rule: a region that no table knows is one all the same, for new ones open: it has the zones a, b and c.

use types::{AccountId, Partition, Region};

use super::super::filter::Filtered;
use crate::identifier::zone_id;
use std::borrow::Cow;

/// A region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionEntry {
    pub name: String,
    /// Such as `ec2.us-east-1.amazonaws.com`.
    pub endpoint: String,
    /// Every region answers here: those that must be opted into are.
    pub must_opt_in: bool,
    /// A country.
    pub geography: String,
    /// Such as `US East (N. Virginia)`.
    pub long_name: String,
    /// The letters of its availability zones.
    letters: String,
}

/// A place within a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Such as `us-east-1a`.
    pub name: String,
    /// Such as `use1-az4`: which letter has which differs by account.
    pub id: String,
    pub kind: ZoneKind,
    pub region: String,
    /// Such as `us-east-1-zg-1`.
    pub group_name: String,
    pub group_long_name: String,
    pub network_border_group: String,
    pub geography: String,
    /// Name and id of the zone that a local zone depends on.
    pub parent: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneKind {
    AvailabilityZone,
    /// Nobody is opted in.
    LocalZone,
}

/// The regions of a partition in the order of their names, `here` among them.
pub fn regions(partition: Partition, here: &Region) -> Vec<RegionEntry> {
    let mut regions: Vec<RegionEntry> = table(REGIONS).filter_map(|line| entry(line, partition)).collect();
    if here.partition() == partition && !regions.iter().any(|entry| entry.name == here.as_str()) {
        regions.push(unknown(here));
        regions.sort_by(|one, other| one.name.cmp(&other.name));
    }
    regions
}

/// The zones of a region: availability zones, then local zones.
pub fn zones(region: &Region, account_id: AccountId) -> Vec<Zone> {
    let entry = table(REGIONS).find_map(|line| {
        let name = line.split(' ').nth(1);
        (name == Some(region.as_str())).then(|| entry(line, region.partition())).flatten()
    });
    let entry = entry.unwrap_or_else(|| unknown(region));
    let of_letter = |letter: char| availability_zone(&entry, region, letter, account_id);
    let mut zones: Vec<Zone> = entry.letters.chars().map(of_letter).collect();
    let parent = zones.first().map(|zone| (zone.name.clone(), zone.id.clone()));
    for line in table(LOCAL_ZONES).filter(|line| line.split(' ').next() == Some(region.as_str())) {
        zones.extend(local_zones(line, &entry, region, account_id, parent.as_ref()));
    }
    zones
}

impl RegionEntry {
    pub fn opt_in_status(&self) -> &'static str {
        if self.must_opt_in { "opted-in" } else { "opt-in-not-required" }
    }
}

impl Zone {
    pub fn opt_in_status(&self) -> &'static str {
        match self.kind {
            ZoneKind::AvailabilityZone => "opt-in-not-required",
            ZoneKind::LocalZone => "not-opted-in",
        }
    }
}

impl ZoneKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AvailabilityZone => "availability-zone",
            Self::LocalZone => "local-zone",
        }
    }
}

impl Filtered for RegionEntry {
    const FILTERS: &'static [&'static str] = &["endpoint", "opt-in-status", "region-name"];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let value = match name {
            "endpoint" => self.endpoint.as_str(),
            "opt-in-status" => self.opt_in_status(),
            _ => self.name.as_str(),
        };
        vec![value.into()]
    }
}

impl Filtered for Zone {
    const FILTERS: &'static [&'static str] = &[
        "group-long-name",
        "group-name",
        "message",
        "opt-in-status",
        "parent-zone-id",
        "parent-zone-name",
        "region-name",
        "state",
        "zone-id",
        "zone-name",
        "zone-type",
    ];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let value = match name {
            "group-long-name" => Some(self.group_long_name.as_str()),
            "group-name" => Some(self.group_name.as_str()),
            "opt-in-status" => Some(self.opt_in_status()),
            "parent-zone-id" => self.parent.as_ref().map(|(_, id)| id.as_str()),
            "parent-zone-name" => self.parent.as_ref().map(|(name, _)| name.as_str()),
            "region-name" => Some(self.region.as_str()),
            "state" => Some("available"),
            "zone-id" => Some(self.id.as_str()),
            "zone-name" => Some(self.name.as_str()),
            "zone-type" => Some(self.kind.as_str()),
            // There are no messages.
            _ => None,
        };
        value.into_iter().map(Into::into).collect()
    }
}

fn availability_zone(entry: &RegionEntry, region: &Region, letter: char, account_id: AccountId) -> Zone {
    let name = format!("{region}{letter}");
    Zone {
        id: zone_id(region, &name, account_id),
        name,
        kind: ZoneKind::AvailabilityZone,
        region: entry.name.clone(),
        group_name: format!("{region}-zg-1"),
        group_long_name: format!("{} 1", entry.long_name),
        network_border_group: entry.name.clone(),
        geography: entry.geography.clone(),
        parent: None,
    }
}

/// `region group letters place`
fn local_zones(
    line: &str,
    entry: &RegionEntry,
    region: &Region,
    account_id: AccountId,
    parent: Option<&(String, String)>,
) -> Vec<Zone> {
    let mut words = line.splitn(4, ' ').skip(1);
    let mut word = || words.next().unwrap_or_default();
    let (group, letters, place) = (word(), word(), word());
    let of_letter = |letter: char| {
        let name = format!("{group}{letter}");
        Zone {
            id: zone_id(region, &name, account_id),
            name,
            kind: ZoneKind::LocalZone,
            region: entry.name.clone(),
            group_name: group.to_owned(),
            group_long_name: place.to_owned(),
            network_border_group: group.to_owned(),
            geography: entry.geography.clone(),
            parent: parent.cloned(),
        }
    };
    letters.chars().map(of_letter).collect()
}

/// `partition region opt-in zones country | place`
fn entry(line: &str, partition: Partition) -> Option<RegionEntry> {
    let (head, long_name) = line.split_once(" | ")?;
    let mut words = head.splitn(5, ' ');
    if words.next()? != partition.as_str() {
        return None;
    }
    let (name, opt_in) = (words.next()?, words.next()?);
    Some(RegionEntry {
        name: name.to_owned(),
        endpoint: format!("ec2.{name}.{}", partition.dns_suffix()),
        must_opt_in: opt_in == "opt-in",
        letters: words.next()?.to_owned(),
        geography: words.next()?.to_owned(),
        long_name: long_name.to_owned(),
    })
}

fn unknown(region: &Region) -> RegionEntry {
    RegionEntry {
        name: region.to_string(),
        endpoint: format!("ec2.{region}.{}", region.partition().dns_suffix()),
        must_opt_in: true,
        letters: "abc".to_owned(),
        geography: region.to_string(),
        long_name: region.to_string(),
    }
}

fn table(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

const REGIONS: &str = include_str!("regions.txt");
const LOCAL_ZONES: &str = include_str!("local_zones.txt");

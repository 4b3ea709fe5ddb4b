//! `DescribeInstanceTypeOfferings`: where instance types are to be had.
//!
//! Rule: every type of the catalogue is to be had in every zone of a region; a launch finds no zone short of any.

use std::borrow::Cow;

use account::ServiceError;
use account::ec2::catalogue::{Zone, ZoneKind, instance_types, zones};
use account::ec2::filter::Filtered;
use account::ec2::page::PageLimits;
use account::ec2::refusal::invalid_value;
use wire::{Structure, Value};

use super::filters::{describing, filters, page};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeInstanceTypeOfferings",
    checks: |ask| describing(ask, "ec2:DescribeInstanceTypeOfferings"),
    run: describe,
}];

/// A type in a place.
struct Offering {
    instance_type: &'static str,
    location: String,
    /// Unique, and in order.
    place: String,
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<Offering>(ask)?;
    let page = page(ask, "DescribeInstanceTypeOfferings", LIMITS);
    let kind = ask.input.text("LocationType").unwrap_or("region");
    let locations = locations(ask, kind)?;
    let of = |name: &'static str| locations.iter().map(move |location| Offering::new(name, location));
    let all = instance_types().iter().flat_map(|kind| of(kind.name()));
    let mut found: Vec<Offering> = all.filter(|offering| filters.hold(offering)).collect();
    found.sort_by(|one, other| one.place.cmp(&other.place));
    let page = page.cut(found, |offering| &offering.place)?;
    let shown: Vec<Value> = page.items.iter().map(|offering| offering.shown(kind)).collect();
    Ok(Structure::new().with("InstanceTypeOfferings", shown).with_some("NextToken", page.next_token))
}

fn locations(ask: &Ask<'_>, kind: &str) -> Result<Vec<String>, ServiceError> {
    let zones = zones(ask.region, ask.account.account_id());
    let zones = zones.into_iter().filter(|zone| zone.kind == ZoneKind::AvailabilityZone);
    Ok(match kind {
        "region" => vec![ask.region.to_string()],
        "availability-zone" => zones.map(|zone: Zone| zone.name).collect(),
        "availability-zone-id" => zones.map(|zone: Zone| zone.id).collect(),
        "outpost" => Vec::new(),
        other => {
            let shown = &other[..other.floor_char_boundary(MAX_SHOWN)];
            return Err(invalid_value(format!("Invalid value '{shown}' for LocationType.")));
        }
    })
}

impl Offering {
    fn new(instance_type: &'static str, location: &str) -> Self {
        Self { instance_type, location: location.to_owned(), place: format!("{instance_type} {location}") }
    }

    fn shown(&self, kind: &str) -> Value {
        Structure::new()
            .with("InstanceType", self.instance_type)
            .with("LocationType", kind)
            .with("Location", self.location.as_str())
            .into()
    }
}

impl Filtered for Offering {
    const FILTERS: &'static [&'static str] = &["instance-type", "location"];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        vec![if name == "location" { self.location.as_str().into() } else { self.instance_type.into() }]
    }
}

const LIMITS: PageLimits = PageLimits { default: Some(1000), ..PageLimits::USUAL };

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;

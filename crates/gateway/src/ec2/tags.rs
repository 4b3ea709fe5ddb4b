//! Tags of whatever EC2 keeps for the account: `CreateTags`, `DeleteTags`, `DescribeTags`.
//!
//! Rule: nothing is changed before all of a request is known to be right. Tags of an instance, of its volumes and interfaces are in the
//! instance's record, and show in its metadata when the request is answered.

use std::borrow::Cow;
use std::collections::BTreeSet;

use account::directory::Tag;
use account::ec2::filter::{Filtered, Tags};
use account::ec2::page::PageLimits;
use account::ec2::refusal::missing_parameter;
use account::ec2::tag::{check, check_key};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::filters::{describing, filters, page};
use super::resource_check::{on, requested, tagged};
use super::tag_specifications::tags;
use super::tagged_resources::{Resource, Resources};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateTags", checks: |ask| tagging(ask, "ec2:CreateTags"), run: create },
    Operation { name: "DeleteTags", checks: |ask| tagging(ask, "ec2:DeleteTags"), run: delete },
    Operation { name: "DescribeTags", checks: |ask| describing(ask, "ec2:DescribeTags"), run: describe },
];

fn tagging(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let (ids, tags) = (ids(ask)?, tags(ask.input, "Tags"));
    let resources = Resources::with_ids(ask, &ids)?;
    let checks = ids.iter().map(|id| {
        let check = match resources.find(id) {
            Some(found) => tagged(on(ask, action, found.kind.as_str(), &found.name), &found.tags),
            None => on(ask, action, Resource::kind_of(id)?.as_str(), id),
        };
        Ok(requested(check, &tags))
    });
    checks.collect()
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let tags = tags(ask.input, "Tags");
    if tags.is_empty() {
        return Err(missing_parameter("Tag"));
    }
    check(&tags)?;
    let ids = ids(ask)?;
    let resources = Resources::with_ids(ask, &ids)?;
    let found = all_there(&resources, &ids)?;
    found.iter().try_for_each(|resource| resource.check_set(&tags))?;
    found.iter().try_for_each(|resource| resource.set(ask, &tags))?;
    Ok(Structure::new())
}

/// A tag that has no value is deleted whatever its value is; without any tags all are.
fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let text = |tag: &Structure, name| tag.text(name).map(str::to_owned);
    let given = ask.input.structures("Tags");
    let given: Vec<(String, Option<String>)> =
        given.map(|tag| (text(tag, "Key").unwrap_or_default(), text(tag, "Value"))).collect();
    given.iter().try_for_each(|(key, _)| check_key(key))?;
    let ids = ids(ask)?;
    let resources = Resources::with_ids(ask, &ids)?;
    let found = all_there(&resources, &ids)?;
    found.iter().try_for_each(|resource| resource.unset(ask, &given))?;
    Ok(Structure::new())
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters = filters::<Described>(ask)?;
    let page = page(ask, "DescribeTags", LIMITS);
    let resources = Resources::read(ask)?;
    let described =
        resources.all().flat_map(|resource| resource.tags.iter().map(|tag| Described::new(resource, tag)));
    let mut described: Vec<Described> = described.filter(|one| filters.hold(one)).collect();
    described.sort_by(|one, other| one.place.cmp(&other.place));
    let page = page.cut(described, |one| &one.place)?;
    let shown: Vec<Value> = page.items.iter().map(Described::shown).collect();
    Ok(Structure::new().with("Tags", shown).with_some("NextToken", page.next_token))
}

/// The ids of the request, each once.
fn ids<'a>(ask: &Ask<'a>) -> Result<BTreeSet<&'a str>, ServiceError> {
    let ids: Vec<&str> = ask.input.texts("Resources").collect();
    if ids.len() > MAX_RESOURCES {
        let text = format!("The maximum number of resources on a single call is {MAX_RESOURCES}");
        return Err(ServiceError::new("InvalidParameterValue", 400, text));
    }
    Ok(ids.into_iter().collect())
}

fn all_there<'a>(resources: &'a Resources, ids: &BTreeSet<&str>) -> Result<Vec<&'a Resource>, ServiceError> {
    ids.iter().map(|id| resources.find(id).ok_or_else(|| Resource::not_found(id))).collect()
}

/// A tag and what has it.
struct Described {
    resource_id: String,
    kind: &'static str,
    tag: Tag,
    /// Unique, and in order.
    place: String,
}

impl Described {
    fn new(resource: &Resource, tag: &Tag) -> Self {
        Self {
            resource_id: resource.id.clone(),
            kind: resource.kind.as_str(),
            tag: tag.clone(),
            place: format!("{}\0{}", resource.id, tag.key),
        }
    }

    fn shown(&self) -> Value {
        Structure::new()
            .with("Key", self.tag.key.as_str())
            .with("ResourceId", self.resource_id.as_str())
            .with("ResourceType", self.kind)
            .with("Value", self.tag.value.as_str())
            .into()
    }
}

impl Filtered for Described {
    const FILTERS: &'static [&'static str] = &["key", "resource-id", "resource-type", "tag", "value"];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let value = match name {
            "key" => self.tag.key.as_str(),
            "resource-id" => self.resource_id.as_str(),
            "resource-type" => self.kind,
            _ => self.tag.value.as_str(),
        };
        vec![value.into()]
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(std::slice::from_ref(&self.tag))
    }
}

/// Of one call.
const MAX_RESOURCES: usize = 1000;

/// The model has no bounds; its documentation has.
const LIMITS: PageLimits = PageLimits { least: 5, most: 1000, clamps: false, default: Some(1000) };

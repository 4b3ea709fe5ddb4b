//! What requests about policies are about: the policy, or the user, group or role that holds it; and what must be allowed.

use std::collections::BTreeMap;

use account::directory::{Directory, Tag};
use account::iam::page::PageRequest;
use account::iam::policy::{Holder, Managed, find, resource_arn};
use account::{Check, ServiceError};
use wire::Structure;

use crate::Ask;

/// A member that the model requires: it is there since the request was decoded.
pub(in crate::iam) fn text<'a>(ask: &Ask<'a>, member: &str) -> &'a str {
    ask.input.text(member).unwrap_or_default()
}

pub(in crate::iam) fn page<'a>(ask: &Ask<'a>) -> PageRequest<'a> {
    PageRequest { marker: ask.input.text("Marker"), max_items: ask.input.integer("MaxItems") }
}

/// `IsTruncated` and `Marker` behind what was listed.
pub(in crate::iam) fn listed(answer: Structure, marker: Option<String>) -> Structure {
    answer.with("IsTruncated", marker.is_some()).with_some("Marker", marker)
}

pub(super) fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    if items.is_empty() { None } else { Some(items) }
}

pub(in crate::iam) fn id_bytes(ask: &Ask<'_>) -> [u8; 10] {
    std::array::from_fn(|place| ask.random[place])
}

/// The user, group or role that the request names.
pub(in crate::iam) fn holder_named<'a>(ask: &Ask<'a>) -> Holder<'a> {
    if let Some(name) = ask.input.text("UserName") {
        return Holder::User(name);
    }
    match ask.input.text("GroupName") {
        Some(name) => Holder::Group(name),
        None => Holder::Role(text(ask, "RoleName")),
    }
}

/// `action` on the user, group or role, with its tags.
pub(in crate::iam) fn on_holder(ask: &Ask<'_>, action: &'static str) -> Check {
    on(ask, holder_named(ask), action)
}

/// The same for one that is named otherwise.
pub(in crate::iam) fn on(ask: &Ask<'_>, holder: Holder<'_>, action: &'static str) -> Check {
    let mut check = Check::new(action, holder.arn(ask.directory).to_string());
    resource_tags(&mut check, tags_of(ask.directory, holder));
    check
}

/// `action` on the policy that `PolicyArn` names, with its tags.
pub(in crate::iam) fn on_policy(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let arn = text(ask, "PolicyArn");
    let tags = match find(ask.directory, arn) {
        Ok(Some(Managed::Customer(policy))) => &policy.tags[..],
        _ => &[],
    };
    let check = |tags: Vec<&Tag>| {
        let mut check = Check::new(action, resource_arn(arn));
        resource_tags(&mut check, tags);
        check
    };
    Ok(apart(tags).into_iter().map(check).collect())
}

pub(in crate::iam) fn resource_tags<'a>(check: &mut Check, tags: impl IntoIterator<Item = &'a Tag>) {
    for tag in tags {
        check.context.set(&format!("iam:ResourceTag/{}", tag.key), tag.value.as_str());
        check.context.set(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
    }
}

/// `check` with the tags that the request gives a policy: one of each key, and the keys of all.
pub(super) fn with_request_tags(mut check: Check, tags: &[&Tag], all: &[Tag]) -> Check {
    for tag in tags {
        check.context.set(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str());
    }
    if !all.is_empty() {
        check.context.set_many("aws:TagKeys", all.iter().map(|tag| tag.key.clone()).collect());
    }
    check
}

/// The tags of a policy, parted so that no two keys of a part differ in case alone. A policy may have both, condition keys know no case:
/// each part is a check of its own, so that no value hides another from a condition.
pub(super) fn apart(tags: &[Tag]) -> Vec<Vec<&Tag>> {
    let mut by_key: BTreeMap<String, Vec<&Tag>> = BTreeMap::new();
    for tag in tags {
        by_key.entry(tag.key.to_ascii_lowercase()).or_default().push(tag);
    }
    let parts = by_key.values().map(Vec::len).max().unwrap_or(1);
    let part = |number: usize| by_key.values().map(|same| same[number.min(same.len() - 1)]).collect();
    (0..parts).map(part).collect()
}

/// Groups have no tags.
fn tags_of<'a>(directory: &'a Directory, holder: Holder<'_>) -> &'a [Tag] {
    match holder {
        Holder::User(name) => directory.users.get(name).map_or(&[], |user| &user.tags),
        Holder::Role(name) => directory.roles.get(name).map_or(&[], |role| &role.tags),
        Holder::Group(_) => &[],
    }
}

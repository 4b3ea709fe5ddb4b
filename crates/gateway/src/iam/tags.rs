//! Tags in requests, in checks and in answers.

use account::Check;
use account::directory::Tag;
use account::iam::page::Page;
use wire::{Structure, Value};

use super::listing;
use crate::Ask;

/// As asked for, in the order of the request.
pub(super) fn given(ask: &Ask<'_>) -> Vec<Tag> {
    let text = |tag: &Structure, name| tag.text(name).unwrap_or_default().to_owned();
    let tag = |tag| Tag { key: text(tag, "Key"), value: text(tag, "Value") };
    ask.input.structures("Tags").map(tag).collect()
}

/// `TagKeys`
pub(super) fn keys<'a>(ask: &Ask<'a>) -> Vec<&'a str> {
    ask.input.texts("TagKeys").collect()
}

/// The check, with what the request says of tags.
pub(super) fn requested(mut check: Check, tags: &[Tag]) -> Check {
    for tag in tags {
        check.context.set(&format!("aws:RequestTag/{}", tag.key), &*tag.value);
    }
    with_keys(check, tags.iter().map(|tag| tag.key.clone()).collect())
}

/// The check, with the keys that the request names.
pub(super) fn with_keys(check: Check, keys: Vec<String>) -> Check {
    if keys.is_empty() { check } else { check.with_many("aws:TagKeys", keys) }
}

/// To make something and to tag it are two actions, both of which must be allowed where there are tags.
pub(super) fn creation(check: Check, tagging: &'static str, tags: &[Tag]) -> Vec<Check> {
    let check = requested(check, tags);
    if tags.is_empty() {
        return vec![check];
    }
    let tagging = Check { action: tagging, ..check.clone() };
    vec![check, tagging]
}

/// `None` where there are none: AWS leaves the member out.
pub(super) fn shown(tags: &[Tag]) -> Option<Value> {
    (!tags.is_empty()).then(|| tags.iter().map(shown_one).collect::<Vec<_>>().into())
}

pub(super) fn shown_one(tag: &Tag) -> Value {
    Structure::new().with("Key", tag.key.as_str()).with("Value", tag.value.as_str()).into()
}

/// The answer of `ListUserTags` and its like.
pub(super) fn listed(page: &Page<&Tag>) -> Structure {
    listing::listed("Tags", page, |tag| shown_one(tag))
}

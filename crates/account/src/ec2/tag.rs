//! Tags of EC2's resources (EC2 user guide, "Tag your Amazon EC2 resources").
//!
//! Rule: keys differ by case; whoever changes tags checks them here first, so that all operations refuse in the same words.

use std::collections::{BTreeMap, HashSet};

use types::instance::{
    MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS, Switch, is_reserved_tag_key, is_servable_tag_key,
};

use super::refusal::invalid_value;
use crate::ServiceError;
use crate::directory::Tag;

/// Refuses tags that nobody may ask for.
///
/// # Errors
/// `InvalidParameterValue`, `TagLimitExceeded`
pub fn check(tags: &[Tag]) -> Result<(), ServiceError> {
    let mut seen = HashSet::new();
    for Tag { key, value } in tags {
        check_key(key)?;
        if value.chars().count() > MAX_TAG_VALUE {
            return Err(invalid_value(format!(
                "Tag value exceeds the maximum length of {MAX_TAG_VALUE} characters"
            )));
        }
        if !seen.insert(key) {
            return Err(invalid_value(format!("Duplicate tag key '{key}' specified.")));
        }
    }
    check_count(tags.len())
}

/// Refuses a key that is AWS's own, or none at all.
pub fn check_key(key: &str) -> Result<(), ServiceError> {
    if key.is_empty() {
        return Err(invalid_value("Tag key cannot be empty"));
    }
    if key.chars().count() > MAX_TAG_KEY {
        return Err(invalid_value(format!("Tag key exceeds the maximum length of {MAX_TAG_KEY} characters")));
    }
    if is_reserved_tag_key(key) {
        return Err(invalid_value(format!(
            "Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use"
        )));
    }
    Ok(())
}

/// Refuses a key that the metadata service cannot show while it shows tags.
pub fn check_servable(key: &str, shown: Switch) -> Result<(), ServiceError> {
    if !shown.is_enabled() || is_servable_tag_key(key) {
        return Ok(());
    }
    Err(invalid_value(format!(
        "'{key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{{1,255}}), and must not be a reserved \
         name ('.', '..', '_index')"
    )))
}

/// Adds tags, or gives those that are there new values.
///
/// # Errors
/// `TagLimitExceeded`
pub fn set(held: &mut BTreeMap<String, String>, tags: &[Tag]) -> Result<(), ServiceError> {
    held.extend(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
    // AWS's own tags do not count.
    check_count(held.keys().filter(|key| !is_reserved_tag_key(key)).count())
}

/// Takes tags away: those whose keys are named, and whose values where these are; all but AWS's own where nothing is named.
pub fn unset(held: &mut BTreeMap<String, String>, tags: &[(String, Option<String>)]) {
    let named = |key: &str, value: &str| {
        tags.iter()
            .any(|(named, wanted)| named == key && wanted.as_deref().is_none_or(|wanted| wanted == value))
    };
    held.retain(|key, value| if tags.is_empty() { is_reserved_tag_key(key) } else { !named(key, value) });
}

/// The same tags, as instances keep them.
pub fn map(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// The same tags, as the directory keeps them.
pub fn list(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

fn check_count(count: usize) -> Result<(), ServiceError> {
    if count <= MAX_TAGS {
        return Ok(());
    }
    let text = "The maximum number of Tags for a resource has been reached.";
    Err(ServiceError::new("TagLimitExceeded", 400, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn refusals_are_those_of_ec2() {
        let many: Vec<Tag> = (0..51).map(|number| tag(&number.to_string(), "")).collect();
        for (tags, code, start) in [
            (&[tag("", "")][..], "InvalidParameterValue", "Tag key cannot be empty"),
            (
                &[tag(&"k".repeat(129), "")],
                "InvalidParameterValue",
                "Tag key exceeds the maximum length of 128",
            ),
            (
                &[tag("k", &"v".repeat(257))],
                "InvalidParameterValue",
                "Tag value exceeds the maximum length of 256",
            ),
            (&[tag("AWS:x", "")], "InvalidParameterValue", "Value ( AWS:x ) for parameter key is invalid."),
            (&[tag("k", "a"), tag("k", "b")], "InvalidParameterValue", "Duplicate tag key 'k' specified."),
            (&many, "TagLimitExceeded", "The maximum number of Tags"),
        ] {
            let refused = check(tags).unwrap_err();
            assert_eq!((&*refused.code, refused.message.starts_with(start)), (code, true), "{refused}");
        }
        check(&[tag("k", ""), tag("K", &"ä".repeat(256)), tag(&"ä".repeat(128), "")]).unwrap();
        check(&many[..50]).unwrap();
        check_servable("a b", Switch::Disabled).unwrap();
        assert!(
            check_servable("a b", Switch::Enabled).unwrap_err().message.starts_with("'a b' is not a valid")
        );
    }

    #[test]
    fn tags_are_set_and_unset_by_key_and_value() {
        let mut held = map(&[tag("a", "1"), tag("b", "2"), tag("aws:x", "3")]);
        set(&mut held, &[tag("a", "new"), tag("c", "")]).unwrap();
        unset(
            &mut held,
            &[("a".to_owned(), Some("1".to_owned())), ("b".to_owned(), None), ("none".to_owned(), None)],
        );
        assert_eq!(list(&held), [tag("a", "new"), tag("aws:x", "3"), tag("c", "")]);
        unset(&mut held, &[]);
        assert_eq!(list(&held), [tag("aws:x", "3")]);
        let fifty: Vec<Tag> = (0..50).map(|number| tag(&number.to_string(), "")).collect();
        set(&mut held, &fifty).unwrap();
        set(&mut held, &fifty[..3]).unwrap();
        assert_eq!(&*set(&mut held, &[tag("more", "")]).unwrap_err().code, "TagLimitExceeded");
    }
}

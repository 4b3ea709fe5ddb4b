//! Tags of entities (IAM User Guide, "Rules for tagging in IAM and AWS STS").
//!
//! Rule: keys are unique ignoring case and keep the case in which they were last given; `aws:` in front is AWS's own.

use std::collections::HashSet;

use super::quota::Quota;
use super::refusal;
use crate::ServiceError;
use crate::directory::Tag;

/// Checks the tags of a new entity.
pub fn checked(tags: Vec<Tag>, quota: Quota) -> Result<Vec<Tag>, ServiceError> {
    let mut held = Vec::new();
    set(&mut held, tags, quota)?;
    Ok(held)
}

/// Adds tags, or takes the places of those with the same keys.
pub fn set(held: &mut Vec<Tag>, tags: Vec<Tag>, quota: Quota) -> Result<(), ServiceError> {
    check(&tags)?;
    let fresh = tags.iter().filter(|tag| !held.iter().any(|other| same(&other.key, &tag.key))).count();
    quota.hold(held.len() + fresh)?;
    for tag in tags {
        match held.iter_mut().find(|other| same(&other.key, &tag.key)) {
            Some(other) => *other = tag,
            None => held.push(tag),
        }
    }
    held.sort_by_cached_key(|tag| tag.key.to_ascii_lowercase());
    Ok(())
}

/// Takes tags away. Keys that are not there are fine.
pub fn unset(held: &mut Vec<Tag>, keys: &[impl AsRef<str>]) {
    held.retain(|tag| !keys.iter().any(|key| same(&tag.key, key.as_ref())));
}

fn check(tags: &[Tag]) -> Result<(), ServiceError> {
    if tags.len() > MAX_TAGS {
        return Err(refusal::validation_error(format!(
            "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to \
             {MAX_TAGS}"
        )));
    }
    let mut seen = HashSet::new();
    if !tags.iter().all(|tag| seen.insert(tag.key.to_lowercase())) {
        return Err(refusal::invalid_input(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ));
    }
    if tags.iter().any(|tag| tag.key.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"))) {
        return Err(refusal::invalid_input(
            "Caller is not an internal service and cannot create tags that start with aws:",
        ));
    }
    Ok(())
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
}

/// In one request.
const MAX_TAGS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::quota::TAGS_PER_USER;

    fn tags(text: &[(&str, &str)]) -> Vec<Tag> {
        text.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect()
    }

    #[test]
    fn same_key_in_another_case_is_the_same_tag() {
        let mut held = checked(tags(&[("Team", "a"), ("cost", "1")]), TAGS_PER_USER).unwrap();
        set(&mut held, tags(&[("TEAM", "b"), ("aw", "")]), TAGS_PER_USER).unwrap();
        assert_eq!(held, tags(&[("aw", ""), ("cost", "1"), ("TEAM", "b")]));
        unset(&mut held, &["team", "none"]);
        assert_eq!(held, tags(&[("aw", ""), ("cost", "1")]));
    }

    #[test]
    fn refusals_are_in_words() {
        let many: Vec<(String, String)> = (0..51).map(|number| (number.to_string(), String::new())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(key, value)| (&**key, &**value)).collect();
        for (given, code, start) in [
            (&[("a", ""), ("A", "")][..], "InvalidInput", "Duplicate tag keys found. Please note"),
            (&[("AWS:x", "")], "InvalidInput", "Caller is not an internal service"),
            (&many, "ValidationError", "1 validation error detected: Value at 'tags'"),
        ] {
            let refused = checked(tags(given), TAGS_PER_USER).unwrap_err();
            assert_eq!((&*refused.code, refused.message.starts_with(start)), (code, true), "{refused}");
        }
        let mut held = checked(tags(&many[..50]), TAGS_PER_USER).unwrap();
        set(&mut held, tags(&[("7", "again")]), TAGS_PER_USER).unwrap();
        let refused = set(&mut held, tags(&[("more", "")]), TAGS_PER_USER).unwrap_err();
        assert_eq!(refused.message, "Cannot exceed quota for TagsPerUser: 50");
        assert_eq!(held.len(), 50);
    }
}

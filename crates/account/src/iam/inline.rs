//! Inline policies of users, groups and roles.
//!
//! Rule: names are told apart ignoring case; the first spelling is the one that lists show (captured by stackd, 2026-09).

use super::policy::{Holder, identity_document, size};
use super::refusal;
use crate::ServiceError;
use crate::directory::{Directory, PolicyText};

/// `PutUserPolicy`, `PutGroupPolicy`, `PutRolePolicy`: a new policy, or another text for the one with this name.
pub fn put(
    directory: &mut Directory,
    holder: Holder<'_>,
    policy_name: &str,
    text: &str,
) -> Result<(), ServiceError> {
    holder.find(directory)?;
    let document = identity_document(text)?;
    let inline = holder.change(directory)?.inline;
    let held = spelled(inline.keys(), policy_name);
    let others: usize = inline
        .iter()
        .filter(|(name, _)| Some(*name) != held.as_ref())
        .map(|(_, held)| size(held.text()))
        .sum();
    if others + size(text) > holder.inline_size() {
        return Err(refusal::limit_exceeded(format!(
            "Maximum policy size of {} bytes exceeded for {} {}",
            holder.inline_size(),
            holder.kind(),
            holder.name()
        )));
    }
    inline.insert(held.unwrap_or_else(|| policy_name.to_owned()), document);
    Ok(())
}

/// `GetUserPolicy` and its like.
pub fn get<'a>(
    directory: &'a Directory,
    holder: Holder<'_>,
    policy_name: &str,
) -> Result<&'a PolicyText, ServiceError> {
    let inline = holder.find(directory)?.inline;
    let name = spelled(inline.keys(), policy_name);
    name.and_then(|name| inline.get(&name)).ok_or_else(|| missing(holder, policy_name))
}

/// `DeleteUserPolicy` and its like.
pub fn delete(directory: &mut Directory, holder: Holder<'_>, policy_name: &str) -> Result<(), ServiceError> {
    let inline = holder.change(directory)?.inline;
    let name = spelled(inline.keys(), policy_name).ok_or_else(|| missing(holder, policy_name))?;
    inline.remove(&name);
    Ok(())
}

/// `ListUserPolicies` and its like: in the order of their names in lower case.
pub fn names<'a>(directory: &'a Directory, holder: Holder<'_>) -> Result<Vec<&'a str>, ServiceError> {
    let mut names: Vec<&str> = holder.find(directory)?.inline.keys().map(String::as_str).collect();
    names.sort_by_key(|name| name.to_ascii_lowercase());
    Ok(names)
}

/// The name as it is kept.
fn spelled<'a>(names: impl IntoIterator<Item = &'a String>, asked: &str) -> Option<String> {
    names.into_iter().find(|name| name.eq_ignore_ascii_case(asked)).cloned()
}

fn missing(holder: Holder<'_>, policy_name: &str) -> ServiceError {
    let kind = holder.kind();
    refusal::no_such_entity(format!("The {kind} policy with name {policy_name} cannot be found."))
}

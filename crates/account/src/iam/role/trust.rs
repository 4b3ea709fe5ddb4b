//! Trust by unique id: who is named in a trust policy is that very entity, not whoever bears its name later (facts/account.md
//! section 2.1).
//!
//! Rule: names are looked up when the policy is written, and held by the unique ids that they had then. A policy is shown with
//! today's ARN of each entity; one that is gone or was made anew stands there as its unique id, which nobody has any more.

use std::borrow::Cow;
use std::collections::BTreeMap;

use policy::Policy;
use policy::document::{PrincipalElement, PrincipalSet};
use types::UniqueId;

use super::principal::{Named, named};
use super::{refusal, rewrite};
use crate::ServiceError;
use crate::directory::{Directory, Role};

/// The unique ids that a policy's principals stand for now. Refuses what names nobody of this account; other accounts are not
/// known here, and are taken at their word.
pub(crate) fn pins(
    directory: &Directory,
    policy: &Policy,
) -> Result<BTreeMap<String, UniqueId>, ServiceError> {
    let mut pins = BTreeMap::new();
    for statement in &policy.document().statements {
        let Some(PrincipalElement::Only(set) | PrincipalElement::Not(set)) = &statement.principal else {
            continue;
        };
        pin(directory, set, &mut pins)?;
    }
    Ok(pins)
}

/// The trust policy's text as AWS shows it.
pub fn shown_trust<'a>(directory: &Directory, role: &'a Role) -> Cow<'a, str> {
    shown(directory, role.assume_role_policy_document.text(), &role.trusted_ids)
}

/// The text of a policy that names principals, those of `ids` as they are called today.
pub(crate) fn shown<'a>(
    directory: &Directory,
    text: &'a str,
    ids: &BTreeMap<String, UniqueId>,
) -> Cow<'a, str> {
    let changed = changed(directory, ids);
    let shown = |principal: &str| match changed.get(principal) {
        Some(today) => Some(today.clone()),
        // AWS keeps an account's number as the ARN of its root user.
        None => principal.parse().ok().map(|account| root(directory, account)),
    };
    rewrite::principals(text, &shown)
}

/// What stands today for the principals that no longer are what they were.
fn changed(directory: &Directory, ids: &BTreeMap<String, UniqueId>) -> BTreeMap<String, String> {
    let now = ids.iter().map(|(text, id)| (text, today(directory, text, id)));
    now.filter(|(text, now)| *text != now).map(|(text, now)| (text.clone(), now.into_owned())).collect()
}

fn today<'a>(directory: &Directory, text: &'a str, id: &UniqueId) -> Cow<'a, str> {
    match named(text, directory.partition()) {
        Some(Named::User { name, .. })
            if directory
                .users
                .get(name)
                .is_some_and(|user| user.user_id == *id && user.arn.as_str() == text) =>
        {
            Cow::Borrowed(text)
        }
        Some(Named::Role { name, .. }) if is_role(directory, name, id) => Cow::Borrowed(text),
        Some(Named::RoleSession { role, .. }) if is_role(directory, role, id) => Cow::Borrowed(text),
        Some(Named::RoleSession { session, .. }) => Cow::Owned(format!("{id}:{session}")),
        _ => Cow::Owned(arn_of(directory, id).unwrap_or_else(|| id.to_string())),
    }
}

fn pin(
    directory: &Directory,
    set: &PrincipalSet,
    pins: &mut BTreeMap<String, UniqueId>,
) -> Result<(), ServiceError> {
    for text in &set.aws {
        let invalid = || invalid("AWS", text);
        let id = match named(text, directory.partition()).ok_or_else(invalid)? {
            Named::Account | Named::FederatedUser => continue,
            Named::User { account, .. }
            | Named::Role { account, .. }
            | Named::RoleSession { account, .. }
                if account != directory.account_id() =>
            {
                continue;
            }
            Named::UniqueId(id) => arn_of(directory, &id.to_owned().into()).map(|_| id.to_owned().into()),
            Named::User { name, .. } => {
                let user = directory.users.get(name).filter(|user| user.arn.as_str() == text);
                user.map(|user| user.user_id.clone())
            }
            Named::Role { name, .. } => {
                let role = directory.roles.get(name).filter(|role| role.arn.as_str() == text);
                role.map(|role| role.role_id.clone())
            }
            Named::RoleSession { role, .. } => {
                let role = directory.roles.get(role).filter(|held| held.role_name == role);
                role.map(|role| role.role_id.clone())
            }
        };
        pins.insert(text.clone(), id.ok_or_else(invalid)?);
    }
    match set.service.iter().find(|name| !is_service(name)) {
        Some(name) => Err(invalid("SERVICE", name)),
        None => Ok(()),
    }
}

fn invalid(kind: &str, text: &str) -> ServiceError {
    refusal::malformed_policy(format!("Invalid principal in policy: \"{kind}\":\"{text}\""))
}

fn is_role(directory: &Directory, name: &str, id: &UniqueId) -> bool {
    directory.roles.get(name).is_some_and(|role| role.role_id == *id)
}

/// Only for entities that were renamed or are gone: it looks at all.
fn arn_of(directory: &Directory, id: &UniqueId) -> Option<String> {
    let user = directory.users.iter().find(|user| user.user_id == *id).map(|user| user.arn.to_string());
    user.or_else(|| {
        let role = directory.roles.iter().find(|role| role.role_id == *id)?;
        Some(role.arn.to_string())
    })
}

fn root(directory: &Directory, account: types::AccountId) -> String {
    types::Arn::iam(directory.partition(), account, "root").to_string()
}

/// Services are told by the domains that AWS gives them; which of them exist, AWS does not publish.
fn is_service(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    let domain = SERVICE_DOMAINS
        .iter()
        .any(|domain| name.strip_suffix(domain).is_some_and(|head| head.len() > 1 && head.ends_with('.')));
    domain && name.bytes().all(plain)
}

const SERVICE_DOMAINS: [&str; 7] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "aws.internal",
    "amazon.com",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
];

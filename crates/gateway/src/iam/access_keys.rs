//! Access keys.
//!
//! Rule: a secret leaves the account once, in the answer that makes the key.

use account::directory::AccessKey;
use account::iam::access_key;
use account::{Check, ServiceError};
use wire::Structure;

use super::listing::{listed, page};
use super::resource::{ROOT, owner, owner_check};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateAccessKey", checks: |ask| on_owner(ask, "iam:CreateAccessKey"), run: create },
    Operation { name: "DeleteAccessKey", checks: |ask| on_owner(ask, "iam:DeleteAccessKey"), run: delete },
    Operation { name: "GetAccessKeyLastUsed", checks: on_owner_of_key, run: last_used },
    Operation { name: "ListAccessKeys", checks: |ask| on_owner(ask, "iam:ListAccessKeys"), run: list },
    Operation { name: "UpdateAccessKey", checks: |ask| on_owner(ask, "iam:UpdateAccessKey"), run: update },
];

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let owner = owner(ask)?;
    let made = ask.account.change(|directory| access_key::create(directory, owner, ask.now, ask.random))?;
    let secret = made.secret_access_key.expose().as_str();
    Ok(Structure::new().with("AccessKey", shown(&made).with("SecretAccessKey", secret)))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = access_key::list(ask.directory, owner(ask)?, &page(ask))?;
    Ok(listed("AccessKeyMetadata", &page, |key| shown(key).into()))
}

fn update(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (owner, status) = (owner(ask)?, ask.input.text("Status").unwrap_or_default());
    ask.account.change(|directory| access_key::update(directory, owner, key_id(ask), status))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let owner = owner(ask)?;
    ask.account.change(|directory| access_key::delete(directory, owner, key_id(ask)))?;
    Ok(Structure::new())
}

/// A key that was never used, as far as is known, has `N/A` for service and region, and no date.
fn last_used(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let found = access_key::last_use(ask.directory, ask.account.uses(), key_id(ask))?;
    let last = found.last.as_deref();
    let used = Structure::new()
        .with_some("LastUsedDate", last.map(|last| last.at))
        .with("ServiceName", last.map_or(UNKNOWN, |last| &last.service))
        .with("Region", last.map_or(UNKNOWN, |last| &last.region));
    let user_name = found.user_name.as_deref().unwrap_or(ROOT);
    Ok(Structure::new().with("UserName", user_name).with("AccessKeyLastUsed", used))
}

fn on_owner(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![owner_check(ask.directory, action, owner(ask)?)])
}

/// Whose a key is, is found out by asking; a key of nobody here is named as AWS does, which only `*` allows.
fn on_owner_of_key(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let action = "iam:GetAccessKeyLastUsed";
    Ok(vec![match ask.directory.access_keys.get(key_id(ask)) {
        Some(key) => owner_check(ask.directory, action, key.user_name.as_deref()),
        None => Check::new(action, format!("access key {}", key_id(ask))),
    }])
}

fn key_id<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("AccessKeyId").unwrap_or_default()
}

fn shown(key: &AccessKey) -> Structure {
    Structure::new()
        .with("UserName", key.user_name.as_deref().unwrap_or(ROOT))
        .with("AccessKeyId", key.access_key_id.as_str())
        .with("Status", key.status.as_str())
        .with("CreateDate", key.create_date)
}

const UNKNOWN: &str = "N/A";

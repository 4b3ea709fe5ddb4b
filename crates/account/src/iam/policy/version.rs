//! Versions of managed policies: at most five, of which one is the default.

use types::Timestamp;

use super::super::refusal;
use super::{Managed, ManagedVersion, document, find, managed};
use crate::ServiceError;
use crate::directory::{Directory, ManagedPolicy, PolicyVersion};

/// `CreatePolicyVersion`: the new version's number, and whether it is the default now.
pub fn create_version(
    directory: &mut Directory,
    arn: &str,
    text: &str,
    set_as_default: bool,
    now: Timestamp,
) -> Result<u32, ServiceError> {
    let document = document::managed_document(text)?;
    let policy = own_policy(directory, arn, || not_attachable(arn))?;
    if policy.versions.len() >= MAX_VERSIONS {
        return Err(refusal::limit_exceeded(TOO_MANY_VERSIONS));
    }
    let now = now.trunc_secs();
    policy.last_version += 1;
    policy.update_date = now;
    let number = policy.last_version;
    policy.versions.insert(number, PolicyVersion { document, create_date: now });
    if set_as_default {
        policy.default_version = number;
    }
    Ok(number)
}

/// `GetPolicyVersion`.
pub fn version<'a>(
    directory: &'a Directory,
    arn: &str,
    version_id: &str,
) -> Result<ManagedVersion<'a>, ServiceError> {
    let versions = find(directory, arn)?.map(Managed::versions).unwrap_or_default();
    let number = version_number(version_id);
    let found = versions.into_iter().find(|version| Some(version.number) == number);
    found.ok_or_else(|| no_version(arn, version_id))
}

/// `ListPolicyVersions`: the newest first.
pub fn versions<'a>(directory: &'a Directory, arn: &str) -> Result<Vec<ManagedVersion<'a>>, ServiceError> {
    find(directory, arn)?.map(Managed::versions).ok_or_else(|| not_attachable(arn))
}

/// `SetDefaultPolicyVersion`.
pub fn set_default_version(
    directory: &mut Directory,
    arn: &str,
    version_id: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let policy = own_policy(directory, arn, || no_version(arn, version_id))?;
    let number = held_version(policy, arn, version_id)?;
    policy.default_version = number;
    policy.update_date = now.trunc_secs();
    Ok(())
}

/// `DeletePolicyVersion`: not the default one.
pub fn delete_version(
    directory: &mut Directory,
    arn: &str,
    version_id: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let policy = own_policy(directory, arn, || no_version(arn, version_id))?;
    let number = held_version(policy, arn, version_id)?;
    if number == policy.default_version {
        return Err(super::conflict("Cannot delete the default version of a policy."));
    }
    policy.versions.remove(&number);
    policy.update_date = now.trunc_secs();
    Ok(())
}

/// The number in `v5`; `None` where it can be none of a version.
pub fn version_number(version_id: &str) -> Option<u32> {
    version_id.strip_prefix('v')?.parse().ok()
}

/// The account's own policy for changing; `missing` is the refusal where there is none.
fn own_policy<'a>(
    directory: &'a mut Directory,
    arn: &str,
    missing: impl Fn() -> ServiceError,
) -> Result<&'a mut ManagedPolicy, ServiceError> {
    let name = match find(directory, arn)? {
        Some(Managed::Customer(policy)) => policy.policy_name.clone(),
        Some(Managed::Aws(_)) => return Err(managed::not_the_accounts_own(arn)),
        None => return Err(missing()),
    };
    directory.policies.get_mut(&name).ok_or_else(missing)
}

fn held_version(policy: &ManagedPolicy, arn: &str, version_id: &str) -> Result<u32, ServiceError> {
    let number = version_number(version_id).filter(|number| policy.versions.contains_key(number));
    number.ok_or_else(|| no_version(arn, version_id))
}

fn not_attachable(arn: &str) -> ServiceError {
    refusal::no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

fn no_version(arn: &str, version_id: &str) -> ServiceError {
    refusal::no_such_entity(format!("Policy {arn} version {version_id} does not exist or is not attachable."))
}

const MAX_VERSIONS: usize = 5;
const TOO_MANY_VERSIONS: &str = "A managed policy can have up to 5 versions. Before you create a new version, you \
                                 must delete an existing version.";

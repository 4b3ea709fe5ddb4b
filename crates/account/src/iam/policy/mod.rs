//! Managed policies: made, read, listed and removed (IAM API reference; captures of stackd and LocalStack for texts and order).
//!
//! Rule: who uses a policy is counted from the entities, never kept beside them, so that counts cannot drift.

mod document;
mod holder;
mod list;
mod managed;
mod usage;
mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use types::{Timestamp, UniqueId};

use super::{quota, refusal};
use crate::ServiceError;
use crate::directory::{Directory, ManagedPolicy, PolicyVersion, Tag};

pub(super) use document::{INVALID_ARN, identity_document, size};
pub use holder::{Held, HeldMut, Holder};
pub use list::{ListPolicies, PolicyScope, list};
pub use managed::{Managed, ManagedVersion, find, policy_arn, resource_arn};
pub use usage::{PolicyUse, Usage, UsageFilter};
pub use version::{create_version, delete_version, set_default_version, version, version_number, versions};

/// What `CreatePolicy` is given.
#[derive(Clone, Debug)]
pub struct CreatePolicy<'a> {
    pub policy_name: &'a str,
    /// `/` where it is missing.
    pub path: Option<&'a str>,
    pub document: &'a str,
    pub description: Option<&'a str>,
    pub tags: Vec<Tag>,
}

/// `random` becomes the policy's unique id.
pub fn create(
    directory: &mut Directory,
    request: CreatePolicy<'_>,
    now: Timestamp,
    random: [u8; 10],
) -> Result<Arc<ManagedPolicy>, ServiceError> {
    let document = document::managed_document(request.document)?;
    distinct_keys(&request.tags)?;
    let name = request.policy_name;
    if directory.policies.contains(name) {
        let text = format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(ServiceError::new("EntityAlreadyExists", 409, text));
    }
    quota::POLICIES.of(directory).admit(directory.policies.len())?;
    let path = request.path.unwrap_or("/");
    let now = now.trunc_secs();
    let policy = ManagedPolicy {
        policy_name: name.to_owned(),
        path: path.to_owned(),
        policy_id: UniqueId::managed_policy(directory.account_id(), random),
        arn: directory.arn("policy", path, name),
        create_date: now,
        update_date: now,
        description: request.description.filter(|text| !text.is_empty()).map(str::to_owned),
        tags: request.tags,
        last_version: 1,
        default_version: 1,
        versions: BTreeMap::from([(1, PolicyVersion { document, create_date: now })]),
    };
    Ok(directory.policies.insert(policy))
}

/// `GetPolicy`.
pub fn get<'a>(directory: &'a Directory, arn: &str) -> Result<Managed<'a>, ServiceError> {
    find(directory, arn)?.ok_or_else(|| refusal::no_such_entity(format!("Policy {arn} was not found.")))
}

/// `DeletePolicy`: one that nobody uses and that has no version but the default one.
pub fn delete(directory: &mut Directory, arn: &str) -> Result<(), ServiceError> {
    let name = match get(directory, arn)? {
        Managed::Customer(policy) => policy.policy_name.clone(),
        Managed::Aws(_) => return Err(managed::not_the_accounts_own(arn)),
    };
    if !Usage::of_policy(directory, arn).is_unused() {
        return Err(conflict("Cannot delete a policy attached to entities."));
    }
    if directory.policies.get(&name).is_some_and(|policy| policy.versions.len() > 1) {
        return Err(conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's \
             versions. The default version is deleted with the policy.",
        ));
    }
    directory.policies.remove(&name);
    Ok(())
}

/// Tags of policies tell keys apart by case, unlike those of users and roles (captured by LocalStack, 2026-02).
fn distinct_keys(tags: &[Tag]) -> Result<(), ServiceError> {
    let mut keys: Vec<&str> = tags.iter().map(|tag| tag.key.as_str()).collect();
    keys.sort_unstable();
    let count = keys.len();
    keys.dedup();
    if keys.len() == count { Ok(()) } else { Err(refusal::invalid_input("Duplicate tag keys found.")) }
}

fn conflict(text: &str) -> ServiceError {
    ServiceError::new("DeleteConflict", 409, text)
}

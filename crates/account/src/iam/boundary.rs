//! Permissions boundaries of users and roles.

use types::Arn;

use super::policy::{Holder, find, policy_arn};
use super::refusal;
use crate::ServiceError;
use crate::directory::{Boundary, Directory};

/// A policy that may bound a user or a role; also for `CreateUser` and `CreateRole`.
pub fn boundary(directory: &Directory, arn: &str) -> Result<Boundary, ServiceError> {
    policy_arn(arn).map_err(|_| refusal::invalid_input(format!("ARN {arn} is not valid.")))?;
    let missing =
        || refusal::no_such_entity(format!("Scope ARN: {arn} does not exist or is not attachable."));
    let policy = find(directory, arn)?.filter(|policy| policy.is_attachable()).ok_or_else(missing)?;
    Ok(Boundary(policy.arn().clone()))
}

/// `PutUserPermissionsBoundary`, `PutRolePermissionsBoundary`.
pub fn put(directory: &mut Directory, holder: Holder<'_>, arn: &str) -> Result<(), ServiceError> {
    holder.find(directory)?;
    let bound = boundary(directory, arn)?;
    if let Some(held) = holder.change(directory)?.boundary {
        *held = Some(bound);
    }
    Ok(())
}

/// `DeleteUserPermissionsBoundary`, `DeleteRolePermissionsBoundary`.
pub fn delete(directory: &mut Directory, holder: Holder<'_>) -> Result<(), ServiceError> {
    let held = holder.change(directory)?.boundary.and_then(Option::take);
    held.map(|_| ()).ok_or_else(|| {
        refusal::no_such_entity(format!(
            "The {} with name {} does not have a permissions boundary.",
            holder.kind(),
            holder.name()
        ))
    })
}

/// The value of `iam:PermissionsBoundary`: of the one that a request sets, or of the one that is there.
pub fn condition_value<'a>(
    directory: &'a Directory,
    holder: Holder<'_>,
    asked: Option<&'a str>,
) -> Option<&'a str> {
    let held = || holder.find(directory).ok()?.boundary.map(|boundary| Arn::as_str(&boundary.0));
    asked.or_else(held)
}

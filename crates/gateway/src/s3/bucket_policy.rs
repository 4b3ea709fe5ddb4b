//! Policies of buckets.

use account::s3::policy;
use account::{Check, ServiceError};
use wire::Structure;

use super::permission::{asked_bucket, bucket_name, on_bucket};
use super::{blocked, body};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "GetBucketPolicy", checks: |ask| on_own(ask, "s3:GetBucketPolicy"), run: get },
    Operation { name: "PutBucketPolicy", checks: |ask| on_own(ask, "s3:PutBucketPolicy"), run: put },
    Operation { name: "DeleteBucketPolicy", checks: |ask| on_own(ask, "s3:DeleteBucketPolicy"), run: delete },
    Operation {
        name: "GetBucketPolicyStatus",
        checks: |ask| on_bucket(ask, "s3:GetBucketPolicyStatus"),
        run: status,
    },
];

/// Policies are for the owner's account alone, whatever they say themselves.
fn on_own(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let account = ask.caller.account_id();
    if account.is_some_and(|account| account != ask.directory.account_id()) {
        asked_bucket(ask)?;
        let message = "The specified method is not allowed against this resource.";
        return Err(ServiceError::new("MethodNotAllowed", 405, message));
    }
    on_bucket(ask, action)
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let policy = policy::shown(ask.directory, asked_bucket(ask)?)?;
    Ok(Structure::new().with("Policy", policy.into_owned()))
}

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    let text = ask.input.text("Policy").unwrap_or_default();
    let blocked = || blocked::policy(ask, bucket_name(ask));
    ask.account.change(|directory| policy::put(directory, bucket_name(ask), text, blocked))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| policy::delete(directory, bucket_name(ask)))?;
    Ok(Structure::new())
}

fn status(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let is_public = policy::is_public(asked_bucket(ask)?)?;
    Ok(Structure::new().with("PolicyStatus", Structure::new().with("IsPublic", is_public)))
}

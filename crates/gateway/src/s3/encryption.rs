//! How objects are encrypted at rest: as S3 does by itself, which a bucket of this account cannot change.

use account::ServiceError;
use wire::{Structure, Value};

use super::permission::{asked_bucket, on_bucket};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "GetBucketEncryption",
    checks: |ask| on_bucket(ask, "s3:GetEncryptionConfiguration"),
    run: get,
}];

/// New buckets take no keys of customers since April 2026 (S3 User Guide, "Default SSE-C setting for new buckets").
fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    let types: Vec<Value> = vec![Value::String("SSE-C".to_owned())];
    let rule = Structure::new()
        .with("ApplyServerSideEncryptionByDefault", Structure::new().with("SSEAlgorithm", "AES256"))
        .with("BucketKeyEnabled", false)
        .with("BlockedEncryptionTypes", Structure::new().with("EncryptionType", types));
    let rules: Vec<Value> = vec![rule.into()];
    Ok(Structure::new().with("ServerSideEncryptionConfiguration", Structure::new().with("Rules", rules)))
}

//! Whose the objects in a bucket are, and whether access control lists count.

use account::ServiceError;
use account::directory::ObjectOwnership;
use account::s3::{refusal, settings};
use wire::{Structure, Value};

use super::body;
use super::permission::{asked_bucket, bucket_name, on_bucket};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetBucketOwnershipControls",
        checks: |ask| on_bucket(ask, "s3:GetBucketOwnershipControls"),
        run: get,
    },
    Operation {
        name: "PutBucketOwnershipControls",
        checks: |ask| on_bucket(ask, "s3:PutBucketOwnershipControls"),
        run: put,
    },
    Operation {
        name: "DeleteBucketOwnershipControls",
        checks: |ask| on_bucket(ask, "s3:PutBucketOwnershipControls"),
        run: delete,
    },
];

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let ownership = settings::object_ownership(asked_bucket(ask)?)?.as_str();
    let rules: Vec<Value> = vec![Structure::new().with("ObjectOwnership", ownership).into()];
    Ok(Structure::new().with("OwnershipControls", Structure::new().with("Rules", rules)))
}

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    let controls = ask.input.structure("OwnershipControls").ok_or_else(refusal::malformed_xml)?;
    let rules: Vec<&Structure> = controls.structures("Rules").collect();
    let [rule] = rules[..] else { return Err(refusal::malformed_xml()) };
    let ownership = rule.text("ObjectOwnership").and_then(ObjectOwnership::named);
    let ownership = ownership.ok_or_else(refusal::malformed_xml)?;
    ask.account.change(|directory| settings::put_object_ownership(directory, bucket_name(ask), ownership))?;
    Ok(Structure::new())
}

/// Lists count from then on, as where nothing was ever set.
fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| settings::delete_object_ownership(directory, bucket_name(ask)))?;
    Ok(Structure::new())
}

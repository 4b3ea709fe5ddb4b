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
];

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let ownership = asked_bucket(ask)?.object_ownership.as_str();
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

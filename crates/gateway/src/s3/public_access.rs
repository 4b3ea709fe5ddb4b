//! What of public access a bucket keeps out.

use account::ServiceError;
use account::directory::PublicAccessBlock;
use account::s3::{refusal, settings};
use wire::Structure;

use super::body;
use super::permission::{asked_bucket, bucket_name, on_bucket};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetPublicAccessBlock",
        checks: |ask| on_bucket(ask, "s3:GetBucketPublicAccessBlock"),
        run: get,
    },
    Operation {
        name: "PutPublicAccessBlock",
        checks: |ask| on_bucket(ask, "s3:PutBucketPublicAccessBlock"),
        run: put,
    },
    Operation {
        name: "DeletePublicAccessBlock",
        checks: |ask| on_bucket(ask, "s3:PutBucketPublicAccessBlock"),
        run: delete,
    },
];

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let block = settings::public_access_block(asked_bucket(ask)?)?;
    let shown = Structure::new()
        .with("BlockPublicAcls", block.block_public_acls)
        .with("IgnorePublicAcls", block.ignore_public_acls)
        .with("BlockPublicPolicy", block.block_public_policy)
        .with("RestrictPublicBuckets", block.restrict_public_buckets);
    Ok(Structure::new().with("PublicAccessBlockConfiguration", shown))
}

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    let given = ask.input.structure("PublicAccessBlockConfiguration").filter(|given| !given.is_empty());
    let given = given.ok_or_else(refusal::malformed_xml)?;
    let is = |member: &str| given.boolean(member).unwrap_or_default();
    let block = PublicAccessBlock {
        block_public_acls: is("BlockPublicAcls"),
        ignore_public_acls: is("IgnorePublicAcls"),
        block_public_policy: is("BlockPublicPolicy"),
        restrict_public_buckets: is("RestrictPublicBuckets"),
    };
    set(ask, Some(block))
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    set(ask, None)
}

fn set(ask: &Ask<'_>, block: Option<PublicAccessBlock>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| settings::put_public_access_block(directory, bucket_name(ask), block))?;
    Ok(Structure::new())
}

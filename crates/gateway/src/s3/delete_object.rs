//! DeleteObject.

use account::ServiceError;
use account::s3::refusal;
use objects::{ObjectError, RemoveCondition};
use wire::Structure;

use super::{answered, attributes, permission, refused, version};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "DeleteObject", checks: permission::delete_object, run: delete }];

/// That there is none is fine, unless something is required of it.
fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let input = ask.input;
    attributes::check_built(input)?;
    version::check(ask)?;
    if input.boolean("BypassGovernanceRetention").is_some() {
        let message = "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.";
        return Err(refusal::invalid_argument("x-amz-bypass-governance-retention", None, message));
    }
    let etag = input.text("IfMatch").map(str::to_owned);
    let condition = RemoveCondition { etag };
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    match ask.objects.remove(bucket, key, &condition) {
        Ok(_) => Ok(Structure::new()),
        Err(ObjectError::NoSuchBucket) => Err(refusal::no_such_bucket(bucket)),
        Err(error) => Err(answered::about_key(refused::objects(error), key)),
    }
}

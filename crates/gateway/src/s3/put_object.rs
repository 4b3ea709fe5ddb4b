//! PutObject, and what all that makes an object of a body has in common.

use account::ServiceError;
use account::s3::bucket;
use objects::{Body, ChecksumAlgorithm, Draft, NewObject, Object, ObjectError, PutCondition};
use wire::Structure;

use super::promise::Promise;
use super::{Intake, answered, attributes, conditions, permission, promise, refused};
use crate::Ask;

pub(crate) const INTAKES: &[Intake] = &[
    Intake { name: "PutObject", checks: permission::put_object, open, close },
    super::multipart::UPLOAD_PART,
];

/// Of a form, whose body comes without a length of its own.
pub(crate) const POSTING: Intake =
    Intake { name: "PutObject", checks: permission::put_object, open: open_form, close };

/// Whatever can be refused before the body is read; and the checksum that is kept.
fn open(ask: &Ask<'_>, promise: &Promise) -> Result<ChecksumAlgorithm, ServiceError> {
    check_size(ask, promise)?;
    open_form(ask, promise)
}

fn open_form(ask: &Ask<'_>, promise: &Promise) -> Result<ChecksumAlgorithm, ServiceError> {
    attributes::check_built(ask.input)?;
    attributes::check_key(permission::key(ask))?;
    attributes::read(ask, bucket::find(ask.directory, permission::bucket_name(ask))?)?;
    conditions::of_write(ask.input)?;
    Ok(promise.algorithm().unwrap_or(ChecksumAlgorithm::Crc64Nvme))
}

/// A body's beginning, for the bucket that the sender was let into.
pub(crate) fn draft(ask: &Ask<'_>, checksums: &[ChecksumAlgorithm]) -> Result<Draft, ServiceError> {
    let bucket = permission::bucket_name(ask);
    let draft = ask.objects.draft_for(bucket, checksums);
    draft.map_err(|error| refusal(error, bucket, permission::key(ask), &PutCondition::default()))
}

fn close(ask: &Ask<'_>, body: Body, kept: ChecksumAlgorithm) -> Result<Structure, ServiceError> {
    let object = put(ask, body, kept)?;
    Ok(said(&object))
}

/// Puts the object that the request describes.
pub(super) fn put(ask: &Ask<'_>, body: Body, kept: ChecksumAlgorithm) -> Result<Object, ServiceError> {
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let attributes = attributes::read(ask, bucket::find(ask.directory, bucket)?)?;
    let condition = conditions::of_write(ask.input)?;
    let new = NewObject { attributes, checksum: Some(kept), condition: condition.clone() };
    let put = ask.objects.put(bucket, key, body, new, ask.now);
    put.map_err(|error| refusal(error, bucket, key, &condition))
}

/// ETag, checksum and encryption: in heads.
pub(super) fn said(object: &Object) -> Structure {
    let mut output = Structure::new()
        .with("ETag", answered::quoted(&object.etag))
        .with("ServerSideEncryption", answered::ENCRYPTION);
    if let Some(checksum) = &object.checksum {
        answered::checksum(&mut output, checksum);
    }
    output
}

/// That a body is framed, and not longer than one request may bring.
pub(super) fn check_size(ask: &Ask<'_>, promise: &Promise) -> Result<(), ServiceError> {
    promise::check_framing(ask.headers, promise)?;
    let most = ask.objects.limits().most_body;
    match promise.length {
        Some(length) if length > most => Err(refused::too_large(length, most)),
        _ => Ok(()),
    }
}

/// With what the request knows of it.
pub(super) fn refusal(error: ObjectError, bucket: &str, key: &str, condition: &PutCondition) -> ServiceError {
    let is_conflict = matches!(error, ObjectError::ConditionalRequestConflict);
    let refused = match error {
        ObjectError::NoSuchBucket => return account::s3::refusal::no_such_bucket(bucket),
        other => refused::objects(other),
    };
    if is_conflict {
        let named = if condition.absent { "If-None-Match" } else { "If-Match" };
        return refused.with_extra("Condition", named).with_extra("Key", key);
    }
    answered::about_key(refused, key)
}

//! What policies may know of an object that is there, and how it is changed.

use account::ServiceError;
use account::s3::refusal;
use objects::{Attributes, Object, ObjectError};

use super::permission::missing_key;
use super::refused;
use crate::Ask;

/// The object; none where it is not there, whose bucket may be gone as well.
pub(super) fn find(ask: &Ask<'_>, bucket: &str, key: &str) -> Result<Option<Object>, ServiceError> {
    match ask.objects.head(bucket, key) {
        Ok(object) => Ok(Some(object)),
        Err(ObjectError::NoSuchKey | ObjectError::NoSuchBucket | ObjectError::KeyTooLong { .. }) => Ok(None),
        Err(error) => Err(failed(bucket, error)),
    }
}

/// Changes what is said of an object that must be there.
pub(super) fn update(
    ask: &Ask<'_>,
    bucket: &str,
    key: &str,
    mut edit: impl FnMut(&mut Attributes),
) -> Result<Object, ServiceError> {
    let edit = |attributes: &mut Attributes| -> Result<(), ObjectError> {
        edit(attributes);
        Ok(())
    };
    match ask.objects.update(bucket, key, edit) {
        Ok(object) => Ok(object),
        Err(ObjectError::NoSuchKey | ObjectError::KeyTooLong { .. }) => Err(missing_key(ask, bucket, key)),
        Err(error) => Err(failed(bucket, error)),
    }
}

/// In S3's words, of which bucket.
pub(super) fn failed(bucket: &str, error: ObjectError) -> ServiceError {
    match error {
        ObjectError::NoSuchBucket => refusal::no_such_bucket(bucket),
        error => refused::objects(error),
    }
}

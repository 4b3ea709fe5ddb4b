//! What policies may know of an object that is there, and how it is changed.

use account::ServiceError;
use account::s3::refusal;
use objects::{Attributes, Object, ObjectError};

use super::permission::missing_key;
use super::refused;
use crate::Ask;

/// The object; none where it is not there, whose bucket may be gone as well.
pub(super) fn find(ask: &Ask<'_>, bucket: &str, key: &str) -> Result<Option<Object>, ServiceError> {
    there(bucket, ask.objects.head(bucket, key))
}

/// What was found; none where it is not there, whose bucket may be gone as well.
pub(super) fn there<T>(bucket: &str, found: Result<T, ObjectError>) -> Result<Option<T>, ServiceError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(ObjectError::NoSuchKey | ObjectError::NoSuchBucket | ObjectError::KeyTooLong { .. }) => Ok(None),
        Err(error) => Err(failed(bucket, error)),
    }
}

/// Why a change was not made.
enum UpdateError {
    Object(ObjectError),
    Refused(ServiceError),
}

impl From<ObjectError> for UpdateError {
    fn from(error: ObjectError) -> Self {
        Self::Object(error)
    }
}

/// Changes what is said of an object that must be there, unless `edit` refuses it as it is: the newest, each time it is asked.
pub(super) fn update(
    ask: &Ask<'_>,
    bucket: &str,
    key: &str,
    mut edit: impl FnMut(&mut Attributes) -> Result<(), ServiceError>,
) -> Result<Object, ServiceError> {
    let edit = |attributes: &mut Attributes| edit(attributes).map_err(UpdateError::Refused);
    ask.objects.update(bucket, key, edit).map_err(|error| match error {
        UpdateError::Refused(refusal) => refusal,
        UpdateError::Object(ObjectError::NoSuchKey | ObjectError::KeyTooLong { .. }) => {
            missing_key(ask, bucket, key)
        }
        UpdateError::Object(error) => failed(bucket, error),
    })
}

/// In S3's words, of which bucket.
pub(super) fn failed(bucket: &str, error: ObjectError) -> ServiceError {
    match error {
        ObjectError::NoSuchBucket => refusal::no_such_bucket(bucket),
        error => refused::objects(error),
    }
}

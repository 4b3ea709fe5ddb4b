//! What policies may know of an object that is there, and how trouble with objects is told.

use account::ServiceError;
use account::s3::refusal;
use objects::{Attributes, Object, ObjectError};

use super::permission::missing_key;
use crate::Ask;

/// The object; none where it is not there, whose bucket may be gone as well.
pub(super) fn find(ask: &Ask<'_>, bucket: &str, key: &str) -> Result<Option<Object>, ServiceError> {
    match ask.objects.head(bucket, key) {
        Ok(object) => Ok(Some(object)),
        Err(ObjectError::NoSuchKey | ObjectError::NoSuchBucket | ObjectError::KeyTooLong { .. }) => Ok(None),
        Err(error) => Err(failed(bucket, &error)),
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
        Err(error) => Err(failed(bucket, &error)),
    }
}

/// What a caller is told of trouble that no request is at fault for.
pub(super) fn failed(bucket: &str, error: &ObjectError) -> ServiceError {
    match error {
        ObjectError::NoSuchBucket => refusal::no_such_bucket(bucket),
        ObjectError::Contended(_) => {
            let message = "A conflicting conditional operation is currently in progress against this resource. Please try again.";
            ServiceError::new("OperationAborted", 409, message)
        }
        error => {
            let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
            let inside = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
            let message = "We encountered an internal error. Please try again.";
            ServiceError::new("InternalError", 500, message).with_inside(inside)
        }
    }
}

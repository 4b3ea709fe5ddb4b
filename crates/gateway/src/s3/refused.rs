//! What S3 says where objects cannot be had as asked (suites/aws-recorded/errors.json; S3 API Reference, "Error responses").

use account::ServiceError;
use account::s3::refusal;
use objects::ObjectError;

/// In S3's words, as far as they follow from the error alone: whoever knows key or upload says more before.
pub(crate) fn objects(error: ObjectError) -> ServiceError {
    match error {
        ObjectError::NoSuchBucket => {
            ServiceError::new("NoSuchBucket", 404, "The specified bucket does not exist")
        }
        ObjectError::BucketNotEmpty => {
            ServiceError::new("BucketNotEmpty", 409, "The bucket you tried to delete is not empty")
        }
        ObjectError::NoSuchKey => ServiceError::new("NoSuchKey", 404, "The specified key does not exist."),
        ObjectError::KeyTooLong { length, most } => {
            ServiceError::new("KeyTooLongError", 400, "Your key is too long")
                .with_extra("Size", length.to_string())
                .with_extra("MaxSizeAllowed", most.to_string())
        }
        ObjectError::PreconditionFailed(condition) => precondition(condition),
        ObjectError::ConditionalRequestConflict => {
            let message = "The conditional request cannot succeed due to a conflicting operation against this resource.";
            ServiceError::new("ConditionalRequestConflict", 409, message)
        }
        ObjectError::EntityTooLarge { limit, proposed } => too_large(proposed, limit),
        ObjectError::NoSuchUpload => ServiceError::new("NoSuchUpload", 404, NO_SUCH_UPLOAD),
        ObjectError::PartNumber(number) => part_number(&number.to_string()),
        ObjectError::InvalidPart { number, etag } => {
            let error = ServiceError::new("InvalidPart", 400, INVALID_PART);
            let error = match etag {
                Some(etag) => error.with_extra("ETag", etag),
                None => error,
            };
            error.with_extra("PartNumber", number.to_string())
        }
        ObjectError::InvalidPartOrder => {
            let message =
                "The list of parts was not in ascending order. Parts must be ordered by part number.";
            ServiceError::new("InvalidPartOrder", 400, message)
        }
        ObjectError::NoParts => refusal::invalid_request("You must specify at least one part"),
        ObjectError::EntityTooSmall { number, etag, size, least } => {
            let message = "Your proposed upload is smaller than the minimum allowed size";
            ServiceError::new("EntityTooSmall", 400, message)
                .with_extra("ETag", etag)
                .with_extra("MinSizeAllowed", least.to_string())
                .with_extra("PartNumber", number.to_string())
                .with_extra("ProposedSize", size.to_string())
        }
        ObjectError::Contended(_) => ServiceError::new(
            "OperationAborted",
            409,
            "A conflicting conditional operation is currently in progress against this resource. Try again.",
        ),
        // S3 has one answer to whoever comes while it can take no more, and clients try again.
        ObjectError::File(error) if error.is_out_of_files() => {
            ServiceError::new("SlowDown", 503, "Please reduce your request rate.")
                .with_inside(format!("no file descriptor is left; raise the limit of open files: {error}"))
        }
        other => internal(other.to_string()),
    }
}

pub(crate) fn precondition(condition: &str) -> ServiceError {
    let message = "At least one of the pre-conditions you specified did not hold";
    ServiceError::new("PreconditionFailed", 412, message).with_extra("Condition", condition)
}

pub(crate) fn too_large(proposed: u64, most: u64) -> ServiceError {
    ServiceError::new("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
        .with_extra("ProposedSize", proposed.to_string())
        .with_extra("MaxSizeAllowed", most.to_string())
}

pub(crate) fn part_number(sent: &str) -> ServiceError {
    let message = "Part number must be an integer between 1 and 10000, inclusive";
    refusal::invalid_argument("partNumber", Some(sent), message)
}

/// The server's own fault: `inside` is for its log.
pub(crate) fn internal(inside: impl Into<String>) -> ServiceError {
    ServiceError::new("InternalError", 500, "We encountered an internal error. Please try again.")
        .with_inside(inside)
}

const NO_SUCH_UPLOAD: &str = "The specified upload does not exist. The upload ID may be invalid, or the upload may have \
                              been aborted or completed.";

const INVALID_PART: &str = "One or more of the specified parts could not be found.  The part may not have been \
                            uploaded, or the specified entity tag may not match the part's entity tag.";

//! What S3 says of buckets, in its own words (suites/aws-recorded/errors.json; where none was recorded, its API reference).

use crate::ServiceError;

pub fn no_such_bucket(name: &str) -> ServiceError {
    ServiceError::new("NoSuchBucket", 404, "The specified bucket does not exist")
        .with_extra("BucketName", name)
}

pub fn invalid_bucket_name(name: &str) -> ServiceError {
    ServiceError::new("InvalidBucketName", 400, "The specified bucket is not valid.")
        .with_extra("BucketName", name)
}

pub fn access_denied() -> ServiceError {
    ServiceError::new("AccessDenied", 403, "Access Denied")
}

/// Something of a bucket that was never set.
pub fn not_set(code: &'static str, message: &'static str, bucket: &str) -> ServiceError {
    ServiceError::new(code, 404, message).with_extra("BucketName", bucket)
}

pub fn invalid_argument(name: &str, value: Option<&str>, message: impl Into<String>) -> ServiceError {
    let error = ServiceError::new("InvalidArgument", 400, message).with_extra("ArgumentName", name);
    match value {
        Some(value) => error.with_extra("ArgumentValue", value),
        None => error,
    }
}

pub fn invalid_request(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidRequest", 400, message)
}

pub fn malformed_xml() -> ServiceError {
    ServiceError::new("MalformedXML", 400, SCHEMA)
}

pub fn malformed_policy(message: impl Into<String>) -> ServiceError {
    ServiceError::new("MalformedPolicy", 400, message)
}

/// A header asks for what is not built. Nothing that a client may rely on is passed over in silence.
pub fn not_implemented(header: &str) -> ServiceError {
    ServiceError::new(
        "NotImplemented",
        501,
        "A header you provided implies functionality that is not implemented",
    )
    .with_extra("Header", header)
}

pub(super) const SCHEMA: &str =
    "The XML you provided was not well-formed or did not validate against our published schema";

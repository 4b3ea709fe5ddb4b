//! Versions of objects: there is one of each, and it is called `null`.

use account::ServiceError;
use account::s3::refusal;

use super::permission::key;
use crate::Ask;

/// The only version id in a bucket without versioning.
pub(crate) const NULL: &str = "null";

/// Refuses a request for another version than that which is there.
pub(crate) fn check(ask: &Ask<'_>) -> Result<(), ServiceError> {
    let Some(version) = ask.input.text("VersionId").filter(|version| *version != NULL) else { return Ok(()) };
    if is_well_formed(version) { Err(no_such_version(key(ask), version)) } else { Err(invalid(version)) }
}

/// S3 makes them of 32 letters, digits, dots and underscores.
fn is_well_formed(version: &str) -> bool {
    version.len() == 32
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
}

fn no_such_version(key: &str, version: &str) -> ServiceError {
    let error = ServiceError::new("NoSuchVersion", 404, "The specified version does not exist.");
    error.with_extra("Key", key).with_extra("VersionId", version)
}

fn invalid(version: &str) -> ServiceError {
    refusal::invalid_argument("versionId", Some(version), "Invalid version id specified")
}

/// The same for one of the keys of DeleteObjects.
pub(super) fn check_one(key: &str, version: Option<&str>) -> Result<(), ServiceError> {
    match version.filter(|version| *version != NULL) {
        None => Ok(()),
        Some(version) if is_well_formed(version) => Err(no_such_version(key, version)),
        Some(version) => Err(invalid(version)),
    }
}

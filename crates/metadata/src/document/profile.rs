//! `iam/info` (facts/imds.md section 2.1; IAM User Guide, "Troubleshoot IAM and Amazon EC2").

use bytes::Bytes;
use types::Timestamp;

use super::{HELP, object::Object};
use crate::Profile;

/// `iam/info` in each of its states, all served with status 200: profile and role in place, profile without a role
/// (`Success` with a `Message`), profile deleted while attached (`InstanceProfileNotFound`).
///
/// The guide names codes and the beginning of the messages; no capture of the two failures is public. Their members stand
/// in the order of the credentials' error document: `Code`, `Message`, `LastUpdated`.
pub fn profile_info(profile: &Profile, last_updated: Timestamp) -> Bytes {
    if !profile.exists {
        let message = format!("Instance Profile with id {} cannot be found. {HELP}", profile.id);
        return super::credentials_error("InstanceProfileNotFound", &message, last_updated);
    }
    let mut object = Object::new().string("Code", "Success");
    if profile.role.is_none() {
        object = object.string("Message", &format!("Instance Profile does not contain a role. {HELP}"));
    }
    object
        .string("LastUpdated", &last_updated.iso8601())
        .string("InstanceProfileArn", profile.arn.as_str())
        .string("InstanceProfileId", profile.id.as_str())
        .finish()
        .into()
}

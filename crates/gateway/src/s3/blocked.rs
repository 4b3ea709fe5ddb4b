//! What is said of public policies and lists where they are kept out: texts as callers of AWS quote them.

use account::ServiceError;
use account::s3::refusal;

use crate::Ask;

pub(super) fn policy(ask: &Ask<'_>, bucket: &str) -> ServiceError {
    denied(ask, "s3:PutBucketPolicy", bucket, "policies", "BlockPublicPolicy")
}

/// `action` is that which sets the list; `resource` a bucket, or bucket and key.
pub(super) fn acl(ask: &Ask<'_>, action: &str, resource: &str) -> ServiceError {
    denied(ask, action, resource, "access control lists (ACLs)", "BlockPublicAcls")
}

fn denied(ask: &Ask<'_>, action: &str, resource: &str, what: &str, setting: &str) -> ServiceError {
    let Some(arn) = ask.caller.arn() else { return refusal::access_denied() };
    let partition = ask.directory.partition().as_str();
    let message = format!(
        "User: {arn} is not authorized to perform: {action} on resource: \"arn:{partition}:s3:::{resource}\" because public {what} \
         are blocked by the {setting} block public access setting."
    );
    ServiceError::new("AccessDenied", 403, message)
}

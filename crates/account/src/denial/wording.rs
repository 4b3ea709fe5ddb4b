//! A denial in the words of the service that was asked (facts/account.md section 2.7).
//!
//! Beside the facts, public transcripts of 2021 to 2026 show two things. STS says of AssumeRole, TagSession and SetSourceIdentity no
//! reason where nothing allows them. IAM names what is there by its kind and name (`role build`), what is to be made by its ARN, and
//! policies by `policy` and what the request named them by.

use super::DenialRecord;
use crate::ServiceError;

pub(super) fn error(record: &DenialRecord) -> ServiceError {
    let message = match record.service.as_str() {
        "s3" => s3(record),
        "ec2" => {
            format!("You are not authorized to perform this operation. {}.", plain(record, &record.resource))
        }
        "iam" => plain(record, &iam_resource(record)),
        _ => plain(record, &record.resource),
    };
    match record.service.as_str() {
        "ec2" => ServiceError::new("UnauthorizedOperation", 403, message),
        "s3" | "iam" | "sts" => ServiceError::new("AccessDenied", 403, message),
        _ => ServiceError::new("AccessDeniedException", 400, message),
    }
}

/// Whether AWS's own service says the encoded message.
pub(super) fn always_encodes(service: &str) -> bool {
    service == "ec2"
}

pub(super) fn append(message: &mut String, encoded: &str) {
    if !message.ends_with('.') {
        message.push('.');
    }
    message.push_str(" Encoded authorization failure message: ");
    message.push_str(encoded);
}

fn plain(record: &DenialRecord, resource: &str) -> String {
    let DenialRecord { action, reason, .. } = record;
    let Some(arn) = &record.principal_arn else { return format!("Not authorized to perform {action}") };
    let head = format!("User: {arn} is not authorized to perform: {action} on resource: {resource}");
    if says_no_reason(record) { head } else { format!("{head} {reason}") }
}

/// To strangers S3 says no more than no, not even sealed.
pub(super) fn is_for_stranger(record: &DenialRecord) -> bool {
    record.service == "s3" && (record.is_cross_account || record.principal_arn.is_none())
}

fn s3(record: &DenialRecord) -> String {
    if is_for_stranger(record) {
        return "Access Denied".to_owned();
    }
    plain(record, &format!("\"{}\"", record.resource))
}

fn says_no_reason(record: &DenialRecord) -> bool {
    let becoming = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    !record.explicit_deny && becoming.contains(&&*record.action)
}

fn iam_resource(record: &DenialRecord) -> String {
    let resource = record.resource.as_str();
    if record.action == "iam:ListPolicies" {
        return "policy path /".to_owned();
    }
    let Some((kind, name)) = resource.split(':').nth(5).and_then(|named| named.split_once('/')) else {
        return resource.to_owned();
    };
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.is_empty() || NAMED_BY_ARN.contains(&&*record.action) {
        return resource.to_owned();
    }
    match kind {
        "user" | "role" | "group" => format!("{kind} {last}"),
        "instance-profile" => format!("instance profile {last}"),
        "policy" if record.action == "iam:CreatePolicy" => format!("policy {last}"),
        "policy" => format!("policy {resource}"),
        _ => resource.to_owned(),
    }
}

/// What is to be made, or is handed to a service.
const NAMED_BY_ARN: [&str; 6] = [
    "iam:CreateGroup",
    "iam:CreateInstanceProfile",
    "iam:CreateRole",
    "iam:CreateServiceLinkedRole",
    "iam:CreateUser",
    "iam:PassRole",
];

//! What S3's operations ask to be allowed: actions, resources and condition keys.
//!
//! Rule: what is asked follows from the operation that was routed and from what it was given, never from what is there; but that a
//! bucket is there is no secret, and the tags of an object are its policy keys. Sources: Service Authorization Reference, "Actions,
//! resources, and condition keys for Amazon S3"; S3 API Reference, "Permissions" of each operation.

use std::sync::Arc;

use account::directory::{Bucket, Tag};
use account::s3::acl::Acl;
use account::s3::{bucket, refusal, tag};
use account::{Check, ServiceError};
use types::AccountId;

use super::source::CopySource;
use super::stored;
use crate::Ask;

type Checks = Result<Vec<Check>, ServiceError>;

/// The bucket that is asked, if its owner is who he is expected to be.
pub(crate) fn asked_bucket<'a>(ask: &Ask<'a>) -> Result<&'a Arc<Bucket>, ServiceError> {
    let found = bucket::find(ask.directory, bucket_name(ask))?;
    expect_owner(ask, "ExpectedBucketOwner")?;
    Ok(found)
}

/// One action on the bucket that is asked.
pub(crate) fn on_bucket(ask: &Ask<'_>, action: &'static str) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![bucket_check(ask, action, bucket_name(ask))])
}

/// One action on the object that is asked.
pub(crate) fn on_object(ask: &Ask<'_>, action: &'static str) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![existing_check(ask, action, bucket_name(ask), key(ask))?])
}

/// GetObject and HeadObject.
pub(crate) fn get_object(ask: &Ask<'_>) -> Checks {
    let checks = on_object(ask, versioned(ask, "s3:GetObject", "s3:GetObjectVersion"))?;
    checks.first().map_or(Ok(()), |check| tell_missing(ask, check))?;
    Ok(checks)
}

/// A key without an object has no list either: whom the bucket's own list lets read, which is to list keys, is told that it is not
/// there, as far as policies do not deny it. Nobody is allowed anything by this: the object might be there the next moment.
fn tell_missing(ask: &Ask<'_>, check: &Check) -> Result<(), ServiceError> {
    let bucket = asked_bucket(ask)?;
    let Some(acl) = bucket.acl.as_ref().filter(|_| bucket.has_acls()) else { return Ok(()) };
    if stored::find(ask, bucket_name(ask), key(ask))?.is_some() {
        return Ok(());
    }
    let as_bucket = Check { acl: Some(Arc::new(acl.clone())), ..check.clone() };
    match ask.authorise(&as_bucket) {
        Ok(()) => Err(missing_key(ask, bucket_name(ask), key(ask))),
        Err(_) => Ok(()),
    }
}

/// Whether an answer tells how many tags the object has: to those who may read them.
pub(crate) fn may_count_tags(ask: &Ask<'_>) -> Result<bool, ServiceError> {
    let action = versioned(ask, "s3:GetObjectTagging", "s3:GetObjectVersionTagging");
    let checks = on_object(ask, action)?;
    Ok(checks.iter().all(|check| ask.may(check)))
}

/// GetObjectAttributes
pub(crate) fn get_object_attributes(ask: &Ask<'_>) -> Checks {
    let mut checks = get_object(ask)?;
    let action = versioned(ask, "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes");
    checks.extend(on_object(ask, action)?);
    Ok(checks)
}

/// PutObject, and uploads by a form: `creates` an object in one step.
pub(crate) fn put_object(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    writing(ask, bucket_name(ask), key(ask), true)
}

/// CreateMultipartUpload
pub(crate) fn create_upload(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    writing(ask, bucket_name(ask), key(ask), false)
}

/// UploadPart
pub(crate) fn upload_part(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![created(put_check(ask, bucket_name(ask), key(ask)), false)])
}

/// CompleteMultipartUpload
pub(crate) fn complete_upload(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![created(put_check(ask, bucket_name(ask), key(ask)), true)])
}

pub(crate) fn abort_upload(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![object_check(ask, "s3:AbortMultipartUpload", bucket_name(ask), key(ask))])
}

pub(crate) fn list_parts(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![object_check(ask, "s3:ListMultipartUploadParts", bucket_name(ask), key(ask))])
}

/// CopyObject: both sides. Tags that go along are read there and written here.
pub(crate) fn copy_object(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    let source = CopySource::of(ask)?;
    let mut checks = reading_source(ask, &source)?;
    let mut writes = writing(ask, bucket_name(ask), key(ask), true)?;
    let replaces = ask.input.text("TaggingDirective") == Some("REPLACE");
    let tags = if replaces { Vec::new() } else { source_tags(ask, &source)? };
    if !tags.is_empty() {
        checks.push(existing_check(ask, "s3:GetObjectTagging", &source.bucket, &source.key)?);
        let tagging = put_object_check(ask, "s3:PutObjectTagging", bucket_name(ask), key(ask));
        writes.push(with_request_tags(tagging, &tags));
    }
    checks.append(&mut writes);
    Ok(checks)
}

/// UploadPartCopy
pub(crate) fn upload_part_copy(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    let mut checks = reading_source(ask, &CopySource::of(ask)?)?;
    checks.append(&mut upload_part(ask)?);
    Ok(checks)
}

/// DeleteObject
pub(crate) fn delete_object(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    let version = ask.input.text("VersionId");
    Ok(vec![delete_check(ask, key(ask), version)])
}

/// One key of DeleteObjects, or the key of DeleteObject.
pub(crate) fn delete_check(ask: &Ask<'_>, key: &str, version: Option<&str>) -> Check {
    let action = if version.is_some() { "s3:DeleteObjectVersion" } else { "s3:DeleteObject" };
    let check = object_check(ask, action, bucket_name(ask), key);
    match version {
        Some(version) => check.with("s3:VersionId", version),
        None => check,
    }
}

/// What is said of a key that is not there: that it is not, to those who may list the bucket.
pub(crate) fn missing_key(ask: &Ask<'_>, bucket: &str, key: &str) -> ServiceError {
    let list = bucket_check(ask, "s3:ListBucket", bucket);
    let missing =
        || ServiceError::new("NoSuchKey", 404, "The specified key does not exist.").with_extra("Key", key);
    ask.authorise(&list).map_or_else(|denied| denied, |()| missing())
}

/// On a bucket, with the keys that every request of S3 has.
pub(crate) fn bucket_check(ask: &Ask<'_>, action: &'static str, bucket: &str) -> Check {
    with_request(ask, Check::new(action, arn(ask, bucket, None)))
}

/// On a key, be there an object or not.
pub(crate) fn object_check(ask: &Ask<'_>, action: &'static str, bucket: &str, key: &str) -> Check {
    with_request(ask, Check::new(action, arn(ask, bucket, Some(key))))
}

/// On a key, with what the object that is there says of itself: its tags and its access control list.
fn existing_check(
    ask: &Ask<'_>,
    action: &'static str,
    bucket: &str,
    key: &str,
) -> Result<Check, ServiceError> {
    let mut check = object_check(ask, action, bucket, key);
    if let Some(object) = stored::find(ask, bucket, key)? {
        for (tag, value) in &object.attributes.tags {
            check.context.set(&format!("s3:ExistingObjectTag/{tag}"), value.as_str());
        }
        check.acl = object.attributes.acl.as_ref().and_then(Acl::of_json).map(Arc::new);
    }
    if let Some(version) = ask.input.text("VersionId") {
        check.context.set("s3:VersionId", version);
    }
    Ok(check)
}

/// On all buckets of the account.
pub(crate) fn account_check(ask: &Ask<'_>, action: &'static str) -> Check {
    with_request(ask, Check::new(action, "*"))
}

/// Tags that the request brings.
pub(crate) fn with_request_tags(mut check: Check, tags: &[Tag]) -> Check {
    for Tag { key, value } in tags {
        check.context.set(&format!("s3:RequestObjectTag/{key}"), value.as_str());
    }
    check.with_many("s3:RequestObjectTagKeys", tags.iter().map(|tag| tag.key.clone()).collect())
}

/// A new object, with what else it brings that must be allowed.
fn writing(ask: &Ask<'_>, bucket: &str, key: &str, creates: bool) -> Checks {
    let tags = ask.input.text("Tagging").map(tag::of_header).transpose()?.unwrap_or_default();
    let with_tags = |check: Check| if tags.is_empty() { check } else { with_request_tags(check, &tags) };
    let mut checks = vec![with_tags(created(put_check(ask, bucket, key), creates))];
    if !tags.is_empty() {
        checks.push(with_tags(put_object_check(ask, "s3:PutObjectTagging", bucket, key)));
    }
    if ACL_MEMBERS.iter().any(|member| ask.input.text(member).is_some()) {
        let list = bucket::find(ask.directory, bucket)?.acl.as_ref().map(Acl::of_what_is_written);
        let check = put_object_check(ask, "s3:PutObjectAcl", bucket, key);
        checks.push(Check { acl: list.map(Arc::new), ..check });
    }
    for (member, action) in LOCKS {
        if ask.input.member(member).is_some() {
            checks.push(put_object_check(ask, action, bucket, key));
        }
    }
    Ok(checks)
}

fn reading_source(ask: &Ask<'_>, source: &CopySource) -> Checks {
    bucket::find(ask.directory, &source.bucket)?;
    expect_owner(ask, "ExpectedSourceBucketOwner")?;
    let action = if source.version.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
    Ok(vec![existing_check(ask, action, &source.bucket, &source.key)?])
}

fn source_tags(ask: &Ask<'_>, source: &CopySource) -> Result<Vec<Tag>, ServiceError> {
    let found = stored::find(ask, &source.bucket, &source.key)?;
    let tags = found.map(|object| object.attributes.tags).unwrap_or_default();
    Ok(tags.into_iter().map(|(key, value)| Tag { key, value }).collect())
}

fn put_check(ask: &Ask<'_>, bucket: &str, key: &str) -> Check {
    put_object_check(ask, "s3:PutObject", bucket, key)
}

fn put_object_check(ask: &Ask<'_>, action: &'static str, bucket: &str, key: &str) -> Check {
    let mut check = object_check(ask, action, bucket, key);
    for (member, condition_key) in [("IfMatch", "s3:if-match"), ("IfNoneMatch", "s3:if-none-match")] {
        if let Some(value) = ask.input.text(member) {
            check.context.set(condition_key, value);
        }
    }
    check
}

fn created(check: Check, creates: bool) -> Check {
    check.with("s3:ObjectCreationOperation", if creates { "true" } else { "false" })
}

fn versioned(ask: &Ask<'_>, plain: &'static str, of_version: &'static str) -> &'static str {
    if ask.input.text("VersionId").is_some() { of_version } else { plain }
}

/// The keys of the signature, and those of the request's own members.
fn with_request(ask: &Ask<'_>, mut check: Check) -> Check {
    let context = &mut check.context;
    if let Some(signing) = ask.signing {
        context.set("s3:signatureversion", signing.version_key());
        context.set("s3:authType", signing.method_key());
        if let Some(age) = signing.age_millis(ask.now) {
            context.set("s3:signatureAge", age.to_string());
        }
        if let Some(digest) = &signing.content_sha256 {
            context.set("s3:x-amz-content-sha256", digest.as_str());
        }
    }
    for (member, key) in REQUEST_KEYS {
        if let Some(value) = ask.input.text(member) {
            context.set(key, value);
        }
    }
    check
}

fn arn(ask: &Ask<'_>, bucket: &str, key: Option<&str>) -> String {
    let partition = ask.directory.partition().as_str();
    match key {
        Some(key) => format!("arn:{partition}:s3:::{bucket}/{key}"),
        None => format!("arn:{partition}:s3:::{bucket}"),
    }
}

/// All buckets are of one account.
fn expect_owner(ask: &Ask<'_>, member: &str) -> Result<(), ServiceError> {
    let Some(expected) = ask.input.text(member) else { return Ok(()) };
    let Ok(expected) = expected.parse::<AccountId>() else {
        let message = format!(
            "The value of the expected bucket owner parameter must be an AWS Account ID... [{expected}]"
        );
        return Err(ServiceError::new("InvalidBucketOwnerAWSAccountID", 400, message));
    };
    if expected == ask.directory.account_id() { Ok(()) } else { Err(refusal::access_denied()) }
}

pub(crate) fn bucket_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("Bucket").unwrap_or_default()
}

pub(crate) fn key<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("Key").unwrap_or_default()
}

/// Members that set an access control list.
pub(crate) const ACL_MEMBERS: [&str; 6] =
    ["ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"];

const LOCKS: [(&str, &str); 3] = [
    ("ObjectLockLegalHoldStatus", "s3:PutObjectLegalHold"),
    ("ObjectLockMode", "s3:PutObjectRetention"),
    ("ObjectLockRetainUntilDate", "s3:PutObjectRetention"),
];

/// Members of whatever operation, and the keys that they are tested by.
const REQUEST_KEYS: [(&str, &str); 18] = [
    ("ACL", "s3:x-amz-acl"),
    ("CopySource", "s3:x-amz-copy-source"),
    ("GrantFullControl", "s3:x-amz-grant-full-control"),
    ("GrantRead", "s3:x-amz-grant-read"),
    ("GrantReadACP", "s3:x-amz-grant-read-acp"),
    ("GrantWrite", "s3:x-amz-grant-write"),
    ("GrantWriteACP", "s3:x-amz-grant-write-acp"),
    ("MetadataDirective", "s3:x-amz-metadata-directive"),
    ("ObjectLockLegalHoldStatus", "s3:object-lock-legal-hold"),
    ("ObjectLockMode", "s3:object-lock-mode"),
    ("ObjectOwnership", "s3:x-amz-object-ownership"),
    ("SSECustomerAlgorithm", "s3:x-amz-server-side-encryption-customer-algorithm"),
    ("SSEKMSKeyId", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    ("ServerSideEncryption", "s3:x-amz-server-side-encryption"),
    ("StorageClass", "s3:x-amz-storage-class"),
    ("WebsiteRedirectLocation", "s3:x-amz-website-redirect-location"),
    ("Prefix", "s3:prefix"),
    ("Delimiter", "s3:delimiter"),
];

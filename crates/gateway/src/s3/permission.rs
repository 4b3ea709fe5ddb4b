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
use objects::Object;
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

/// One action on the object that is asked, whose name is another where a version is asked.
pub(crate) fn on_version(ask: &Ask<'_>, plain: &'static str, of_version: &'static str) -> Checks {
    on_object(ask, versioned(ask, plain, of_version))
}

/// GetObject and HeadObject, of what is there.
pub(crate) fn get_object(ask: &Ask<'_>, found: Option<&Object>) -> Checks {
    let bucket = asked_bucket(ask)?;
    let check = reading(ask, versioned(ask, "s3:GetObject", "s3:GetObjectVersion"), found);
    if found.is_none() {
        tell_missing(ask, bucket, &check)?;
    }
    Ok(vec![check])
}

/// A key without an object has no list either: whom the bucket's own list lets read, which is to list keys, is told that it is not
/// there, as far as policies do not deny it. Nobody is allowed anything by this: the object might be there the next moment.
fn tell_missing(ask: &Ask<'_>, bucket: &Bucket, check: &Check) -> Result<(), ServiceError> {
    let Some(acl) = bucket.acl.as_ref().filter(|_| bucket.has_acls()) else { return Ok(()) };
    let as_bucket = Check { acl: Some(Arc::new(acl.clone())), ..check.clone() };
    match ask.authorise(&as_bucket) {
        Ok(()) => Err(missing_key(ask, bucket_name(ask), key(ask))),
        Err(_) => Ok(()),
    }
}

/// Whether an answer tells how many tags the object has: to those who may read them.
pub(crate) fn may_count_tags(ask: &Ask<'_>, object: &Object) -> bool {
    let action = versioned(ask, "s3:GetObjectTagging", "s3:GetObjectVersionTagging");
    ask.may(&reading(ask, action, Some(object)))
}

/// GetObjectAttributes
pub(crate) fn get_object_attributes(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    let found = stored::find(ask, bucket_name(ask), key(ask))?;
    let mut checks = get_object(ask, found.as_ref())?;
    let action = versioned(ask, "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes");
    checks.push(reading(ask, action, found.as_ref()));
    Ok(checks)
}

/// PutObject, and uploads by a form: `creates` an object in one step.
pub(crate) fn put_object(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    let mut checks = writing(ask, bucket_name(ask), key(ask), true)?;
    checks.extend(comparing(ask, key(ask), ask.input.text("IfMatch"))?);
    Ok(checks)
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
    let mut checks = vec![created(put_check(ask, bucket_name(ask), key(ask)), true)];
    checks.extend(comparing(ask, key(ask), ask.input.text("IfMatch"))?);
    Ok(checks)
}

pub(crate) fn abort_upload(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![object_check(ask, "s3:AbortMultipartUpload", bucket_name(ask), key(ask))])
}

pub(crate) fn list_parts(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    Ok(vec![object_check(ask, "s3:ListMultipartUploadParts", bucket_name(ask), key(ask))])
}

/// CopyObject, but for its source: who may have that is asked of the very object that is opened.
pub(crate) fn copy_object(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    check_source(ask)?;
    let mut checks = writing(ask, bucket_name(ask), key(ask), true)?;
    checks.extend(comparing(ask, key(ask), ask.input.text("IfMatch"))?);
    Ok(checks)
}

/// UploadPartCopy, but for its source.
pub(crate) fn upload_part_copy(ask: &Ask<'_>) -> Checks {
    check_source(ask)?;
    upload_part(ask)
}

/// The source of a copy, as it was found: that it is read, and that tags which go along are read there and written here.
pub(crate) fn copied(
    ask: &Ask<'_>,
    source: &CopySource,
    found: Option<&Object>,
    with_tags: bool,
) -> Vec<Check> {
    let on_source = |plain, of_version| {
        let action = if source.version.is_some() { of_version } else { plain };
        let check = with_existing(ask, object_check(ask, action, &source.bucket, &source.key), found);
        match &source.version {
            Some(version) => check.with("s3:VersionId", version.as_str()),
            None => check,
        }
    };
    let mut checks = vec![on_source("s3:GetObject", "s3:GetObjectVersion")];
    let tags =
        found.filter(|_| with_tags).map(|object| object.attributes.tags.as_slice()).unwrap_or_default();
    if !tags.is_empty() {
        let tags: Vec<Tag> = tags.iter().cloned().map(|(key, value)| Tag { key, value }).collect();
        checks.push(on_source("s3:GetObjectTagging", "s3:GetObjectVersionTagging"));
        let tagging = put_object_check(ask, "s3:PutObjectTagging", bucket_name(ask), key(ask));
        checks.push(with_request_tags(tagging, &tags));
    }
    checks
}

/// DeleteObject
pub(crate) fn delete_object(ask: &Ask<'_>) -> Checks {
    asked_bucket(ask)?;
    delete_checks(ask, key(ask), ask.input.text("VersionId"), ask.input.text("IfMatch"))
}

/// One key of DeleteObjects, or the key of DeleteObject, with the ETag that is required of it.
pub(crate) fn delete_checks(
    ask: &Ask<'_>,
    key: &str,
    version: Option<&str>,
    if_match: Option<&str>,
) -> Checks {
    let action = if version.is_some() { "s3:DeleteObjectVersion" } else { "s3:DeleteObject" };
    let mut check = object_check(ask, action, bucket_name(ask), key);
    for (condition_key, value) in [("s3:VersionId", version), ("s3:if-match", if_match)] {
        if let Some(value) = value {
            check.context.set(condition_key, value);
        }
    }
    let mut checks = vec![check];
    checks.extend(comparing(ask, key, if_match)?);
    Ok(checks)
}

/// Whoever has an ETag compared learns of the object (S3 User Guide, "Enforce conditional deletes", "Enforce conditional writes").
fn comparing(ask: &Ask<'_>, key: &str, if_match: Option<&str>) -> Result<Option<Check>, ServiceError> {
    let compares = if_match.is_some_and(|etag| etag != "*");
    compares.then(|| existing_check(ask, "s3:GetObject", bucket_name(ask), key)).transpose()
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

/// On the key that is asked.
fn reading(ask: &Ask<'_>, action: &'static str, found: Option<&Object>) -> Check {
    with_existing(ask, object_check(ask, action, bucket_name(ask), key(ask)), found)
}

/// On a key, with what the object that is there says of itself.
fn existing_check(
    ask: &Ask<'_>,
    action: &'static str,
    bucket: &str,
    key: &str,
) -> Result<Check, ServiceError> {
    let found = stored::find(ask, bucket, key)?;
    Ok(with_existing(ask, object_check(ask, action, bucket, key), found.as_ref()))
}

/// An object's tags and its access control list.
fn with_existing(ask: &Ask<'_>, mut check: Check, found: Option<&Object>) -> Check {
    if let Some(object) = found {
        for (tag, value) in &object.attributes.tags {
            check.context.set(&format!("s3:ExistingObjectTag/{tag}"), value.as_str());
        }
        check.acl = object.attributes.acl.as_ref().and_then(Acl::of_json).map(Arc::new);
    }
    if let Some(version) = ask.input.text("VersionId") {
        check.context.set("s3:VersionId", version);
    }
    check
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

/// That the source's bucket is there is no secret.
fn check_source(ask: &Ask<'_>) -> Result<(), ServiceError> {
    bucket::find(ask.directory, &CopySource::of(ask)?.bucket)?;
    expect_owner(ask, "ExpectedSourceBucketOwner")
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

/// The keys of the connection and of the signature, and those of the request's own members.
fn with_request(ask: &Ask<'_>, mut check: Check) -> Check {
    let context = &mut check.context;
    if let Some(version) = ask.security.and_then(|security| security.version.strip_prefix("TLSv")) {
        context.set("s3:TlsVersion", version);
    }
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
    // However it is written, patterns are held against the same.
    if ask.input.text("CopySource").is_some()
        && let Ok(CopySource { bucket, key, .. }) = CopySource::of(ask)
    {
        context.set("s3:x-amz-copy-source", format!("{bucket}/{key}"));
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
const REQUEST_KEYS: [(&str, &str); 17] = [
    ("ACL", "s3:x-amz-acl"),
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

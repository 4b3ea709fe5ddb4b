//! What a request says of an object that it makes: its type, its metadata, its tags; and what must not be passed over in silence.
//!
//! Rule: what is kept is what a GET answers with. Whatever a client may rely on and nothing here does, it is refused by the name of its
//! header. Source: S3 API Reference, PutObject; S3 User Guide, "Working with object metadata".

use std::collections::BTreeMap;

use account::ServiceError;
use account::directory::Bucket;
use account::s3::{refusal, tag};
use objects::Attributes;
use wire::{Structure, Value};

use super::acl;
use crate::Ask;

/// The attributes of a new object in `bucket`.
pub(super) fn read(ask: &Ask<'_>, bucket: &Bucket) -> Result<Attributes, ServiceError> {
    let text = |member: &str| ask.input.text(member).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(Attributes {
        content_type: text("ContentType"),
        content_encoding: text("ContentEncoding").and_then(|encoding| without_chunks(&encoding)),
        content_language: text("ContentLanguage"),
        content_disposition: text("ContentDisposition"),
        cache_control: text("CacheControl"),
        expires: text("Expires"),
        website_redirect_location: redirect(ask.input)?,
        storage_class: storage_class(ask.input)?,
        server_side_encryption: None,
        metadata: metadata(ask.input)?,
        tags: tags(ask.input)?,
        owner: acl::owner_of_new(ask, bucket),
        acl: acl::of_new(ask, bucket)?.map(|acl| acl.to_json()),
    })
}

/// Refuses what is not built, if the request asks for it.
pub(super) fn check_built(input: &Structure) -> Result<(), ServiceError> {
    for (member, header) in NOT_BUILT {
        if input.member(member).is_some_and(|value| *value != Value::Boolean(false)) {
            return Err(refusal::not_implemented(header));
        }
    }
    match input.text("ServerSideEncryption") {
        None | Some("AES256") => Ok(()),
        // With keys of a service that is not here.
        Some("aws:kms" | "aws:kms:dsse" | "aws:fsx") => {
            Err(refusal::not_implemented("x-amz-server-side-encryption"))
        }
        Some(other) => {
            let message = "The Encryption request you specified is not valid. Supported value: AES256.";
            Err(ServiceError::new("InvalidEncryptionAlgorithmError", 400, message)
                .with_extra("ArgumentName", "x-amz-server-side-encryption")
                .with_extra("ArgumentValue", other))
        }
    }
}

/// The name of a key, in the length that S3 takes.
pub(crate) fn check_key(key: &str) -> Result<(), ServiceError> {
    if key.len() <= objects::MOST_KEY {
        return Ok(());
    }
    Err(ServiceError::new("KeyTooLongError", 400, "Your key is too long")
        .with_extra("Size", key.len().to_string())
        .with_extra("MaxSizeAllowed", objects::MOST_KEY.to_string()))
}

/// `aws-chunked` says how the body came, and not what it is.
fn without_chunks(encoding: &str) -> Option<String> {
    let kept: Vec<&str> = encoding
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

fn redirect(input: &Structure) -> Result<Option<String>, ServiceError> {
    let Some(location) = input.text("WebsiteRedirectLocation") else { return Ok(None) };
    if ["/", "http://", "https://"].iter().any(|start| location.starts_with(start)) {
        return Ok(Some(location.to_owned()));
    }
    let message = "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.";
    Err(ServiceError::new("InvalidRedirectLocation", 400, message))
}

fn storage_class(input: &Structure) -> Result<Option<String>, ServiceError> {
    match input.text("StorageClass") {
        None | Some("STANDARD") => Ok(None),
        Some(class) if STORAGE_CLASSES.contains(&class) => Ok(Some(class.to_owned())),
        Some(class) => {
            let message = "The storage class you specified is not valid";
            Err(ServiceError::new("InvalidStorageClass", 400, message)
                .with_extra("StorageClassRequested", class))
        }
    }
}

fn metadata(input: &Structure) -> Result<BTreeMap<String, String>, ServiceError> {
    let mut metadata: BTreeMap<String, String> = BTreeMap::new();
    let Some(Value::Map(entries)) = input.member("Metadata") else { return Ok(metadata) };
    for (name, value) in entries {
        let Value::String(value) = value else { continue };
        // A field that stands twice has both values.
        let held = metadata.entry(name.to_ascii_lowercase());
        held.and_modify(|held| *held = format!("{held},{value}")).or_insert_with(|| value.clone());
    }
    let size: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size <= MOST_METADATA {
        return Ok(metadata);
    }
    let message = "Your metadata headers exceed the maximum allowed metadata size";
    Err(ServiceError::new("MetadataTooLarge", 400, message)
        .with_extra("Size", size.to_string())
        .with_extra("MaxSizeAllowed", MOST_METADATA.to_string()))
}

fn tags(input: &Structure) -> Result<Vec<(String, String)>, ServiceError> {
    let tags = input.text("Tagging").map(tag::of_header).transpose()?.unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

const STORAGE_CLASSES: [&str; 7] = [
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];

/// Bytes of names and values together.
const MOST_METADATA: usize = 2048;

/// Members of requests, and the headers that they stand in.
const NOT_BUILT: [(&str, &str); 20] = [
    ("SSECustomerAlgorithm", "x-amz-server-side-encryption-customer-algorithm"),
    ("SSECustomerKey", "x-amz-server-side-encryption-customer-key"),
    ("SSECustomerKeyMD5", "x-amz-server-side-encryption-customer-key-MD5"),
    ("CopySourceSSECustomerAlgorithm", "x-amz-copy-source-server-side-encryption-customer-algorithm"),
    ("CopySourceSSECustomerKey", "x-amz-copy-source-server-side-encryption-customer-key"),
    ("CopySourceSSECustomerKeyMD5", "x-amz-copy-source-server-side-encryption-customer-key-MD5"),
    ("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"),
    ("SSEKMSEncryptionContext", "x-amz-server-side-encryption-context"),
    ("BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled"),
    ("ObjectLockMode", "x-amz-object-lock-mode"),
    ("ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date"),
    ("ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold"),
    ("ObjectLockEventHold", "x-amz-object-lock-event-hold"),
    ("ObjectLockEventHoldDurationDays", "x-amz-object-lock-event-hold-duration-days"),
    ("ObjectLockEventHoldDurationYears", "x-amz-object-lock-event-hold-duration-years"),
    ("WriteOffsetBytes", "x-amz-write-offset-bytes"),
    ("MFA", "x-amz-mfa"),
    ("IfMatchInitiatedTime", "x-amz-if-match-initiated-time"),
    // Both are of directory buckets.
    ("IfMatchLastModifiedTime", "x-amz-if-match-last-modified-time"),
    ("IfMatchSize", "x-amz-if-match-size"),
];

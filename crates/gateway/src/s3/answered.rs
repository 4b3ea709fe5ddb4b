//! What answers say of an object.

use account::ServiceError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use objects::{Checksum, Object};
use wire::{Structure, Value};

/// The heads of GET and HEAD, but for what a range changes.
pub(super) fn object(object: &Object) -> Structure {
    let attributes = &object.attributes;
    let mut output = Structure::new()
        .with("AcceptRanges", "bytes")
        .with("LastModified", object.last_modified)
        .with("ETag", quoted(&object.etag))
        .with("ContentType", attributes.content_type.as_deref().unwrap_or(UNTYPED))
        .with_some("ContentEncoding", attributes.content_encoding.as_deref())
        .with_some("ContentLanguage", attributes.content_language.as_deref())
        .with_some("ContentDisposition", attributes.content_disposition.as_deref())
        .with_some("CacheControl", attributes.cache_control.as_deref())
        .with_some("Expires", attributes.expires.as_deref())
        .with_some("WebsiteRedirectLocation", attributes.website_redirect_location.as_deref())
        .with_some("StorageClass", attributes.storage_class.as_deref())
        .with("ServerSideEncryption", ENCRYPTION);
    let entries = attributes.metadata.iter().map(|(name, value)| (name, worded(value)));
    let (shown, missing): (Vec<_>, Vec<_>) = entries.partition(|(name, value)| is_printable(name, value));
    if !shown.is_empty() {
        let entries = shown.into_iter().map(|(name, value)| (name.clone(), Value::String(value)));
        output.set("Metadata", Value::Map(entries.collect()));
    }
    if !missing.is_empty() {
        output.set("MissingMeta", missing.len() as i64);
    }
    output
}

/// `ChecksumCRC32` and its like, with the type.
pub(super) fn checksum(output: &mut Structure, checksum: &Checksum) {
    output.set(member(checksum), checksum.value.as_str());
    output.set("ChecksumType", checksum.kind.as_str());
}

/// The member of the model that holds a checksum of this algorithm.
pub(super) fn member(checksum: &Checksum) -> String {
    format!("Checksum{}", checksum.algorithm)
}

pub(super) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// A number of bytes, as the model has them.
pub(super) fn length(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// With the key that was asked for, where it is missing.
pub(super) fn about_key(error: ServiceError, key: &str) -> ServiceError {
    if error.code == "NoSuchKey" { error.with_extra("Key", key) } else { error }
}

/// Whether a header can be made of it; forms bring what none can be made of.
fn is_printable(name: &str, value: &str) -> bool {
    http::HeaderName::try_from(format!("x-amz-meta-{name}")).is_ok() && !value.chars().any(char::is_control)
}

/// Text that a header cannot hold as it is goes by RFC 2047.
fn worded(value: &str) -> String {
    if value.is_ascii() { value.to_owned() } else { format!("=?UTF-8?B?{}?=", STANDARD.encode(value)) }
}

/// Of what was put without a type.
const UNTYPED: &str = "binary/octet-stream";

/// What S3 does to every object.
pub(super) const ENCRYPTION: &str = "AES256";

//! Uploads in parts that were begun and neither completed nor aborted: ListMultipartUploads.

use account::s3::acl::canonical_id;
use account::s3::refusal;
use account::{Check, ServiceError};
use objects::{Upload, UploadId, UploadListing};
use wire::{Structure, Value};

use super::page::{self, Encoding};
use super::permission::{asked_bucket, bucket_name, on_bucket};
use super::stored;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "ListMultipartUploads", checks: listing, run: list }];

fn listing(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    on_bucket(ask, "s3:ListBucketMultipartUploads")
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    asked_bucket(ask)?;
    let text = |member: &str| ask.input.text(member).unwrap_or_default();
    let (bucket, encoding) = (bucket_name(ask), Encoding::of(ask.input)?);
    let limit = page::limit(ask.input, "MaxUploads", "max-uploads")?;
    let key_marker = text("KeyMarker");
    let id = id_marker(text("UploadIdMarker"), key_marker)?;
    let listing = UploadListing {
        prefix: text("Prefix"),
        delimiter: text("Delimiter"),
        key_marker,
        upload_id_marker: id.as_ref(),
        limit,
    };
    let page = match limit {
        0 => Default::default(),
        _ => ask.objects.uploads(bucket, listing).map_err(|error| stored::failed(bucket, error))?,
    };
    let write = |text: &str| encoding.write(text);
    let written = |member: &str| Some(text(member)).filter(|text| !text.is_empty()).map(write);
    let uploads: Vec<Value> = page.uploads.iter().map(|upload| shown(ask, upload, encoding).into()).collect();
    let prefixes: Vec<Value> = (page.common_prefixes.iter())
        .map(|prefix| Structure::new().with("Prefix", write(prefix)).into())
        .collect();
    let (next_key, next_id) = page.next.map(|(key, id)| (Some(key), id)).unwrap_or_default();
    Ok(Structure::new()
        .with("Bucket", bucket)
        .with("KeyMarker", write(key_marker))
        .with("UploadIdMarker", id.as_ref().map_or("", UploadId::as_str))
        .with_some("NextKeyMarker", next_key.as_deref().map(write))
        .with_some("NextUploadIdMarker", next_id.map(|id| id.to_string()))
        .with_some("Delimiter", written("Delimiter"))
        .with_some("Prefix", written("Prefix"))
        .with_some("EncodingType", encoding.name())
        .with("MaxUploads", i64::try_from(limit).unwrap_or(i64::MAX))
        .with("IsTruncated", next_key.is_some())
        .with_some("Uploads", (!uploads.is_empty()).then_some(uploads))
        .with_some("CommonPrefixes", (!prefixes.is_empty()).then_some(prefixes)))
}

/// Without a key it counts for nothing.
fn id_marker(text: &str, key_marker: &str) -> Result<Option<UploadId>, ServiceError> {
    if text.is_empty() || key_marker.is_empty() {
        return Ok(None);
    }
    let invalid = |_| refusal::invalid_argument("upload-id-marker", Some(text), "Invalid uploadId marker");
    text.parse().map(Some).map_err(invalid)
}

fn shown(ask: &Ask<'_>, upload: &Upload, encoding: Encoding) -> Structure {
    let attributes = &upload.attributes;
    let owner = match attributes.owner.as_str() {
        "" => canonical_id(ask.directory.account_id()),
        owner => owner.to_owned(),
    };
    let named = || Structure::new().with("ID", owner.as_str());
    Structure::new()
        .with("UploadId", upload.id.as_str())
        .with("Key", encoding.write(&upload.key))
        .with("Initiated", upload.initiated)
        .with("StorageClass", attributes.storage_class.as_deref().unwrap_or("STANDARD"))
        .with("Owner", named())
        .with("Initiator", named())
        .with_some("ChecksumAlgorithm", upload.checksum.map(|checksum| checksum.algorithm.as_str()))
        .with_some("ChecksumType", upload.checksum.map(|checksum| checksum.kind.as_str()))
}

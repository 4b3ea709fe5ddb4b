//! What is in a bucket: ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads.
//!
//! Rule: who may list may list what he asks for: prefix, delimiter and count are keys of his policies. Source: S3 API Reference.

use account::s3::acl::canonical_id;
use account::s3::refusal;
use account::{Check, ServiceError};
use objects::{Listing, Object, ObjectPage};
use wire::{Structure, Value};

use super::page::{self, Encoding};
use super::permission::{asked_bucket, bucket_name, on_bucket};
use super::{stored, version};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "ListObjects", checks: |ask| listing(ask, "s3:ListBucket"), run: list },
    Operation { name: "ListObjectsV2", checks: |ask| listing(ask, "s3:ListBucket"), run: list_v2 },
    Operation {
        name: "ListObjectVersions",
        checks: |ask| listing(ask, "s3:ListBucketVersions"),
        run: list_versions,
    },
];

fn listing(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let checks = on_bucket(ask, action)?;
    let Some(limit) = ask.input.integer("MaxKeys") else { return Ok(checks) };
    Ok(checks.into_iter().map(|check| check.with("s3:max-keys", limit.to_string())).collect())
}

/// What all of them are asked for, and how they write it.
struct Asked<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    limit: usize,
    encoding: Encoding,
}

impl<'a> Asked<'a> {
    fn of(ask: &Ask<'a>) -> Result<Self, ServiceError> {
        let text = |member: &str| ask.input.text(member).unwrap_or_default();
        Ok(Self {
            prefix: text("Prefix"),
            delimiter: text("Delimiter"),
            limit: page::limit(ask.input, "MaxKeys", "max-keys")?,
            encoding: Encoding::of(ask.input)?,
        })
    }

    fn page(&self, ask: &Ask<'_>, after: &str) -> Result<ObjectPage, ServiceError> {
        let bucket = bucket_name(ask);
        asked_bucket(ask)?;
        if self.limit == 0 {
            return Ok(ObjectPage::default());
        }
        let Self { prefix, delimiter, limit, .. } = *self;
        let listing = Listing { prefix, delimiter, after, limit };
        ask.objects.list(bucket, listing).map_err(|error| stored::failed(bucket, error))
    }

    /// The members that all answers have.
    fn shown(&self, ask: &Ask<'_>, page: &ObjectPage) -> Structure {
        let write = |text: &str| self.encoding.write(text);
        let prefixes: Vec<Value> = page
            .common_prefixes
            .iter()
            .map(|prefix| Structure::new().with("Prefix", write(prefix)).into())
            .collect();
        Structure::new()
            .with("Name", bucket_name(ask))
            .with("Prefix", write(self.prefix))
            .with_some("Delimiter", (!self.delimiter.is_empty()).then(|| write(self.delimiter)))
            .with("MaxKeys", i64::try_from(self.limit).unwrap_or(i64::MAX))
            .with_some("EncodingType", self.encoding.name())
            .with("IsTruncated", page.next.is_some())
            .with_some("CommonPrefixes", (!prefixes.is_empty()).then_some(prefixes))
    }
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let asked = Asked::of(ask)?;
    let marker = ask.input.text("Marker").unwrap_or_default();
    let page = asked.page(ask, marker)?;
    // Without a delimiter the last key says as much.
    let next = page.next.as_deref().filter(|_| !asked.delimiter.is_empty());
    let contents = contents(ask, &page.objects, asked.encoding, true);
    Ok(asked
        .shown(ask, &page)
        .with("Marker", asked.encoding.write(marker))
        .with_some("NextMarker", next.map(|next| asked.encoding.write(next)))
        .with_some("Contents", contents))
}

fn list_v2(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let asked = Asked::of(ask)?;
    let start_after = ask.input.text("StartAfter");
    let token = ask.input.text("ContinuationToken");
    let continued = token.map(page::opened).transpose()?;
    let after = continued.as_deref().or(start_after).unwrap_or_default();
    let page = asked.page(ask, after)?;
    let count = page.objects.len() + page.common_prefixes.len();
    let has_owner = ask.input.boolean("FetchOwner") == Some(true);
    Ok(asked
        .shown(ask, &page)
        .with("KeyCount", i64::try_from(count).unwrap_or(i64::MAX))
        .with_some("StartAfter", start_after.map(|key| asked.encoding.write(key)))
        .with_some("ContinuationToken", token)
        .with_some("NextContinuationToken", page.next.as_deref().map(page::token))
        .with_some("Contents", contents(ask, &page.objects, asked.encoding, has_owner)))
}

/// Without versioning every object is its only version.
fn list_versions(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let asked = Asked::of(ask)?;
    let key_marker = ask.input.text("KeyMarker").unwrap_or_default();
    let version_marker = ask.input.text("VersionIdMarker").filter(|marker| !marker.is_empty());
    if let Some(marker) = version_marker.filter(|_| key_marker.is_empty()) {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(refusal::invalid_argument("version-id-marker", Some(marker), message));
    }
    if let Some(marker) = version_marker.filter(|marker| *marker != version::NULL) {
        return Err(refusal::invalid_argument(
            "version-id-marker",
            Some(marker),
            "Invalid version id specified",
        ));
    }
    let page = asked.page(ask, key_marker)?;
    let versions: Vec<Value> = page
        .objects
        .iter()
        .map(|object| shown(ask, object, asked.encoding, true))
        .map(|shown| shown.with("VersionId", version::NULL).with("IsLatest", true).into())
        .collect();
    let next_version = page.next.as_ref().filter(|next| page.common_prefixes.last() != Some(next));
    Ok(asked
        .shown(ask, &page)
        .with("KeyMarker", asked.encoding.write(key_marker))
        .with("VersionIdMarker", version_marker.unwrap_or_default())
        .with_some("NextKeyMarker", page.next.as_deref().map(|next| asked.encoding.write(next)))
        .with_some("NextVersionIdMarker", next_version.map(|_| version::NULL))
        .with_some("Versions", (!versions.is_empty()).then_some(versions)))
}

fn contents(ask: &Ask<'_>, objects: &[Object], encoding: Encoding, has_owner: bool) -> Option<Vec<Value>> {
    let shown = objects.iter().map(|object| shown(ask, object, encoding, has_owner).into());
    Some(shown.collect::<Vec<Value>>()).filter(|contents| !contents.is_empty())
}

fn shown(ask: &Ask<'_>, object: &Object, encoding: Encoding, has_owner: bool) -> Structure {
    let attributes = &object.attributes;
    let checksum = object.checksum.as_ref();
    let algorithms = checksum.map(|checksum| vec![Value::String(checksum.algorithm.as_str().to_owned())]);
    let owner = || match attributes.owner.as_str() {
        "" => canonical_id(ask.directory.account_id()),
        owner => owner.to_owned(),
    };
    Structure::new()
        .with("Key", encoding.write(&object.key))
        .with("LastModified", object.last_modified)
        .with("ETag", format!("\"{}\"", object.etag))
        .with_some("ChecksumAlgorithm", algorithms)
        .with_some("ChecksumType", checksum.map(|checksum| checksum.kind.as_str()))
        .with("Size", i64::try_from(object.size).unwrap_or(i64::MAX))
        .with("StorageClass", attributes.storage_class.as_deref().unwrap_or("STANDARD"))
        .with_some("Owner", has_owner.then(|| Structure::new().with("ID", owner())))
}

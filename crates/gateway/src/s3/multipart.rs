//! Uploads in parts: begun, filled, listed, aborted.
//!
//! Rule: the upload decides which checksum its parts have; who names another is refused. Source: suites/aws-recorded; S3 API Reference,
//! CreateMultipartUpload, UploadPart, ListParts.

use account::ServiceError;
use account::s3::acl::canonical_id;
use account::s3::{bucket, refusal};
use objects::{
    Body, ChecksumAlgorithm, ChecksumType, NewUpload, ObjectError, Part, Upload, UploadChecksum, UploadId,
};
use wire::Structure;

use super::promise::Promise;
use super::{Intake, answered, attributes, permission, put_object, refused};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateMultipartUpload", checks: permission::create_upload, run: create },
    Operation { name: "AbortMultipartUpload", checks: permission::abort_upload, run: abort },
    Operation { name: "ListParts", checks: permission::list_parts, run: list_parts },
];

pub(super) const UPLOAD_PART: Intake =
    Intake { name: "UploadPart", checks: permission::upload_part, open: open_part, close: close_part };

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    attributes::check_built(ask.input)?;
    attributes::check_key(permission::key(ask))?;
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let attributes = attributes::read(ask, bucket::find(ask.directory, bucket)?)?;
    let checksum = wanted_checksum(ask.input)?;
    let begun = ask.objects.begin_upload(bucket, key, NewUpload { attributes, checksum }, ask.now);
    let upload = begun.map_err(|error| refused_in(ask, error))?;
    Ok(Structure::new()
        .with("Bucket", bucket)
        .with("Key", key)
        .with("UploadId", upload.id.to_string())
        .with("ServerSideEncryption", answered::ENCRYPTION)
        .with_some("ChecksumAlgorithm", checksum.map(|checksum| checksum.algorithm.as_str()))
        .with_some("ChecksumType", checksum.map(|checksum| checksum.kind.as_str())))
}

fn wanted_checksum(input: &Structure) -> Result<Option<UploadChecksum>, ServiceError> {
    let kind = input.text("ChecksumType");
    let Some(name) = input.text("ChecksumAlgorithm") else {
        return match kind {
            None => Ok(None),
            Some(_) => Err(refusal::invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            )),
        };
    };
    let algorithm: ChecksumAlgorithm = name.parse().map_err(|_| unsupported())?;
    let kind = match kind {
        None => algorithm.default_type(),
        Some(kind) => kind
            .parse()
            .map_err(|_| refusal::invalid_request("Value for x-amz-checksum-type header is invalid."))?,
    };
    if algorithm.allows(kind) {
        return Ok(Some(UploadChecksum { algorithm, kind }));
    }
    let algorithm = algorithm.as_str().to_ascii_lowercase();
    Err(refusal::invalid_request(format!(
        "The {} checksum type cannot be used with the {algorithm} checksum algorithm.",
        kind.as_str()
    )))
}

fn unsupported() -> ServiceError {
    refusal::invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, \
         CRC64NVME, SHA1, SHA256]",
    )
}

/// The checksum that the part is kept with.
fn open_part(ask: &Ask<'_>, promise: &Promise) -> Result<ChecksumAlgorithm, ServiceError> {
    attributes::check_built(ask.input)?;
    part_number(ask.input)?;
    put_object::check_size(ask, promise)?;
    let upload = upload(ask)?;
    if let Some(wanted) = upload.checksum {
        check_algorithm(wanted, promise.algorithm())?;
    }
    Ok(upload.part_checksum())
}

/// A part without a checksum gets one, unless those of the parts are to be the object's.
fn check_algorithm(wanted: UploadChecksum, sent: Option<ChecksumAlgorithm>) -> Result<(), ServiceError> {
    let fits = sent.map_or(wanted.kind == ChecksumType::FullObject, |sent| sent == wanted.algorithm);
    if fits { Ok(()) } else { Err(type_mismatch(wanted.algorithm, sent)) }
}

pub(super) fn type_mismatch(wanted: ChecksumAlgorithm, sent: Option<ChecksumAlgorithm>) -> ServiceError {
    let lower = |algorithm: ChecksumAlgorithm| algorithm.as_str().to_ascii_lowercase();
    refusal::invalid_request(format!(
        "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
        lower(wanted),
        sent.map_or_else(|| "null".to_owned(), lower)
    ))
}

fn close_part(ask: &Ask<'_>, body: Body, _: ChecksumAlgorithm) -> Result<Structure, ServiceError> {
    let part = put_part(ask, body)?;
    let mut output = Structure::new()
        .with("ETag", answered::quoted(&part.etag))
        .with("ServerSideEncryption", answered::ENCRYPTION);
    if let Some(checksum) = &part.checksum {
        output.set(answered::member(checksum), checksum.value.as_str());
    }
    Ok(output)
}

/// Puts a part of the upload that the request names.
pub(super) fn put_part(ask: &Ask<'_>, body: Body) -> Result<Part, ServiceError> {
    let number = part_number(ask.input)?;
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let put = ask.objects.put_part(bucket, key, &upload_id(ask)?, number, body, ask.now);
    put.map_err(|error| refused_in(ask, error))
}

/// The upload that the request names.
pub(super) fn upload(ask: &Ask<'_>) -> Result<Upload, ServiceError> {
    let found = ask.objects.upload(permission::bucket_name(ask), permission::key(ask), &upload_id(ask)?);
    found.map_err(|error| refused_in(ask, error))
}

pub(super) fn upload_id(ask: &Ask<'_>) -> Result<UploadId, ServiceError> {
    let sent = ask.input.text("UploadId").unwrap_or_default();
    sent.parse().map_err(|_| refused_in(ask, ObjectError::NoSuchUpload))
}

pub(super) fn part_number(input: &Structure) -> Result<u32, ServiceError> {
    let sent = input.integer("PartNumber").unwrap_or_default();
    let valid = u32::try_from(sent).ok().filter(|number| (1..=objects::MOST_PARTS).contains(number));
    valid.ok_or_else(|| refused::part_number(&sent.to_string()))
}

/// With the upload's id, where it is about the upload.
pub(super) fn refused_in(ask: &Ask<'_>, error: ObjectError) -> ServiceError {
    let about_upload = matches!(
        error,
        ObjectError::NoSuchUpload | ObjectError::InvalidPart { .. } | ObjectError::InvalidPartOrder
    );
    let condition = objects::PutCondition { absent: ask.input.text("IfNoneMatch").is_some(), etag: None };
    let refused = put_object::refusal(error, permission::bucket_name(ask), permission::key(ask), &condition);
    if about_upload {
        return refused.with_extra("UploadId", ask.input.text("UploadId").unwrap_or_default());
    }
    refused
}

fn abort(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    attributes::check_built(ask.input)?;
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let aborted = ask.objects.abort_upload(bucket, key, &upload_id(ask)?);
    aborted.map_err(|error| refused_in(ask, error))?;
    Ok(Structure::new())
}

fn list_parts(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    attributes::check_built(ask.input)?;
    let upload = upload(ask)?;
    let limit = bounded(ask.input, "MaxParts", "max-parts")?.unwrap_or(MOST_LISTED).min(MOST_LISTED);
    let after = bounded(ask.input, "PartNumberMarker", "part-number-marker")?.unwrap_or_default();
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let page = ask.objects.parts(bucket, key, &upload.id, after, limit as usize);
    let page = page.map_err(|error| refused_in(ask, error))?;
    let owner = owner(ask);
    let last = page.parts.last().map_or(0, |part| part.number);
    Ok(Structure::new()
        .with("Bucket", bucket)
        .with("Key", key)
        .with("UploadId", upload.id.to_string())
        .with("PartNumberMarker", i64::from(after))
        .with("NextPartNumberMarker", i64::from(last))
        .with("MaxParts", i64::from(limit))
        .with("IsTruncated", page.next.is_some())
        .with("Parts", page.parts.iter().map(|part| listed(&upload, part)).collect::<Vec<_>>())
        .with("Initiator", owner.clone())
        .with("Owner", owner)
        .with("StorageClass", upload.attributes.storage_class.as_deref().unwrap_or("STANDARD"))
        .with_some("ChecksumAlgorithm", upload.checksum.map(|checksum| checksum.algorithm.as_str()))
        .with_some("ChecksumType", upload.checksum.map(|checksum| checksum.kind.as_str())))
}

/// Of an upload that was begun without a checksum none is told.
fn listed(upload: &Upload, part: &Part) -> Structure {
    let mut listed = Structure::new()
        .with("PartNumber", i64::from(part.number))
        .with("LastModified", part.last_modified)
        .with("ETag", answered::quoted(&part.etag))
        .with("Size", answered::length(part.size));
    if let Some(checksum) = part.checksum.as_ref().filter(|_| upload.checksum.is_some()) {
        listed.set(answered::member(checksum), checksum.value.as_str());
    }
    listed
}

fn owner(ask: &Ask<'_>) -> Structure {
    Structure::new().with("ID", canonical_id(ask.directory.account_id()))
}

/// A number that must not be negative.
pub(super) fn bounded(
    input: &Structure,
    member: &str,
    parameter: &'static str,
) -> Result<Option<u32>, ServiceError> {
    let Some(sent) = input.integer(member) else { return Ok(None) };
    u32::try_from(sent).ok().filter(|number| *number <= i32::MAX as u32).map(Some).ok_or_else(|| {
        let message = format!("Argument {parameter} must be an integer between 0 and 2147483647");
        refusal::invalid_argument(parameter, Some(&sent.to_string()), message)
    })
}

/// Parts in one answer.
pub(super) const MOST_LISTED: u32 = 1000;

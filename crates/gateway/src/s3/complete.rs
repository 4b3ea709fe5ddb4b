//! CompleteMultipartUpload.
//!
//! Rule: what is said of the whole and of its parts must be what was kept (suites/aws-recorded).

use account::ServiceError;
use account::s3::refusal;
use objects::{ChecksumAlgorithm, CompletedPart, Completion, ObjectError, Upload};
use wire::{Structure, Value};

use super::multipart::{refused_in, type_mismatch, upload_id};
use super::{answered, attributes, conditions, permission, refused, target};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "CompleteMultipartUpload", checks: permission::complete_upload, run: complete }];

fn complete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    attributes::check_built(ask.input)?;
    let (bucket, key, id) = (permission::bucket_name(ask), permission::key(ask), upload_id(ask)?);
    // Whoever asks again after the upload has ended gets its answer from the object.
    let upload = match ask.objects.upload(bucket, key, &id) {
        Ok(upload) => Some(upload),
        Err(ObjectError::NoSuchUpload) => None,
        Err(error) => return Err(refused_in(ask, error)),
    };
    if let Some(upload) = &upload {
        check_type(ask.input, upload)?;
    }
    let completion = completion(ask.input, upload.as_ref())?;
    let completed = ask.objects.complete_upload(bucket, key, &id, &completion, ask.now);
    let object = completed.map_err(|error| worded(ask, error, upload.as_ref(), &completion))?;
    let mut output = Structure::new()
        .with("Location", location(ask, bucket, key))
        .with("Bucket", bucket)
        .with("Key", key)
        .with("ETag", answered::quoted(&object.etag))
        .with("ServerSideEncryption", answered::ENCRYPTION);
    if let Some(checksum) = &object.checksum {
        answered::checksum(&mut output, checksum);
    }
    Ok(output)
}

fn check_type(input: &Structure, upload: &Upload) -> Result<(), ServiceError> {
    let Some(sent) = input.text("ChecksumType") else { return Ok(()) };
    let begun = upload.checksum.map_or("null", |checksum| checksum.kind.as_str());
    if sent == begun {
        return Ok(());
    }
    Err(refusal::invalid_request(format!(
        "The upload was created using the {begun} checksum mode. The complete request must use the same checksum mode."
    )))
}

fn completion(input: &Structure, upload: Option<&Upload>) -> Result<Completion, ServiceError> {
    let algorithm = upload.map(Upload::part_checksum);
    let listed = input.structure("MultipartUpload").ok_or_else(refusal::malformed_xml)?;
    let parts =
        listed.structures("Parts").map(|part| completed(part, algorithm)).collect::<Result<_, _>>()?;
    let size = match input.member("MpuObjectSize") {
        Some(Value::Integer(size)) => Some(u64::try_from(*size).map_err(|_| {
            refusal::invalid_request("Value for x-amz-mp-object-size header is less than zero")
        })?),
        _ => None,
    };
    let checksum = said(input, algorithm)?.map(str::to_owned);
    Ok(Completion { parts, checksum, size, condition: conditions::of_write(input)? })
}

fn completed(part: &Structure, algorithm: Option<ChecksumAlgorithm>) -> Result<CompletedPart, ServiceError> {
    let sent = part.integer("PartNumber").ok_or_else(refusal::malformed_xml)?;
    let number = u32::try_from(sent).ok().filter(|number| (1..=objects::MOST_PARTS).contains(number));
    Ok(CompletedPart {
        number: number.ok_or_else(|| refused::part_number(&sent.to_string()))?,
        etag: part.text("ETag").map(str::to_owned),
        checksum: said(part, algorithm)?.map(str::to_owned),
    })
}

/// The checksum that is said of the whole or of a part, which must be of the upload's algorithm.
fn said(structure: &Structure, algorithm: Option<ChecksumAlgorithm>) -> Result<Option<&str>, ServiceError> {
    let of = |algorithm: ChecksumAlgorithm| structure.text(&format!("Checksum{algorithm}"));
    let Some(wanted) = algorithm else { return Ok(None) };
    match ChecksumAlgorithm::ALL.into_iter().find(|other| *other != wanted && of(*other).is_some()) {
        Some(other) => Err(type_mismatch(wanted, Some(other))),
        None => Ok(of(wanted)),
    }
}

fn worded(
    ask: &Ask<'_>,
    error: ObjectError,
    upload: Option<&Upload>,
    completion: &Completion,
) -> ServiceError {
    let algorithm = upload.map_or(ChecksumAlgorithm::Crc64Nvme, Upload::part_checksum);
    let algorithm = algorithm.as_str().to_ascii_lowercase();
    match error {
        ObjectError::MissingPartChecksum { number } => refusal::invalid_request(format!(
            "The upload was created using a {algorithm} checksum. The complete request must include the checksum for \
             each part. It was missing for part {number} in the request."
        )),
        ObjectError::BadDigest { .. } => {
            let message = format!("The {algorithm} you specified did not match the calculated checksum.");
            ServiceError::new("BadDigest", 400, message)
        }
        ObjectError::SizeMismatch { declared, computed } => refusal::invalid_request(format!(
            "The provided 'x-amz-mp-object-size' header value {declared} does not match what was computed: {computed}"
        )),
        ObjectError::InvalidPart { number, .. } if is_kept(ask, number, completion) => {
            let message =
                format!("The {algorithm} you specified for part {number} did not match what we received.");
            ServiceError::new("BadDigest", 400, message)
        }
        other => refused_in(ask, other),
    }
}

/// Whether the part is there as its ETag says, so that its checksum is what differs.
fn is_kept(ask: &Ask<'_>, number: u32, completion: &Completion) -> bool {
    let named = completion.parts.iter().find(|part| part.number == number);
    let Some(etag) = named.filter(|part| part.checksum.is_some()).and_then(|part| part.etag.as_deref())
    else {
        return false;
    };
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let Ok(id) = upload_id(ask) else { return false };
    let page = ask.objects.parts(bucket, key, &id, number.saturating_sub(1), 1);
    page.is_ok_and(|page| {
        page.parts.iter().any(|part| part.number == number && part.etag == etag.trim_matches('"'))
    })
}

/// Where the object is to be had, as the client reached it.
pub(crate) fn location(ask: &Ask<'_>, bucket: &str, key: &str) -> String {
    let scheme = if ask.arrival.is_secure { "https" } else { "http" };
    let host = ask.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let key = target::encoded(key);
    if target::is_virtual(host) {
        return format!("{scheme}://{host}/{key}");
    }
    format!("{scheme}://{host}/{bucket}/{key}")
}

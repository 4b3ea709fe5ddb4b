//! CopyObject and UploadPartCopy.
//!
//! Rule: what is said of the source goes along unless the request says otherwise; a copy onto itself must change something
//! (suites/aws-recorded; S3 API Reference, CopyObject).

use account::ServiceError;
use account::s3::{bucket, refusal};
use objects::{Attributes, Body, ChecksumAlgorithm, Content, NewObject, Object};
use wire::Structure;

use super::get_object::is_archived;
use super::source::CopySource;
use super::{answered, attributes, conditions, multipart, permission, put_object, refused, stored, version};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CopyObject", checks: permission::copy_object, run: copy },
    Operation { name: "UploadPartCopy", checks: permission::upload_part_copy, run: copy_part },
];

fn copy(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let input = ask.input;
    attributes::check_built(input)?;
    let (bucket_name, key) = (permission::bucket_name(ask), permission::key(ask));
    attributes::check_key(key)?;
    let source = CopySource::of(ask)?;
    let replaces = Replaces::read(input)?;
    if source.bucket == bucket_name && source.key == key && !replaces.anything(input) {
        return Err(refusal::invalid_request(ILLEGAL));
    }
    let condition = conditions::of_write(input)?;
    let (object, mut content) = open(ask, &source, !replaces.tags)?;
    let most = ask.objects.limits().most_body;
    if object.size > most {
        let message = format!(
            "The specified copy source is larger than the maximum allowable size for a copy source: {most}"
        );
        return Err(refusal::invalid_request(message));
    }
    let attributes = carried(ask, &object, replaces)?;
    let kept = algorithm(input, &object)?;
    // What is refused anyway is not copied first.
    let met = ask.objects.meets(bucket_name, key, &condition);
    met.map_err(|error| put_object::refusal(error, bucket_name, key, &condition))?;
    let body = body(ask, &mut content, 0, object.size, &[kept])?;
    let new = NewObject { attributes, checksum: Some(kept), condition: condition.clone() };
    let put = ask.objects.put(bucket_name, key, body, new, ask.now);
    let copied = put.map_err(|error| put_object::refusal(error, bucket_name, key, &condition))?;
    let mut result = Structure::new()
        .with("ETag", answered::quoted(&copied.etag))
        .with("LastModified", copied.last_modified);
    if let Some(checksum) = &copied.checksum {
        answered::checksum(&mut result, checksum);
    }
    Ok(Structure::new().with("CopyObjectResult", result).with("ServerSideEncryption", answered::ENCRYPTION))
}

fn copy_part(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    attributes::check_built(ask.input)?;
    multipart::part_number(ask.input)?;
    let upload = multipart::upload(ask)?;
    let (object, mut content) = open(ask, &CopySource::of(ask)?, false)?;
    let (start, length) = match ask.input.text("CopySourceRange") {
        Some(range) => range_of(range, object.size)?,
        None => (0, object.size),
    };
    let most = ask.objects.limits().most_body;
    if length > most {
        return Err(refused::too_large(length, most));
    }
    let body = body(ask, &mut content, start, length, &[upload.part_checksum()])?;
    let part = multipart::put_part(ask, body)?;
    let mut result =
        Structure::new().with("ETag", answered::quoted(&part.etag)).with("LastModified", part.last_modified);
    if let Some(checksum) = part.checksum.as_ref().filter(|_| upload.checksum.is_some()) {
        result.set(answered::member(checksum), checksum.value.as_str());
    }
    Ok(Structure::new().with("CopyPartResult", result).with("ServerSideEncryption", answered::ENCRYPTION))
}

/// Which of what is said of the source the request says anew.
#[derive(Clone, Copy, Debug)]
struct Replaces {
    metadata: bool,
    tags: bool,
}

impl Replaces {
    fn read(input: &Structure) -> Result<Self, ServiceError> {
        let directive = |member, header: &'static str, message| match input.text(member) {
            None | Some("COPY") => Ok(false),
            Some("REPLACE") => Ok(true),
            Some(other) => Err(refusal::invalid_argument(header, Some(other), message)),
        };
        Ok(Self {
            metadata: directive(
                "MetadataDirective",
                "x-amz-metadata-directive",
                "Unknown metadata directive.",
            )?,
            tags: directive("TaggingDirective", "x-amz-tagging-directive", "Unknown tagging directive.")?,
        })
    }

    fn anything(self, input: &Structure) -> bool {
        let others = ["StorageClass", "WebsiteRedirectLocation", "ServerSideEncryption", "ChecksumAlgorithm"];
        self.metadata || self.tags || others.iter().any(|member| input.text(member).is_some())
    }
}

/// The source, if the caller may have it and it is there as the request requires. What was allowed is what is copied: it is looked at
/// once.
fn open(ask: &Ask<'_>, source: &CopySource, with_tags: bool) -> Result<(Object, Content), ServiceError> {
    let may = |found: Option<&Object>| {
        let checks = permission::copied(ask, source, found, with_tags);
        checks.iter().try_for_each(|check| ask.authorise(check))?;
        version::check_one(&source.key, source.version.as_deref())
    };
    let opened = ask.objects.open_if(&source.bucket, &source.key, |object| may(Some(object)));
    let Some((object, content)) = stored::there(&source.bucket, opened)?.transpose()? else {
        may(None)?;
        return Err(permission::missing_key(ask, &source.bucket, &source.key));
    };
    if let Some(class) = object.attributes.storage_class.as_deref().filter(|class| is_archived(class)) {
        let message = "Operation is not valid for the source object's storage class";
        return Err(ServiceError::new("InvalidObjectState", 403, message).with_extra("StorageClass", class));
    }
    conditions::of_source(ask.input, &object, ask.now)?;
    Ok((object, content))
}

fn carried(ask: &Ask<'_>, source: &Object, replaces: Replaces) -> Result<Attributes, ServiceError> {
    let said = attributes::read(ask, bucket::find(ask.directory, permission::bucket_name(ask))?)?;
    let from = if replaces.metadata { said.clone() } else { source.attributes.clone() };
    Ok(Attributes {
        // These are never the source's.
        website_redirect_location: said.website_redirect_location,
        storage_class: said.storage_class,
        owner: said.owner,
        acl: said.acl,
        tags: if replaces.tags { said.tags } else { source.attributes.tags.clone() },
        ..from
    })
}

/// The checksum that is asked for, else of the kind that the source has.
fn algorithm(input: &Structure, source: &Object) -> Result<ChecksumAlgorithm, ServiceError> {
    match input.text("ChecksumAlgorithm") {
        Some(name) => name
            .parse()
            .map_err(|_| refusal::invalid_request("Value for x-amz-checksum-algorithm header is invalid.")),
        None => {
            Ok(source.checksum.as_ref().map_or(ChecksumAlgorithm::Crc64Nvme, |checksum| checksum.algorithm))
        }
    }
}

/// A body of some of the source's bytes.
fn body(
    ask: &Ask<'_>,
    content: &mut Content,
    start: u64,
    length: u64,
    checksums: &[ChecksumAlgorithm],
) -> Result<Body, ServiceError> {
    let mut draft = put_object::draft(ask, checksums)?;
    let (mut at, end) = (start, start + length);
    while at < end {
        let most = usize::try_from(end - at).unwrap_or(usize::MAX).min(BLOCK);
        let block = content.read_at(at, most).map_err(refused::objects)?;
        if block.is_empty() {
            return Err(refused::internal("a copy's source ended before its size"));
        }
        draft.write(&block).map_err(refused::objects)?;
        at += block.len() as u64;
    }
    draft.finish().map_err(refused::objects)
}

/// First byte and length.
fn range_of(text: &str, size: u64) -> Result<(u64, u64), ServiceError> {
    let argument =
        |message: String| refusal::invalid_argument("x-amz-copy-source-range", Some(text), message);
    let bounds = text.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u64>().ok()).flatten()
    };
    let Some((first, last)) = bounds.and_then(|(first, last)| Some((number(first)?, number(last)?))) else {
        return Err(argument(RANGE_FORM.to_owned()));
    };
    if first > last {
        return Err(argument(RANGE_FORM.to_owned()));
    }
    if first >= size {
        return Err(refusal::invalid_request(
            "The specified copy range is invalid for the source object size",
        ));
    }
    if last >= size {
        return Err(argument(format!("Range specified is not valid for source object of size: {size}")));
    }
    Ok((first, last - first + 1))
}

const RANGE_FORM: &str = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last \
                          are the zero-based offsets of the first and last bytes to copy";

const ILLEGAL: &str = "This copy request is illegal because it is trying to copy an object to itself without changing \
                       the object's metadata, storage class, website redirect location or encryption attributes.";

/// Bytes that are copied at once.
const BLOCK: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_sources_are_whole_or_refused() {
        assert_eq!(range_of("bytes=0-9", 10), Ok((0, 10)));
        assert_eq!(range_of("bytes=3-3", 10), Ok((3, 1)));
        for (text, code) in [
            ("0-8", "InvalidArgument"),
            ("bytes=0-", "InvalidArgument"),
            ("bytes=-5", "InvalidArgument"),
            ("bytes=5-4", "InvalidArgument"),
            ("bytes=0-100", "InvalidArgument"),
            ("bytes=10-12", "InvalidRequest"),
        ] {
            assert_eq!(&*range_of(text, 10).unwrap_err().code, code, "{text}");
        }
    }
}

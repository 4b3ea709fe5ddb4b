//! GetObjectAttributes.

use account::ServiceError;
use account::s3::refusal;
use objects::{Checksum, ChecksumType, Object, ObjectError, Part};
use wire::Structure;

use super::multipart::{MOST_LISTED, bounded};
use super::{answered, attributes, permission, refused, version};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "GetObjectAttributes", checks: permission::get_object_attributes, run: get }];

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let input = ask.input;
    attributes::check_built(input)?;
    version::check(ask)?;
    let wanted: Vec<&str> = input.texts("ObjectAttributes").collect();
    if wanted.is_empty() || wanted.iter().any(|name| !KNOWN.contains(name)) {
        let message = "Invalid attribute name specified.";
        return Err(refusal::invalid_argument("x-amz-object-attributes", Some(&wanted.join(",")), message));
    }
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let object = ask.objects.head(bucket, key).map_err(|error| match error {
        ObjectError::NoSuchKey => permission::missing_key(ask, bucket, key),
        other => refused::objects(other),
    })?;
    let mut output = Structure::new().with("LastModified", object.last_modified);
    for name in wanted {
        match name {
            "ETag" => output.set("ETag", object.etag.as_str()),
            "ObjectSize" => output.set("ObjectSize", answered::length(object.size)),
            "StorageClass" => {
                output.set("StorageClass", object.attributes.storage_class.as_deref().unwrap_or("STANDARD"));
            }
            "Checksum" => {
                if let Some(held) = &object.checksum {
                    let mut checksum = Structure::new();
                    answered::checksum(&mut checksum, &without_count(held));
                    output.set("Checksum", checksum);
                }
            }
            _ => {
                if let Some(parts) = parts(ask, &object)? {
                    output.set("ObjectParts", parts);
                }
            }
        }
    }
    Ok(output)
}

/// How many parts a checksum is of stands elsewhere in this answer.
fn without_count(checksum: &Checksum) -> Checksum {
    let value = checksum.value.split('-').next().unwrap_or_default().to_owned();
    Checksum { value, ..checksum.clone() }
}

/// None of what came in one request. The parts are listed where their checksums make that of the object.
fn parts(ask: &Ask<'_>, object: &Object) -> Result<Option<Structure>, ServiceError> {
    let Some(count) = object.parts else { return Ok(None) };
    let counted = Structure::new().with("TotalPartsCount", i64::from(count));
    if object.checksum.as_ref().is_none_or(|checksum| checksum.kind != ChecksumType::Composite) {
        return Ok(Some(counted));
    }
    let limit = bounded(ask.input, "MaxParts", "max-parts")?.unwrap_or(MOST_LISTED).min(MOST_LISTED);
    let after = bounded(ask.input, "PartNumberMarker", "part-number-marker")?.unwrap_or_default();
    let (bucket, key) = (permission::bucket_name(ask), permission::key(ask));
    let page = ask.objects.object_parts(bucket, key, after, limit as usize).map_err(refused::objects)?;
    let Some(page) = page else { return Ok(None) };
    let last = page.parts.last().map_or(0, |part| part.number);
    Ok(Some(
        counted
            .with("PartNumberMarker", i64::from(after))
            .with("NextPartNumberMarker", i64::from(last))
            .with("MaxParts", i64::from(limit))
            .with("IsTruncated", page.next.is_some())
            .with("Parts", page.parts.iter().map(part).collect::<Vec<_>>()),
    ))
}

fn part(part: &Part) -> Structure {
    let mut told =
        Structure::new().with("PartNumber", i64::from(part.number)).with("Size", answered::length(part.size));
    if let Some(checksum) = &part.checksum {
        told.set(answered::member(checksum), checksum.value.as_str());
    }
    told
}

const KNOWN: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

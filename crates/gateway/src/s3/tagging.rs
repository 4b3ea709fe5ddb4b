//! Tags of buckets and objects.

use account::directory::Tag;
use account::s3::{refusal, tag};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::permission::{
    asked_bucket, bucket_name, key, missing_key, on_bucket, on_version, with_request_tags,
};
use super::{body, stored, version};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetBucketTagging",
        checks: |ask| on_bucket(ask, "s3:GetBucketTagging"),
        run: get_of_bucket,
    },
    Operation { name: "PutBucketTagging", checks: bucket_tagging, run: put_of_bucket },
    Operation {
        name: "DeleteBucketTagging",
        checks: |ask| on_bucket(ask, "s3:PutBucketTagging"),
        run: delete_of_bucket,
    },
    Operation {
        name: "GetObjectTagging",
        checks: |ask| on_version(ask, "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
        run: get_of_object,
    },
    Operation { name: "PutObjectTagging", checks: object_tagging, run: put_of_object },
    Operation {
        name: "DeleteObjectTagging",
        checks: |ask| on_version(ask, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
        run: |ask| set(ask, Vec::new()),
    },
];

fn get_of_bucket(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let tags = tag::of_bucket(asked_bucket(ask)?)?;
    Ok(Structure::new().with("TagSet", tags.iter().map(shown).collect::<Vec<_>>()))
}

fn bucket_tagging(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let mut checks = on_bucket(ask, "s3:PutBucketTagging")?;
    // Every tag is a key of the check: nobody has more of them made than a bucket can have.
    tag::check_count_of_bucket(count(ask))?;
    let tags = given(ask);
    for check in &mut checks {
        for Tag { key, value } in &tags {
            check.context.set(&format!("aws:RequestTag/{key}"), value.as_str());
        }
        check.context.set_many("aws:TagKeys", tags.iter().map(|tag| tag.key.clone()).collect());
    }
    Ok(checks)
}

fn put_of_bucket(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    require_tag_set(ask)?;
    ask.account.change(|directory| tag::put(directory, bucket_name(ask), given(ask)))?;
    Ok(Structure::new())
}

fn delete_of_bucket(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| tag::put(directory, bucket_name(ask), Vec::new()))?;
    Ok(Structure::new())
}

fn get_of_object(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    version::check(ask)?;
    let (bucket, key) = (bucket_name(ask), key(ask));
    let object = stored::find(ask, bucket, key)?.ok_or_else(|| missing_key(ask, bucket, key))?;
    let tags: Vec<Value> =
        object.attributes.tags.into_iter().map(|(key, value)| shown(&Tag { key, value })).collect();
    Ok(Structure::new().with("TagSet", tags))
}

fn object_tagging(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let checks = on_version(ask, "s3:PutObjectTagging", "s3:PutObjectVersionTagging")?;
    tag::check_count_of_object(count(ask))?;
    let tags = given(ask);
    Ok(checks.into_iter().map(|check| with_request_tags(check, &tags)).collect())
}

fn put_of_object(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    require_tag_set(ask)?;
    set(ask, tag::checked_of_object(given(ask))?)
}

fn set(ask: &Ask<'_>, tags: Vec<Tag>) -> Result<Structure, ServiceError> {
    version::check(ask)?;
    let tags: Vec<(String, String)> = tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
    stored::update(ask, bucket_name(ask), key(ask), |attributes| {
        attributes.tags.clone_from(&tags);
        Ok(())
    })?;
    Ok(Structure::new())
}

/// An empty one takes all tags away; none at all is no such document.
fn require_tag_set(ask: &Ask<'_>) -> Result<(), ServiceError> {
    let has_set = ask.input.structure("Tagging").is_some_and(|tagging| tagging.member("TagSet").is_some());
    if has_set { Ok(()) } else { Err(refusal::malformed_xml()) }
}

fn count(ask: &Ask<'_>) -> usize {
    ask.input.structure("Tagging").map_or(0, |tagging| tagging.structures("TagSet").count())
}

fn given(ask: &Ask<'_>) -> Vec<Tag> {
    ask.input.structure("Tagging").map(|tagging| read(tagging, "TagSet")).unwrap_or_default()
}

/// The tags of a list.
pub(super) fn read(holder: &Structure, member: &str) -> Vec<Tag> {
    let text = |tag: &Structure, name: &str| tag.text(name).unwrap_or_default().to_owned();
    holder.structures(member).map(|tag| Tag { key: text(tag, "Key"), value: text(tag, "Value") }).collect()
}

fn shown(tag: &Tag) -> Value {
    Structure::new().with("Key", tag.key.as_str()).with("Value", tag.value.as_str()).into()
}

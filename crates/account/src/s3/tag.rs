//! Tags of buckets and objects (S3 User Guide, "Using cost allocation S3 bucket tags", "Categorizing your objects using tags").
//!
//! Rule: unlike IAM's, keys that differ in case are two.

use std::collections::BTreeSet;

use super::{bucket, refusal};
use crate::ServiceError;
use crate::directory::{Bucket, Directory, Tag};

/// GetBucketTagging
pub fn of_bucket(bucket: &Bucket) -> Result<&[Tag], ServiceError> {
    if bucket.tags.is_empty() {
        return Err(refusal::not_set("NoSuchTagSet", "The TagSet does not exist", &bucket.bucket_name));
    }
    Ok(&bucket.tags)
}

/// PutBucketTagging: these, and no others.
pub fn put(directory: &mut Directory, bucket_name: &str, tags: Vec<Tag>) -> Result<(), ServiceError> {
    bucket::find_mut(directory, bucket_name)?.tags = checked_of_bucket(tags)?;
    Ok(())
}

/// The tags of a bucket, if they may be.
pub fn checked_of_bucket(tags: Vec<Tag>) -> Result<Vec<Tag>, ServiceError> {
    check_count_of_bucket(tags.len())?;
    checked(tags, "System tags cannot be added/updated by requester")
}

/// The tags of an object, if they may be.
pub fn checked_of_object(tags: Vec<Tag>) -> Result<Vec<Tag>, ServiceError> {
    check_count_of_object(tags.len())?;
    checked(tags, "Your TagKey cannot be prefixed with aws:")
}

/// Whether a bucket can have so many tags: to be asked before anything is made of them.
pub fn check_count_of_bucket(count: usize) -> Result<(), ServiceError> {
    let message = "Bucket tag count cannot be greater than 50";
    if count <= MAX_BUCKET_TAGS { Ok(()) } else { Err(ServiceError::new("BadRequest", 400, message)) }
}

/// [`check_count_of_bucket`], for an object.
pub fn check_count_of_object(count: usize) -> Result<(), ServiceError> {
    let message = "Object tags cannot be greater than 10";
    if count <= MAX_OBJECT_TAGS { Ok(()) } else { Err(ServiceError::new("BadRequest", 400, message)) }
}

fn checked(tags: Vec<Tag>, reserved: &str) -> Result<Vec<Tag>, ServiceError> {
    let mut seen = BTreeSet::new();
    for Tag { key, value } in &tags {
        let invalid =
            |message: &str| ServiceError::new("InvalidTag", 400, message).with_extra("TagKey", key.as_str());
        if !seen.insert(key.as_str()) {
            return Err(invalid("Cannot provide multiple Tags with the same key"));
        }
        if key.starts_with("aws:") {
            return Err(invalid(reserved));
        }
        if key.is_empty() || !fits(key, MAX_KEY) {
            return Err(invalid("The TagKey you have provided is invalid"));
        }
        if !fits(value, MAX_VALUE) {
            let error = invalid("The TagValue you have provided is invalid");
            return Err(error.with_extra("TagValue", value.as_str()));
        }
    }
    Ok(tags)
}

fn fits(text: &str, most: usize) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || letter == ' ' || "+-=._:/@".contains(letter);
    text.encode_utf16().count() <= most && text.chars().all(allowed)
}

/// The header `x-amz-tagging`: a query string.
pub fn of_header(text: &str) -> Result<Vec<Tag>, ServiceError> {
    let invalid = || {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag \
                       name duplicates.";
        refusal::invalid_argument("x-amz-tagging", Some(text), message)
    };
    let mut tags: Vec<Tag> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| decoded(text).ok_or_else(invalid);
        let tag = Tag { key: decode(key)?, value: decode(value)? };
        if tags.len() > MAX_OBJECT_TAGS || tags.iter().any(|held| held.key == tag.key) {
            return Err(invalid());
        }
        tags.push(tag);
    }
    checked_of_object(tags)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?);
                rest = &tail[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

const MAX_BUCKET_TAGS: usize = 50;
pub const MAX_OBJECT_TAGS: usize = 10;
/// UTF-16 code units, both.
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn refusals_are_those_recorded() {
        for (tags, message) in [
            (vec![tag("Key1", "a"), tag("Key1", "b")], "Cannot provide multiple Tags with the same key"),
            (vec![tag("Key1,Key2", "a")], "The TagKey you have provided is invalid"),
            (vec![tag("", "a")], "The TagKey you have provided is invalid"),
            (vec![tag("Key1", "Val1,Val2")], "The TagValue you have provided is invalid"),
            (vec![tag("aws:prefixed", "a")], "Your TagKey cannot be prefixed with aws:"),
            (vec![tag(&"k".repeat(129), "a")], "The TagKey you have provided is invalid"),
            (vec![tag("k", &"v".repeat(257))], "The TagValue you have provided is invalid"),
            ((0..11).map(|n| tag(&n.to_string(), "")).collect(), "Object tags cannot be greater than 10"),
        ] {
            assert_eq!(checked_of_object(tags).unwrap_err().message, message);
        }
        let refused = checked_of_bucket(vec![tag("aws:prefixed", "a")]).unwrap_err();
        assert_eq!(refused.message, "System tags cannot be added/updated by requester");
        assert_eq!(checked_of_bucket(vec![tag("k", "a"), tag("K", "ü 1")]).unwrap().len(), 2);
    }

    #[test]
    fn the_header_is_a_query_string() {
        let read = of_header("a=1&b%2Fc=x+y%20z&empty").unwrap();
        assert_eq!(read, [tag("a", "1"), tag("b/c", "x y z"), tag("empty", "")]);
        for wrong in ["a=1&a=2", "a=%", "a=%zz", "a=%+1", "%ff=1"] {
            assert_eq!(&*of_header(wrong).unwrap_err().code, "InvalidArgument", "{wrong}");
        }
        assert!(of_header("").unwrap().is_empty());
    }
}

//! The keys under which records are kept.
//!
//! Rule: objects stand in the order of their keys' bytes, which the store's own encoding of a segment does not keep; in hexadecimal they
//! do, and all keys that start alike are one range.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use store::{Key, KeyRange};
use sys::fs::BodyName;
use types::Timestamp;

/// What a bucket's contents are kept under: a bucket that is made again under its old name begins anew.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Generation(String);

/// The id of an upload in parts: those of a key are in the order of their beginnings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct UploadId(String);

/// The text is not the id of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("id of an upload is malformed")]
pub struct UploadIdError;

/// Where to go on in a listing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound<'a> {
    /// With this key, or what comes behind it.
    From(&'a str),
    /// Behind this key.
    After(&'a str),
    /// Behind all keys that start so.
    Past(&'a str),
}

impl Generation {
    pub(crate) fn new(random: [u8; 8]) -> Self {
        Self(format!("{:016x}", u64::from_be_bytes(random)))
    }

    /// As the store's key has it; `None` where it is none.
    pub(crate) fn of(key: &Key) -> Option<Self> {
        key.name().map(Self)
    }
}

impl UploadId {
    pub(crate) fn new(now: Timestamp, random: [u8; 16]) -> Self {
        Self(format!("{:012x}{:032x}", now.millis(), u128::from_be_bytes(random)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UploadId {
    type Err = UploadIdError;

    fn from_str(text: &str) -> Result<Self, UploadIdError> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 44 && text.bytes().all(digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UploadIdError)
        }
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> Self {
        id.0
    }
}

impl TryFrom<String> for UploadId {
    type Error = UploadIdError;

    fn try_from(text: String) -> Result<Self, UploadIdError> {
        text.parse()
    }
}

pub(crate) fn bucket(name: &str) -> Key {
    Key::new(BUCKETS).with(name)
}

pub(crate) fn buckets() -> KeyRange {
    KeyRange::children(&Key::new(BUCKETS))
}

pub(crate) fn object(generation: &Generation, key: &str) -> Key {
    objects_of(generation).with(&hexadecimal(key))
}

pub(crate) fn objects_of(generation: &Generation) -> Key {
    Key::new(OBJECTS).with(&generation.0)
}

pub(crate) fn upload(generation: &Generation, key: &str, id: &UploadId) -> Key {
    uploads_of(generation).with(&hexadecimal(key)).with(id.as_str())
}

pub(crate) fn uploads_of(generation: &Generation) -> Key {
    Key::new(UPLOADS).with(&generation.0)
}

pub(crate) fn part(upload: &UploadId, number: u32) -> Key {
    parts_of(upload).with_number(number.into())
}

pub(crate) fn parts_of(upload: &UploadId) -> Key {
    Key::new(PARTS).with(upload.as_str())
}

/// The number of a part, by its record's key.
pub(crate) fn part_number(key: &Key) -> Option<u32> {
    u32::from_str_radix(&key.name()?, 16).ok()
}

/// Is there for as long as the body belongs to a record.
pub(crate) fn body(name: BodyName) -> Key {
    Key::new(BODIES).with(&name.to_string())
}

/// Is there until nothing is left of an upload that nobody can see any more.
pub(crate) fn doomed_upload(id: &UploadId) -> Key {
    doomed_uploads().with(id.as_str())
}

pub(crate) fn doomed_uploads() -> Key {
    Key::new(DOOMED).with("upload")
}

/// As [`doomed_upload`], for what was in a bucket.
pub(crate) fn doomed_bucket(generation: &Generation) -> Key {
    doomed_buckets().with(&generation.0)
}

pub(crate) fn doomed_buckets() -> Key {
    Key::new(DOOMED).with("bucket")
}

/// The part of `root`'s children from `bound` on whose keys start with `prefix`.
pub(crate) fn range(root: &Key, prefix: &str, bound: Bound<'_>) -> KeyRange {
    let start = match bound {
        Bound::From(key) => hexadecimal(key),
        // '0' is behind the '/' of what stands below the key, and before whatever goes on behind it.
        Bound::After(key) => format!("{}0", hexadecimal(key)),
        Bound::Past(key) => beyond(key),
    };
    let start = start.max(hexadecimal(prefix));
    KeyRange::between(&root.with(&start), &root.with(&beyond(prefix)))
}

/// The key of the object, by the key of its record: the segment behind `root`.
pub(crate) fn object_key(root: &Key, stored: &Key) -> Option<String> {
    let segments = stored.as_str().strip_prefix(root.as_str())?.strip_prefix('/')?;
    let digits = segments.split('/').next()?.as_bytes();
    if digits.len() % 2 != 0 {
        return None;
    }
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    String::from_utf8(digits.chunks(2).map(byte).collect::<Option<_>>()?).ok()
}

/// Behind all keys that start with `prefix`: 'g' follows the digits.
fn beyond(prefix: &str) -> String {
    format!("{}g", hexadecimal(prefix))
}

fn hexadecimal(key: &str) -> String {
    let mut text = String::with_capacity(key.len() * 2);
    for byte in key.bytes() {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

const BUCKETS: &str = "bucket-contents";
const OBJECTS: &str = "object";
const UPLOADS: &str = "object-upload";
const PARTS: &str = "object-part";
const BODIES: &str = "object-body";
const DOOMED: &str = "object-doomed";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn objects_are_in_the_order_of_their_keys(one: String, other: String) {
            let at = |key: &str| object(&Generation::new([1; 8]), key);
            prop_assert_eq!(at(&one).cmp(&at(&other)), one.as_bytes().cmp(other.as_bytes()));
            let root = objects_of(&Generation::new([1; 8]));
            prop_assert_eq!(object_key(&root, &at(&one)), Some(one));
        }

        #[test]
        fn ranges_hold_what_they_say(key in "[a-c/\u{0}é]{0,4}", prefix in "[a-c/é]{0,2}", bound in "[a-c/\u{0}é]{0,3}") {
            let generation = Generation::new([1; 8]);
            for (root, stored) in [
                (objects_of(&generation), object(&generation, &key)),
                (uploads_of(&generation), upload(&generation, &key, &UploadId::new(Timestamp::EPOCH, [3; 16]))),
            ] {
                let holds = |bound| {
                    let range = range(&root, &prefix, bound);
                    !range.is_empty() && range.contains(&stored)
                };
                let within = key.starts_with(&prefix);
                prop_assert_eq!(holds(Bound::From(&bound)), within && key >= bound);
                prop_assert_eq!(holds(Bound::Past(&bound)), within && key > bound && !key.starts_with(&bound));
                prop_assert_eq!(holds(Bound::After(&bound)), within && key > bound);
            }
        }
    }
}

//! How objects and parts are kept: a version, the length of a head, the head as JSON, and, of small ones, the body.
//!
//! Rule: the key is in the store's key alone. A version that this program does not know is damage to it, never a guess.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::Entry;
use sys::fs::BodyName;
use types::Timestamp;

use crate::{Attributes, Checksum, Layout, Object, ObjectError, Part, UploadId};

/// What is kept of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObjectRecord {
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<Checksum>,
    #[serde(default)]
    pub(crate) attributes: Attributes,
    pub(crate) place: Place,
}

/// What is kept of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartRecord {
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<Checksum>,
    pub(crate) place: Place,
}

/// Where a body is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Place {
    /// Behind the head.
    Inline,
    #[serde(with = "body_name")]
    File(BodyName),
    /// In the parts of this upload.
    Parts { upload: UploadId, layout: Layout },
}

impl ObjectRecord {
    pub(crate) fn object(self, key: String) -> Object {
        self.split(key).0
    }

    /// What is told of it, and where its bytes are.
    pub(crate) fn split(self, key: String) -> (Object, Place) {
        let parts = match &self.place {
            Place::Parts { layout, .. } => Some(layout.count()),
            Place::Inline | Place::File(_) => None,
        };
        let object = Object {
            key,
            size: self.size,
            etag: self.etag,
            last_modified: self.modified,
            checksum: self.checksum,
            parts,
            attributes: self.attributes,
        };
        (object, self.place)
    }
}

impl PartRecord {
    pub(crate) fn part(self, number: u32) -> Part {
        Part {
            number,
            size: self.size,
            etag: self.etag,
            last_modified: self.modified,
            checksum: self.checksum,
        }
    }
}

/// The bytes of a record with a body behind it.
pub(crate) fn encode(head: &impl Serialize, body: &[u8]) -> Vec<u8> {
    let head = serde_json::to_vec(head).expect("heads have text as keys and no foreign serializers");
    let length = u32::try_from(head.len()).expect("heads are bounded by what a request may hold");
    [&[VERSION][..], &length.to_be_bytes(), &head, body].concat()
}

/// The head of a record.
pub(crate) fn decode<T: DeserializeOwned>(entry: &Entry) -> Result<T, ObjectError> {
    let damaged = || ObjectError::Damaged(entry.key.to_string());
    let (head, _) = split(&entry.value).ok_or_else(damaged)?;
    serde_json::from_slice(head).map_err(|_| damaged())
}

/// The body behind a record's head.
pub(crate) fn body(entry: Entry) -> Result<Bytes, ObjectError> {
    let Some((_, body)) = split(&entry.value) else {
        return Err(ObjectError::Damaged(entry.key.to_string()));
    };
    let start = entry.value.len() - body.len();
    Ok(Bytes::from(entry.value).slice(start..))
}

fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[version], rest) = value.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    (version == VERSION).then(|| rest.split_at_checked(length))?
}

mod body_name {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use sys::fs::BodyName;

    pub(super) fn serialize<S: Serializer>(name: &BodyName, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(name)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BodyName, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use store::{Key, Revision};

    fn entry(value: Vec<u8>) -> Entry {
        let revision = Revision(1);
        Entry { key: Key::new("k"), value, created: revision, modified: revision, deadline: None }
    }

    fn record(place: Place) -> PartRecord {
        PartRecord { size: 3, etag: "e".to_owned(), modified: Timestamp::from_secs(5), checksum: None, place }
    }

    #[test]
    fn heads_and_bodies_come_back() {
        for (place, kept) in [(Place::Inline, &b"{}\0"[..]), (Place::File(BodyName::new([9; 16])), b"")] {
            let entry = entry(encode(&record(place.clone()), kept));
            assert_eq!(decode::<PartRecord>(&entry).unwrap(), record(place));
            assert_eq!(body(entry).unwrap(), kept);
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_are_damage(bytes: Vec<u8>, cut in 0..60_usize) {
            let known = encode(&record(Place::Inline), b"");
            for value in [bytes, known[..cut.min(known.len() - 1)].to_vec()] {
                let entry = entry(value);
                prop_assert!(matches!(decode::<PartRecord>(&entry), Err(ObjectError::Damaged(_))));
                let _ = body(entry);
            }
        }
    }
}

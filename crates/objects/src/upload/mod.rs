//! Uploads in parts: begun, filled, completed or aborted.
//!
//! Rule: a part is a record of its own, and stays where it was put when the upload becomes an object: completing copies nothing. Every
//! part writes the upload's record anew, so that who completes or aborts it sees all parts or fails.

mod complete;
mod layout;
mod list;
mod part;

use serde::{Deserialize, Serialize};
use store::{Entry, Key, KeyRange, Outcome, Transaction};
use types::Timestamp;

use crate::put::{check_key, contended};
use crate::{
    ATTEMPTS, Attributes, ChecksumAlgorithm, ChecksumType, ObjectError, Objects, UploadId, names, record,
};

pub use complete::{CompletedPart, Completion};
pub use layout::{Layout, PartSpan};
pub use list::{UploadListing, UploadPage};
pub use part::{Part, PartPage};

/// An upload in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub key: String,
    pub id: UploadId,
    pub initiated: Timestamp,
    pub attributes: Attributes,
    /// What was asked for; without, parts have CRC64NVME, and so has the object, of all its bytes.
    pub checksum: Option<UploadChecksum>,
}

/// The checksum that an upload was begun with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadChecksum {
    pub algorithm: ChecksumAlgorithm,
    #[serde(rename = "type")]
    pub kind: ChecksumType,
}

/// An upload to begin.
#[derive(Clone, Debug, Default)]
pub struct NewUpload {
    pub attributes: Attributes,
    pub checksum: Option<UploadChecksum>,
}

/// What is kept of an upload in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct UploadRecord {
    initiated: Timestamp,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<UploadChecksum>,
    /// Whether there was an object of its key when it was begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    replaces: bool,
}

/// An upload's record as it was found.
#[derive(Debug)]
struct FoundUpload {
    marker: crate::bucket::Marker,
    place: Key,
    entry: Entry,
    record: UploadRecord,
}

impl Objects {
    /// Begins an upload.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::KeyTooLong`], what the store says.
    pub fn begin_upload(
        &self,
        bucket: &str,
        key: &str,
        new: NewUpload,
        now: Timestamp,
    ) -> Result<Upload, ObjectError> {
        check_key(key)?;
        let id = UploadId::new(now, self.entropy.bytes()?);
        let mut record = UploadRecord {
            initiated: now,
            attributes: new.attributes,
            checksum: new.checksum,
            replaces: false,
        };
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            let there = self.store.get(&names::object(marker.generation(), key))?;
            record.replaces = there.is_some();
            let place = names::upload(marker.generation(), key, &id);
            let transaction = marker.hold(Transaction::new()).put(place, record::encode(&record, &[]));
            if let Outcome::Committed(_) = self.store.commit(transaction)? {
                return Ok(record.upload(key.to_owned(), id));
            }
        }
        Err(contended(bucket, key))
    }

    /// An upload in progress.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::NoSuchUpload`].
    pub fn upload(&self, bucket: &str, key: &str, id: &UploadId) -> Result<Upload, ObjectError> {
        let found = self.found_upload(bucket, key, id)?;
        Ok(found.record.upload(key.to_owned(), id.clone()))
    }

    /// Ends an upload, and takes away its parts.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::NoSuchUpload`].
    pub fn abort_upload(&self, bucket: &str, key: &str, id: &UploadId) -> Result<(), ObjectError> {
        for _ in 0..ATTEMPTS {
            let found = self.found_upload(bucket, key, id)?;
            let transaction = found.ended().put(names::doomed_upload(id), "");
            if let Outcome::Committed(_) = self.store.commit(transaction)? {
                return self.bury_upload(id);
            }
        }
        Err(contended(bucket, key))
    }

    fn found_upload(&self, bucket: &str, key: &str, id: &UploadId) -> Result<FoundUpload, ObjectError> {
        let marker = self.marker(bucket)?;
        let place = names::upload(marker.generation(), key, id);
        let entry = self.store.get(&place)?.ok_or(ObjectError::NoSuchUpload)?;
        let record = record::decode(&entry)?;
        Ok(FoundUpload { marker, place, entry, record })
    }

    /// All parts of an upload, in the order of their numbers.
    fn each_part(
        &self,
        id: &UploadId,
        mut each: impl FnMut(u32, Entry) -> Result<(), ObjectError>,
    ) -> Result<(), ObjectError> {
        let mut rest = Some(KeyRange::children(&names::parts_of(id)));
        while let Some(range) = rest {
            let page = self.store.range(&range, BATCH)?;
            rest = page.rest;
            for entry in page.entries {
                let number = names::part_number(&entry.key);
                let number = number.ok_or_else(|| ObjectError::Damaged(entry.key.to_string()))?;
                each(number, entry)?;
            }
        }
        Ok(())
    }
}

impl FoundUpload {
    /// Takes the upload out of sight, if it is as it was found.
    fn ended(&self) -> Transaction {
        let transaction = self.marker.hold(Transaction::new());
        transaction.require_revision(self.place.clone(), self.entry.modified).delete(self.place.clone())
    }
}

impl UploadRecord {
    fn upload(self, key: String, id: UploadId) -> Upload {
        let Self { initiated, attributes, checksum, replaces: _ } = self;
        Upload { key, id, initiated, attributes, checksum }
    }

    /// What parts are to be drafted with.
    fn algorithm(&self) -> ChecksumAlgorithm {
        self.checksum.map_or(DEFAULT, |checksum| checksum.algorithm)
    }

    fn kind(&self) -> ChecksumType {
        self.checksum.map_or(ChecksumType::FullObject, |checksum| checksum.kind)
    }
}

impl Upload {
    /// The checksum that bodies of parts must be drafted with.
    pub fn part_checksum(&self) -> ChecksumAlgorithm {
        self.checksum.map_or(DEFAULT, |checksum| checksum.algorithm)
    }
}

/// What AWS computes for whom nothing was asked.
const DEFAULT: ChecksumAlgorithm = ChecksumAlgorithm::Crc64Nvme;

/// Small parts stand in their records, so this bounds memory.
const BATCH: usize = 128;

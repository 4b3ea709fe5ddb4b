//! Parts: put, and listed, of uploads in progress and of objects.

use store::{KeyRange, Outcome};
use types::Timestamp;

use crate::put::contended;
use crate::record::{self, PartRecord, Place};
use crate::{ATTEMPTS, Body, Checksum, MOST_PARTS, ObjectError, Objects, UploadId, names};

/// A part as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 1 to [`MOST_PARTS`].
    pub number: u32,
    pub size: u64,
    /// MD5 in hexadecimal, without quotes.
    pub etag: String,
    pub last_modified: Timestamp,
    pub checksum: Option<Checksum>,
}

/// Some parts, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartPage {
    pub parts: Vec<Part>,
    /// Pass it as `after` for what is left; `None` where nothing is.
    pub next: Option<u32>,
}

impl Objects {
    /// Puts a part in the place of whatever has its number.
    ///
    /// # Errors
    /// [`ObjectError::PartNumber`], [`ObjectError::NoSuchUpload`], [`ObjectError::ForeignChecksum`] where the body was drafted without
    /// [`Upload::part_checksum`](crate::Upload::part_checksum), what disk and store say.
    pub fn put_part(
        &self,
        bucket: &str,
        key: &str,
        id: &UploadId,
        number: u32,
        mut body: Body,
        now: Timestamp,
    ) -> Result<Part, ObjectError> {
        if !(1..=MOST_PARTS).contains(&number) {
            return Err(ObjectError::PartNumber(number));
        }
        let upload = self.found_upload(bucket, key, id)?;
        let record = PartRecord {
            size: body.size(),
            etag: body.etag(),
            modified: now,
            checksum: body.kept_checksum(Some(upload.record.algorithm()))?,
            place: body.place(),
        };
        body.sync()?;
        match self.commit_part(bucket, key, id, number, &record, &body) {
            Ok(old) => {
                body.keep();
                if let Some(Place::File(name)) = old {
                    self.unlink(name);
                }
                Ok(record.part(number))
            }
            // Whether it is committed is unknown: the file stays, and is swept if no record names it.
            Err(error @ ObjectError::Store(_)) => {
                body.keep();
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Says where the part was that had its number before.
    fn commit_part(
        &self,
        bucket: &str,
        key: &str,
        id: &UploadId,
        number: u32,
        record: &PartRecord,
        body: &Body,
    ) -> Result<Option<Place>, ObjectError> {
        let place = names::part(id, number);
        let value = record::encode(record, body.inline());
        for _ in 0..ATTEMPTS {
            let upload = self.found_upload(bucket, key, id)?;
            let old = self.store.get(&place)?;
            let old_place = old.as_ref().map(record::decode::<PartRecord>).transpose()?.map(|old| old.place);
            // The upload's record is written too: whoever completes it must not miss this part.
            let mut transaction = upload.ended().put(upload.place, upload.entry.value);
            transaction = crate::put::release(transaction, old_place.as_ref());
            if let Some(name) = body.name() {
                transaction = transaction.put(names::body(name), "");
            }
            if let Outcome::Committed(_) = self.store.commit(transaction.put(place.clone(), value.clone()))? {
                return Ok(old_place);
            }
        }
        Err(contended(bucket, key))
    }

    /// Up to `limit` parts behind the number `after`, of an upload in progress.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::NoSuchUpload`].
    pub fn parts(
        &self,
        bucket: &str,
        key: &str,
        id: &UploadId,
        after: u32,
        limit: usize,
    ) -> Result<PartPage, ObjectError> {
        self.found_upload(bucket, key, id)?;
        self.part_page(id, after, limit)
    }

    /// Up to `limit` parts behind the number `after`, of an object; `None` where it came in one request.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::NoSuchKey`].
    pub fn object_parts(
        &self,
        bucket: &str,
        key: &str,
        after: u32,
        limit: usize,
    ) -> Result<Option<PartPage>, ObjectError> {
        let marker = self.marker(bucket)?;
        let found = self.found(&names::object(marker.generation(), key))?.ok_or(ObjectError::NoSuchKey)?;
        match found.record.place {
            Place::Parts { upload, .. } => self.part_page(&upload, after, limit).map(Some),
            Place::Inline | Place::File(_) => Ok(None),
        }
    }

    fn part_page(&self, id: &UploadId, after: u32, limit: usize) -> Result<PartPage, ObjectError> {
        let mut rest = Some(KeyRange::children(&names::parts_of(id)).after(&names::part(id, after)));
        let mut page = PartPage::default();
        while let Some(range) = rest {
            let left = limit - page.parts.len();
            if left == 0 {
                page.next = page.parts.last().map(|part| part.number);
                break;
            }
            let found = self.store.range(&range, left.min(super::BATCH))?;
            for entry in &found.entries {
                let number = names::part_number(&entry.key);
                let number = number.ok_or_else(|| ObjectError::Damaged(entry.key.to_string()))?;
                page.parts.push(record::decode::<PartRecord>(entry)?.part(number));
            }
            rest = found.rest;
        }
        Ok(page)
    }
}

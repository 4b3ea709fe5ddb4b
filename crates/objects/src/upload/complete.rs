//! Uploads become objects.
//!
//! Rule: parts are looked at once, in their order, and what is computed of the whole comes from what is kept of them, never from their
//! bytes. Source: CompleteMultipartUpload in S3's API reference; the order of refusals is that of the recorded answers.

use md5::{Digest as _, Md5};
use store::{Entry, Outcome};
use types::Timestamp;

use crate::checksum::Combined;
use crate::object::bare;
use crate::put::{contended, release};
use crate::record::{self, ObjectRecord, PartRecord, Place};
use crate::{
    ATTEMPTS, ChecksumType, MOST_PARTS, Object, ObjectError, Objects, PutCondition, UploadId, names,
};

use super::{FoundUpload, Layout};

/// How an upload is to be completed.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    /// In ascending order of their numbers.
    pub parts: Vec<CompletedPart>,
    /// What the whole's checksum should be: Base64, of the upload's algorithm and type; of a composite one with or without the count.
    pub checksum: Option<String>,
    /// What the whole's size should be.
    pub size: Option<u64>,
    pub condition: PutCondition,
}

/// A part as whoever completes the upload names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletedPart {
    pub number: u32,
    /// With or without quotes.
    pub etag: Option<String>,
    /// Base64, of the upload's algorithm.
    pub checksum: Option<String>,
}

/// The object as it comes together.
#[derive(Debug)]
struct Assembly<'a> {
    wanted: &'a [CompletedPart],
    /// The next of `wanted`.
    next: usize,
    least: u64,
    kind: ChecksumType,
    /// Whether every part must be named with its checksum.
    strict: bool,
    layout: Layout,
    size: u64,
    md5: Md5,
    checksum: Combined,
    /// Parts that were uploaded and are not named.
    left_out: Vec<(u32, Place)>,
    /// The part before, too small to be any but the last.
    small: Option<ObjectError>,
}

impl Objects {
    /// Makes an object of an upload's parts. To complete it again the same way is fine as long as the object stands.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchUpload`], what is wrong with the parts, the condition, what the store says. The upload goes on then.
    pub fn complete_upload(
        &self,
        bucket: &str,
        key: &str,
        id: &UploadId,
        completion: &Completion,
        now: Timestamp,
    ) -> Result<Object, ObjectError> {
        for _ in 0..ATTEMPTS {
            let upload = match self.found_upload(bucket, key, id) {
                Err(ObjectError::NoSuchUpload) => return self.completed_before(bucket, key, id),
                found => found?,
            };
            let mut assembly = Assembly::new(completion, &upload, self.limits.least_part)?;
            self.each_part(id, |number, entry| assembly.meet(number, &entry))?;
            let (record, left_out) =
                assembly.finish(id, &upload, completion, now, self.limits.most_object)?;
            if let Some(object) = self.commit_object(key, id, &upload, completion, record, left_out)? {
                return Ok(object);
            }
        }
        Err(contended(bucket, key))
    }

    /// `None` where something changed meanwhile.
    fn commit_object(
        &self,
        key: &str,
        id: &UploadId,
        upload: &FoundUpload,
        completion: &Completion,
        record: ObjectRecord,
        left_out: Vec<(u32, Place)>,
    ) -> Result<Option<Object>, ObjectError> {
        let place = names::object(upload.marker.generation(), key);
        let old = self.found(&place)?;
        if completion.condition.absent && old.is_none() && upload.record.replaces {
            return Err(ObjectError::ConditionalRequestConflict);
        }
        completion.condition.check(old.as_ref().map(|found| found.record.etag.as_str()))?;
        let mut transaction = upload
            .ended()
            .require_unchanged(place.clone(), old.as_ref().map(|found| &found.entry))
            .put(place, record::encode(&record, &[]));
        transaction = release(transaction, old.as_ref().map(|found| &found.record.place));
        for (number, place) in &left_out {
            transaction = release(transaction.delete(names::part(id, *number)), Some(place));
        }
        let Outcome::Committed(_) = self.store.commit(transaction)? else { return Ok(None) };
        for (_, place) in left_out {
            if let Place::File(name) = place {
                self.unlink(name);
            }
        }
        self.discard(old);
        Ok(Some(record.object(key.to_owned())))
    }

    /// Whoever did not hear the answer asks again.
    fn completed_before(&self, bucket: &str, key: &str, id: &UploadId) -> Result<Object, ObjectError> {
        let marker = self.marker(bucket)?;
        let found = self.found(&names::object(marker.generation(), key))?.ok_or(ObjectError::NoSuchUpload)?;
        match &found.record.place {
            Place::Parts { upload, .. } if upload == id => Ok(found.record.object(key.to_owned())),
            _ => Err(ObjectError::NoSuchUpload),
        }
    }
}

impl<'a> Assembly<'a> {
    fn new(completion: &'a Completion, upload: &FoundUpload, least: u64) -> Result<Self, ObjectError> {
        let wanted = completion.parts.as_slice();
        check_order(wanted)?;
        let kind = upload.record.kind();
        Ok(Self {
            wanted,
            next: 0,
            least,
            kind,
            strict: kind == ChecksumType::Composite,
            layout: Layout::default(),
            size: 0,
            md5: Md5::new(),
            checksum: Combined::new(upload.record.algorithm(), kind),
            left_out: Vec::new(),
            small: None,
        })
    }

    /// Takes the next part that was uploaded.
    fn meet(&mut self, number: u32, entry: &Entry) -> Result<(), ObjectError> {
        let record: PartRecord = record::decode(entry)?;
        match self.wanted.get(self.next) {
            Some(wanted) if wanted.number < number => Err(invalid(wanted)),
            Some(wanted) if wanted.number == number => {
                self.next += 1;
                self.take(wanted, record)
            }
            _ => {
                self.left_out.push((number, record.place));
                Ok(())
            }
        }
    }

    fn take(&mut self, wanted: &CompletedPart, record: PartRecord) -> Result<(), ObjectError> {
        if wanted.etag.as_deref().is_none_or(|etag| bare(etag) != record.etag) {
            return Err(invalid(wanted));
        }
        let checksum = record.checksum.map(|checksum| checksum.value).ok_or_else(|| invalid(wanted))?;
        match &wanted.checksum {
            None if self.strict => {
                return Err(ObjectError::MissingPartChecksum { number: wanted.number });
            }
            Some(named) if *named != checksum => return Err(invalid(wanted)),
            _ => {}
        }
        // A part behind this one shows that it is not the last.
        if let Some(small) = self.small.take() {
            return Err(small);
        }
        if record.size < self.least {
            let (number, size, least) = (wanted.number, record.size, self.least);
            self.small = Some(ObjectError::EntityTooSmall { number, etag: record.etag.clone(), size, least });
        }
        let md5 = u128::from_str_radix(&record.etag, 16).map_err(|_| invalid(wanted))?;
        self.md5.update(md5.to_be_bytes());
        self.checksum.push(&checksum, record.size).ok_or_else(|| invalid(wanted))?;
        self.layout.push(wanted.number, record.size);
        self.size = self.size.saturating_add(record.size);
        Ok(())
    }

    /// The record of the whole, and what is left over.
    fn finish(
        self,
        id: &UploadId,
        upload: &FoundUpload,
        completion: &Completion,
        now: Timestamp,
        most: u64,
    ) -> Result<(ObjectRecord, Vec<(u32, Place)>), ObjectError> {
        if let Some(missing) = self.wanted.get(self.next) {
            return Err(invalid(missing));
        }
        if self.size > most {
            return Err(ObjectError::EntityTooLarge { limit: most, proposed: self.size });
        }
        if let Some(declared) = completion.size.filter(|declared| *declared != self.size) {
            return Err(ObjectError::SizeMismatch { declared, computed: self.size });
        }
        let checksum = self.checksum.finish();
        if let Some(declared) = &completion.checksum {
            // Clients give a composite one without the count too.
            let bare = checksum.value.split('-').next().unwrap_or_default();
            let meets =
                *declared == checksum.value || (self.kind == ChecksumType::Composite && declared == bare);
            if !meets {
                return Err(ObjectError::BadDigest { computed: checksum.value });
            }
        }
        let md5: [u8; 16] = self.md5.finalize().into();
        let record = ObjectRecord {
            size: self.size,
            etag: format!("{:032x}-{}", u128::from_be_bytes(md5), self.layout.count()),
            modified: now,
            checksum: Some(checksum),
            attributes: upload.record.attributes.clone(),
            place: Place::Parts { upload: id.clone(), layout: self.layout },
        };
        Ok((record, self.left_out))
    }
}

fn check_order(parts: &[CompletedPart]) -> Result<(), ObjectError> {
    if parts.is_empty() {
        return Err(ObjectError::NoParts);
    }
    if let Some(part) = parts.iter().find(|part| !(1..=MOST_PARTS).contains(&part.number)) {
        return Err(ObjectError::PartNumber(part.number));
    }
    match parts.is_sorted_by(|one, next| one.number < next.number) {
        true => Ok(()),
        false => Err(ObjectError::InvalidPartOrder),
    }
}

fn invalid(part: &CompletedPart) -> ObjectError {
    ObjectError::InvalidPart { number: part.number, etag: part.etag.clone() }
}

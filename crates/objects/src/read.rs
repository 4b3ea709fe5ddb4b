//! Reading objects.
//!
//! Rule: what is open is read to its end as it was, whoever writes or removes it meanwhile. A file is open from the start on; parts are
//! opened one after the other and are not removed before their last reader has gone.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use sys::fs::Body;

use crate::put::Found;
use crate::record::{self, ObjectRecord, PartRecord, Place};
use crate::upload::{Layout, PartSpan};
use crate::{ATTEMPTS, Checksum, Object, ObjectError, Objects, UploadId, names};

/// An object's bytes. Its calls block, but for those of what [is in memory](Content::memory).
#[derive(Debug)]
pub struct Content {
    size: u64,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Memory(Bytes),
    File(Body),
    Parts(Box<Parts>),
}

/// Parts that are read as one.
#[derive(Debug)]
struct Parts {
    objects: Objects,
    upload: UploadId,
    layout: Layout,
    /// The part that was read last.
    open: Option<(PartSpan, Piece)>,
}

#[derive(Debug)]
enum Piece {
    Memory(Bytes),
    File(Body),
}

/// Who reads objects that were uploaded in parts.
#[derive(Debug, Default)]
pub(crate) struct Readers(Mutex<HashMap<UploadId, Reading>>);

#[derive(Debug, PartialEq, Eq)]
enum Reading {
    /// So many; the last one buries it where it is doomed.
    Readers { count: usize, doomed: bool },
    /// Somebody is removing it.
    Going,
}

impl Objects {
    /// What is known of an object.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::NoSuchKey`], what the store says.
    pub fn head(&self, bucket: &str, key: &str) -> Result<Object, ObjectError> {
        let marker = self.marker(bucket)?;
        let found = self.found(&names::object(marker.generation(), key))?.ok_or(ObjectError::NoSuchKey)?;
        Ok(found.record.object(key.to_owned()))
    }

    /// An object with its bytes.
    pub fn open(&self, bucket: &str, key: &str) -> Result<(Object, Content), ObjectError> {
        let anybody = |_: &Object| Ok::<_, Infallible>(());
        self.open_if(bucket, key, anybody).map(|Ok(opened)| opened)
    }

    /// An object with its bytes, if `may` says so of it. It is asked about the very object that is opened: more than once where
    /// others put one in its place meanwhile.
    pub fn open_if<E>(
        &self,
        bucket: &str,
        key: &str,
        mut may: impl FnMut(&Object) -> Result<(), E>,
    ) -> Result<Result<(Object, Content), E>, ObjectError> {
        let mut missed = None;
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            let name = names::object(marker.generation(), key);
            let Found { entry, record } = self.found(&name)?.ok_or(ObjectError::NoSuchKey)?;
            let revision = entry.modified;
            let (object, place) = ObjectRecord::split(record, key.to_owned());
            if let Err(refusal) = may(&object) {
                return Ok(Err(refusal));
            }
            let source = match &place {
                Place::Inline => Some(Source::Memory(record::body(entry)?)),
                Place::File(name) => self.workshop.bodies.open(*name)?.map(Source::File),
                Place::Parts { upload, layout } => self.parts_of(upload, layout)?,
            };
            if let Some(source) = source {
                let size = object.size;
                return Ok(Ok((object, Content { size, source })));
            }
            // Somebody was faster, unless it is the same record again.
            if missed.replace(revision) == Some(revision) {
                return Err(ObjectError::Damaged(name.to_string()));
            }
        }
        Err(crate::put::contended(bucket, key))
    }

    /// The parts of an upload to read; `None` where they are going.
    fn parts_of(&self, upload: &UploadId, layout: &Layout) -> Result<Option<Source>, ObjectError> {
        if !self.readers.enter(upload) {
            return Ok(None);
        }
        let mut parts =
            Parts { objects: self.clone(), upload: upload.clone(), layout: layout.clone(), open: None };
        // What was gone before this reader came is seen at its first part.
        match layout.at(0) {
            Some(first) if parts.turn_to(first)?.is_none() => Ok(None),
            _ => Ok(Some(Source::Parts(Box::new(parts)))),
        }
    }
}

impl Content {
    /// Bytes of the whole.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The whole, where no file has to be read.
    pub fn memory(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Memory(bytes) => Some(bytes),
            Source::File(_) | Source::Parts(_) => None,
        }
    }

    /// Where in the whole the part `number` is. An object that came in one request is its own part 1.
    pub fn part(&self, number: u32) -> Option<PartSpan> {
        match &self.source {
            Source::Parts(parts) => parts.layout.part(number),
            _ if number == 1 => Some(PartSpan { number, start: 0, size: self.size }),
            _ => None,
        }
    }

    /// The checksum that a part came with; `None` where the object has none of its own for its parts.
    pub fn part_checksum(&self, number: u32) -> Result<Option<Checksum>, ObjectError> {
        let Source::Parts(parts) = &self.source else { return Ok(None) };
        let Some(entry) = parts.objects.store.get(&names::part(&parts.upload, number))? else {
            return Ok(None);
        };
        Ok(record::decode::<PartRecord>(&entry)?.checksum)
    }

    /// The next bytes from `at` on: at most `most`, at least one unless the end is there.
    pub fn read_at(&mut self, at: u64, most: usize) -> Result<Bytes, ObjectError> {
        let left = self.size.saturating_sub(at);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(most);
        if most == 0 {
            return Ok(Bytes::new());
        }
        match &mut self.source {
            Source::Memory(bytes) => slice(bytes, at, most),
            Source::File(body) => from_file(body, at, most),
            Source::Parts(parts) => parts.read_at(at, most),
        }
    }
}

impl Parts {
    fn read_at(&mut self, at: u64, most: usize) -> Result<Bytes, ObjectError> {
        let gone = || ObjectError::Damaged(format!("upload {}", self.upload));
        let span = self.layout.at(at).ok_or_else(gone)?;
        let upload = self.upload.to_string();
        let within = at - span.start;
        let most = usize::try_from(span.size - within).unwrap_or(usize::MAX).min(most);
        match self.turn_to(span)? {
            Some(Piece::Memory(bytes)) => slice(bytes, within, most),
            Some(Piece::File(body)) => from_file(body, within, most),
            None => Err(ObjectError::Damaged(format!("upload {upload}"))),
        }
    }

    /// Opens a part, unless it is open; `None` where it is not there.
    fn turn_to(&mut self, span: PartSpan) -> Result<Option<&Piece>, ObjectError> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != span) {
            // Two are never open at once, so that whoever has begun can go on where descriptors are scarce.
            self.open = None;
            let Some(entry) = self.objects.store.get(&names::part(&self.upload, span.number))? else {
                return Ok(None);
            };
            let record: PartRecord = record::decode(&entry)?;
            let piece = match record.place {
                Place::Inline => Some(Piece::Memory(record::body(entry)?)),
                Place::File(name) => self.objects.workshop.bodies.open(name)?.map(Piece::File),
                Place::Parts { .. } => None,
            };
            let Some(piece) = piece else { return Ok(None) };
            self.open = Some((span, piece));
        }
        Ok(self.open.as_ref().map(|(_, piece)| piece))
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        if self.objects.readers.leave(&self.upload) {
            let (objects, upload) = (self.objects.clone(), self.upload.clone());
            // Whoever drops a reader may be a thread that must not wait.
            let bury =
                move || objects.bury_upload(&upload).map_err(|error| tracing::warn!(%error, "parts stay"));
            let _ = std::thread::Builder::new().name("bury".to_owned()).spawn(bury);
        }
    }
}

impl Readers {
    /// Keeps an upload's parts from being removed; says no where they are being.
    fn enter(&self, upload: &UploadId) -> bool {
        let mut all = self.all();
        let reading = all.entry(upload.clone()).or_insert(Reading::Readers { count: 0, doomed: false });
        match reading {
            Reading::Readers { count, .. } => *count += 1,
            Reading::Going => return false,
        }
        true
    }

    /// Says whether this was the last reader of what is doomed.
    fn leave(&self, upload: &UploadId) -> bool {
        let mut all = self.all();
        let Some(Reading::Readers { count, doomed }) = all.get_mut(upload) else { return false };
        *count -= 1;
        if *count > 0 {
            return false;
        }
        let doomed = *doomed;
        all.remove(upload);
        doomed
    }

    /// Lets an upload's parts be removed, now, or, as this says no, by the last reader.
    pub(crate) fn doom(&self, upload: &UploadId) -> bool {
        let mut all = self.all();
        match all.get_mut(upload) {
            Some(Reading::Readers { doomed, .. }) => {
                *doomed = true;
                false
            }
            // Two may remove the same.
            Some(Reading::Going) => true,
            None => {
                all.insert(upload.clone(), Reading::Going);
                true
            }
        }
    }

    /// Nothing is left of an upload.
    pub(crate) fn gone(&self, upload: &UploadId) {
        self.all().remove(upload);
    }

    /// Every change is one step, so a panic elsewhere leaves it whole.
    fn all(&self) -> MutexGuard<'_, HashMap<UploadId, Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bounds are within what is there.
fn slice(bytes: &Bytes, at: u64, most: usize) -> Result<Bytes, ObjectError> {
    let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let end = start.saturating_add(most).min(bytes.len());
    Ok(bytes.slice(start..end))
}

fn from_file(body: &Body, at: u64, most: usize) -> Result<Bytes, ObjectError> {
    let mut buffer = vec![0; most];
    let count = body.read_at(&mut buffer, at)?;
    if count == 0 {
        return Err(ObjectError::Damaged(body.path().display().to_string()));
    }
    buffer.truncate(count);
    Ok(buffer.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::Timestamp;

    #[test]
    fn parts_are_removed_by_one_and_not_while_they_are_read() {
        let readers = Readers::default();
        let upload = UploadId::new(Timestamp::EPOCH, [1; 16]);
        assert!(readers.enter(&upload) && readers.enter(&upload));
        assert!(!readers.leave(&upload), "somebody reads still");
        assert!(!readers.doom(&upload), "the last reader does it");
        assert!(readers.enter(&upload), "nothing is gone yet");
        assert!(!readers.leave(&upload));
        assert!(readers.leave(&upload), "it was the last");

        assert!(readers.doom(&upload), "nobody reads");
        assert!(!readers.enter(&upload), "it is going");
        assert!(!readers.leave(&upload));
        readers.gone(&upload);
        assert!(readers.enter(&upload));
        assert!(!readers.leave(&upload), "nobody doomed it");
    }
}

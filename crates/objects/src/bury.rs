//! Taking away what nobody can see any more.
//!
//! Rule: what is large goes in steps, each of its own transaction; a mark that it is doomed stays until the last, so that whatever ends
//! the process, the next one goes on.

use store::{Entry, KeyRange, Transaction};
use sys::fs::BodyName;

use crate::names::{self, Generation};
use crate::put::{Found, release};
use crate::record::{self, ObjectRecord, PartRecord, Place};
use crate::{ObjectError, Objects, UploadId};

/// What [`Objects::sweep`] took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads and buckets whose removal had begun.
    pub unfinished: usize,
    /// Files that no record names.
    pub strays: usize,
}

impl Objects {
    /// Goes on with what an earlier process had begun to remove, and removes files that it left. Others may work meanwhile.
    ///
    /// It reads the name of every file, and looks each up: some seconds for a million.
    pub fn sweep(&self) -> Result<Swept, ObjectError> {
        let mut swept = Swept::default();
        for name in self.doomed(&KeyRange::children(&names::doomed_buckets()))? {
            self.bury_bucket(&Generation::of(&name).ok_or_else(|| damaged(&name))?)?;
            swept.unfinished += 1;
        }
        for name in self.doomed(&KeyRange::children(&names::doomed_uploads()))? {
            let id = name.name().and_then(|name| name.parse().ok());
            self.bury_upload(&id.ok_or_else(|| damaged(&name))?)?;
            swept.unfinished += 1;
        }
        let mut failed = None;
        self.workshop.bodies.each(|name| match self.is_stray(name) {
            Ok(true) => {
                self.unlink(name);
                swept.strays += 1;
            }
            Ok(false) => {}
            Err(error) => failed = Some(error),
        })?;
        failed.map_or(Ok(swept), Err)
    }

    /// Takes away the body of an object that was replaced or removed.
    pub(crate) fn discard(&self, old: Option<Found>) {
        match old.map(|found| found.record.place) {
            None | Some(Place::Inline) => {}
            Some(Place::File(name)) => self.unlink(name),
            Some(Place::Parts { upload, .. }) => {
                if let Err(error) = self.bury_upload(&upload) {
                    // It is marked: the next sweep goes on.
                    tracing::warn!(%error, %upload, "parts stay for now");
                }
            }
        }
    }

    pub(crate) fn unlink(&self, name: BodyName) {
        if let Err(error) = self.workshop.bodies.remove(name) {
            tracing::warn!(%error, "file stays for now");
        }
    }

    /// Removes the parts of an upload that is doomed, now or when its last reader has gone.
    pub(crate) fn bury_upload(&self, id: &UploadId) -> Result<(), ObjectError> {
        if !self.readers.doom(id) {
            return Ok(());
        }
        let buried = self.in_steps(&KeyRange::children(&names::parts_of(id)), |entry| {
            Ok(record::decode::<PartRecord>(entry)?.place)
        });
        self.readers.gone(id);
        buried?;
        self.undoom(names::doomed_upload(id))
    }

    /// Removes all that was in a bucket that is gone.
    pub(crate) fn bury_bucket(&self, generation: &Generation) -> Result<(), ObjectError> {
        self.in_steps(&KeyRange::children(&names::objects_of(generation)), |entry| {
            Ok(record::decode::<ObjectRecord>(entry)?.place)
        })?;
        self.in_steps(&KeyRange::children(&names::uploads_of(generation)), |entry| {
            let id = entry.key.name().and_then(|name| name.parse().ok());
            let upload = id.ok_or_else(|| damaged(&entry.key))?;
            Ok(Place::Parts { upload, layout: crate::Layout::default() })
        })?;
        self.undoom(names::doomed_bucket(generation))
    }

    /// Removes the records of a range, and what they stand for, some at a time.
    fn in_steps(
        &self,
        range: &KeyRange,
        place: impl Fn(&Entry) -> Result<Place, ObjectError>,
    ) -> Result<(), ObjectError> {
        loop {
            let page = self.store.range(range, STEP)?;
            if page.entries.is_empty() {
                return Ok(());
            }
            let mut transaction = Transaction::new();
            let mut places = Vec::with_capacity(page.entries.len());
            for entry in page.entries {
                let place = place(&entry)?;
                transaction = transaction.delete(entry.key);
                transaction = release(transaction, Some(&place));
                places.push(place);
            }
            // Nothing is compared: nobody else writes what nobody can see.
            let _ = self.store.commit(transaction)?;
            for place in places {
                match place {
                    Place::Inline => {}
                    Place::File(name) => self.unlink(name),
                    Place::Parts { upload, .. } => self.bury_upload(&upload)?,
                }
            }
        }
    }

    fn undoom(&self, mark: store::Key) -> Result<(), ObjectError> {
        let _ = self.store.commit(Transaction::new().delete(mark))?;
        Ok(())
    }

    fn doomed(&self, range: &KeyRange) -> Result<Vec<store::Key>, ObjectError> {
        let mut found = Vec::new();
        let mut rest = Some(range.clone());
        while let Some(range) = rest {
            let page = self.store.range(&range, 256)?;
            found.extend(page.entries.into_iter().map(|entry| entry.key));
            rest = page.rest;
        }
        Ok(found)
    }

    /// Asked in this order: what is not being written any more has its record, or never gets one.
    fn is_stray(&self, name: BodyName) -> Result<bool, ObjectError> {
        Ok(!self.workshop.is_writing(name) && self.store.get(&names::body(name))?.is_none())
    }
}

fn damaged(key: &store::Key) -> ObjectError {
    ObjectError::Damaged(key.to_string())
}

/// Records per transaction.
const STEP: usize = 500;

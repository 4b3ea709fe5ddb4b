//! That a bucket is there, as far as its contents are concerned.
//!
//! Rule: who writes requires the marker as he read it, and who removes the bucket first marks it closing: whoever writes meanwhile opens
//! it again in the same transaction, and the removal begins anew. So neither waits, and no object is left in a bucket that is gone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use store::{Key, Outcome, Revision, Transaction};

use crate::names::{self, Generation};
use crate::{ATTEMPTS, ObjectError, Objects};

/// What is kept of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    generation: Generation,
    /// Somebody wants to remove it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closing: bool,
}

/// A bucket's marker as it was read.
#[derive(Debug)]
pub(crate) struct Marker {
    key: Key,
    revision: Revision,
    record: Record,
}

/// A bucket that is out of sight.
#[derive(Debug)]
pub struct RetiredBucket(Generation);

impl Objects {
    /// Makes a bucket to put objects in; says whether it was not there. To be called again is fine.
    pub fn create_bucket(&self, bucket: &str) -> Result<bool, ObjectError> {
        let key = names::bucket(bucket);
        let record = Record { generation: Generation::new(self.entropy.bytes()?), closing: false };
        let transaction = Transaction::new().require_absent(key.clone()).put(key, encode(&record));
        Ok(self.store.commit(transaction)?.is_committed())
    }

    /// Makes a bucket that is empty. What stood under its name is out of sight, and is taken away by the next [`Objects::sweep`].
    pub fn renew_bucket(&self, bucket: &str) -> Result<(), ObjectError> {
        self.doom_bucket(bucket)?;
        self.create_bucket(bucket).map(drop)
    }

    /// Removes a bucket in which no object is. Uploads in progress go with it, as in AWS's general purpose buckets.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::BucketNotEmpty`].
    pub fn remove_bucket(&self, bucket: &str) -> Result<(), ObjectError> {
        let RetiredBucket(generation) = self.retire_bucket(bucket)?;
        self.bury_bucket(&generation)
    }

    /// The same, but for the uploads: they are out of sight, and [`Objects::bury`] takes them away, which may take long.
    ///
    /// # Errors
    /// As [`Objects::remove_bucket`].
    pub fn retire_bucket(&self, bucket: &str) -> Result<RetiredBucket, ObjectError> {
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            let Some(closing) = self.rewritten(&marker, true)? else { continue };
            let objects = store::KeyRange::children(&names::objects_of(marker.generation()));
            if !self.store.range(&objects, 1)?.entries.is_empty() {
                // Whoever was faster has opened it already.
                self.rewritten(&closing, false)?;
                return Err(ObjectError::BucketNotEmpty);
            }
            if self.retired(&closing)? {
                return Ok(RetiredBucket(closing.record.generation));
            }
        }
        Err(ObjectError::Contended(bucket.to_owned()))
    }

    /// Takes away what was in a bucket that is out of sight. What cannot be now is left to the next [`Objects::sweep`].
    pub fn bury(&self, RetiredBucket(generation): &RetiredBucket) {
        if let Err(error) = self.bury_bucket(generation) {
            tracing::warn!(%error, "uploads of a bucket that is gone stay for now");
        }
    }

    /// Removes a bucket with all that is in it. That it is not there is fine.
    pub fn discard_bucket(&self, bucket: &str) -> Result<(), ObjectError> {
        match self.doom_bucket(bucket)? {
            Some(generation) => self.bury_bucket(&generation),
            None => Ok(()),
        }
    }

    /// Makes the buckets that are there those of `buckets`, as after the account was put in the place of another. What was in the others
    /// is out of sight at once, and is taken away by the next [`Objects::sweep`].
    pub fn settle(&self, buckets: &BTreeSet<String>) -> Result<(), ObjectError> {
        for bucket in self.buckets()?.iter().filter(|bucket| !buckets.contains(*bucket)) {
            self.doom_bucket(bucket)?;
        }
        for bucket in buckets {
            self.create_bucket(bucket)?;
        }
        Ok(())
    }

    /// The names of all buckets, in the order of their keys.
    pub fn buckets(&self) -> Result<Vec<String>, ObjectError> {
        let mut found = Vec::new();
        let mut rest = Some(names::buckets());
        while let Some(range) = rest {
            let page = self.store.range(&range, 256)?;
            found.extend(page.entries.iter().filter_map(|entry| entry.key.name()));
            rest = page.rest;
        }
        Ok(found)
    }

    /// The bucket's marker, as it stands.
    pub(crate) fn marker(&self, bucket: &str) -> Result<Marker, ObjectError> {
        let key = names::bucket(bucket);
        let entry = self.store.get(&key)?.ok_or(ObjectError::NoSuchBucket)?;
        let record = serde_json::from_slice(&entry.value);
        let record = record.map_err(|_| ObjectError::Damaged(key.to_string()))?;
        Ok(Marker { key, revision: entry.modified, record })
    }

    /// Writes a marker anew, if it is as it was read.
    fn rewritten(&self, marker: &Marker, closing: bool) -> Result<Option<Marker>, ObjectError> {
        let record = Record { closing, ..marker.record.clone() };
        let transaction = Transaction::new().require_revision(marker.key.clone(), marker.revision);
        match self.store.commit(transaction.put(marker.key.clone(), encode(&record)))? {
            Outcome::Committed(revision) => Ok(Some(Marker { key: marker.key.clone(), revision, record })),
            Outcome::Conflict(_) => Ok(None),
        }
    }

    /// Takes a bucket out of sight, and says under what its contents stand.
    fn doom_bucket(&self, bucket: &str) -> Result<Option<Generation>, ObjectError> {
        for _ in 0..ATTEMPTS {
            match self.marker(bucket) {
                Err(ObjectError::NoSuchBucket) => return Ok(None),
                Ok(marker) if self.retired(&marker)? => return Ok(Some(marker.record.generation)),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ObjectError::Contended(bucket.to_owned()))
    }

    /// Removes a marker that is as it was read; what stood under it is doomed.
    fn retired(&self, marker: &Marker) -> Result<bool, ObjectError> {
        let transaction = Transaction::new()
            .require_revision(marker.key.clone(), marker.revision)
            .delete(marker.key.clone())
            .put(names::doomed_bucket(marker.generation()), "");
        Ok(self.store.commit(transaction)?.is_committed())
    }
}

impl Marker {
    pub(crate) fn generation(&self) -> &Generation {
        &self.record.generation
    }

    /// Makes `transaction` fail where the bucket is gone or going.
    pub(crate) fn hold(&self, transaction: Transaction) -> Transaction {
        let transaction = transaction.require_revision(self.key.clone(), self.revision);
        if !self.record.closing {
            return transaction;
        }
        let open = Record { closing: false, ..self.record.clone() };
        transaction.put(self.key.clone(), encode(&open))
    }
}

fn encode(record: &Record) -> Vec<u8> {
    serde_json::to_vec(record).expect("a record is text and a switch")
}

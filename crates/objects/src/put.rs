//! Putting objects, and changing what is said of them.
//!
//! Rule: bytes first, then the record, in one transaction with what becomes of the one before. Who commits last is what stands.

use store::{Entry, Key, Outcome, Transaction};
use types::Timestamp;

use crate::names::Generation;
use crate::record::{self, ObjectRecord, Place};
use crate::{
    ATTEMPTS, Attributes, Body, MOST_KEY, NewObject, Object, ObjectError, Objects, PutCondition, names,
};

/// An object's record as it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entry: Entry,
    pub(crate) record: ObjectRecord,
}

impl Objects {
    /// Puts an object in the place of whatever is there under its key.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], [`ObjectError::KeyTooLong`], what the condition says, what disk and store say.
    pub fn put(
        &self,
        bucket: &str,
        key: &str,
        mut body: Body,
        new: NewObject,
        now: Timestamp,
    ) -> Result<Object, ObjectError> {
        check_key(key)?;
        let record = ObjectRecord {
            size: body.size(),
            etag: body.etag(),
            modified: now,
            checksum: body.kept_checksum(new.checksum)?,
            attributes: new.attributes,
            place: body.place(),
        };
        // What is refused anyway is not brought to the disk first.
        let marker = self.marker(bucket)?;
        if body.is_foreign(marker.generation()) {
            return Err(ObjectError::NoSuchBucket);
        }
        self.check_condition(&names::object(marker.generation(), key), &new.condition)?;
        body.sync()?;

        let value = record::encode(&record, body.inline());
        let name = body.name();
        let committed = self.replace(
            bucket,
            marker.generation(),
            key,
            &new.condition,
            |transaction| {
                name.into_iter().fold(transaction, |transaction, name| transaction.put(names::body(name), ""))
            },
            &value,
        );
        match committed {
            Ok(old) => {
                body.keep();
                self.discard(old);
                Ok(record.object(key.to_owned()))
            }
            // Whether it is committed is unknown: the file stays, and is swept if no record names it.
            Err(error @ ObjectError::Store(_)) => {
                body.keep();
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether what is under a key is as a condition wants it: what is put later may find it otherwise.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], what the condition says.
    pub fn meets(&self, bucket: &str, key: &str, condition: &PutCondition) -> Result<(), ObjectError> {
        let marker = self.marker(bucket)?;
        self.check_condition(&names::object(marker.generation(), key), condition)
    }

    /// Changes what is said of an object: its tags, its ACL. `edit` may run more than once, each time on the newest state.
    pub fn update<E: From<ObjectError>>(
        &self,
        bucket: &str,
        key: &str,
        mut edit: impl FnMut(&mut Attributes) -> Result<(), E>,
    ) -> Result<Object, E> {
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            let place = names::object(marker.generation(), key);
            let Found { entry, mut record } = self.found(&place)?.ok_or(ObjectError::NoSuchKey)?;
            edit(&mut record.attributes)?;
            let transaction = Transaction::new().require_revision(place.clone(), entry.modified);
            let value = record::encode(&record, &record::body(entry)?);
            let outcome = self.store.commit(transaction.put(place, value)).map_err(ObjectError::from)?;
            if outcome.is_committed() {
                return Ok(record.object(key.to_owned()));
            }
        }
        Err(contended(bucket, key).into())
    }

    /// Puts `value` as the record of an object, with what `also` adds to the transaction. Says what stood there.
    fn replace(
        &self,
        bucket: &str,
        generation: &Generation,
        key: &str,
        condition: &PutCondition,
        also: impl Fn(Transaction) -> Transaction,
        value: &[u8],
    ) -> Result<Option<Found>, ObjectError> {
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            if marker.generation() != generation {
                return Err(ObjectError::NoSuchBucket);
            }
            let place = names::object(generation, key);
            let old = self.found(&place)?;
            condition.check(old.as_ref().map(|found| found.record.etag.as_str()))?;
            let transaction = also(marker.hold(Transaction::new()))
                .require_unchanged(place.clone(), old.as_ref().map(|found| &found.entry))
                .put(place, value);
            let transaction = release(transaction, old.as_ref().map(|found| &found.record.place));
            if let Outcome::Committed(_) = self.store.commit(transaction)? {
                return Ok(old);
            }
        }
        Err(contended(bucket, key))
    }

    /// The record under `place`.
    pub(crate) fn found(&self, place: &Key) -> Result<Option<Found>, ObjectError> {
        let Some(entry) = self.store.get(place)? else { return Ok(None) };
        let record = record::decode(&entry)?;
        Ok(Some(Found { entry, record }))
    }

    fn check_condition(&self, place: &Key, condition: &PutCondition) -> Result<(), ObjectError> {
        if *condition == PutCondition::default() {
            return Ok(());
        }
        let found = self.found(place)?;
        condition.check(found.as_ref().map(|found| found.record.etag.as_str()))
    }
}

/// Adds to `transaction` what becomes of the body of a record that goes with it.
pub(crate) fn release(transaction: Transaction, old: Option<&Place>) -> Transaction {
    match old {
        None | Some(Place::Inline) => transaction,
        Some(Place::File(name)) => transaction.delete(names::body(*name)),
        Some(Place::Parts { upload, .. }) => transaction.put(names::doomed_upload(upload), ""),
    }
}

pub(crate) fn check_key(key: &str) -> Result<(), ObjectError> {
    match key.len() {
        length if length > MOST_KEY => Err(ObjectError::KeyTooLong { length, most: MOST_KEY }),
        _ => Ok(()),
    }
}

pub(crate) fn contended(bucket: &str, key: &str) -> ObjectError {
    ObjectError::Contended(format!("object {key:?} in bucket {bucket}"))
}

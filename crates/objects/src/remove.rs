//! Removing objects.

use store::{KeyRange, Outcome, Transaction};

use crate::put::{Found, contended, release};
use crate::{ATTEMPTS, ObjectError, Objects, RemoveCondition, names};

impl Objects {
    /// Removes an object; says whether there was one. Without a condition, that there is none is fine.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`]; with a condition, [`ObjectError::NoSuchKey`] and [`ObjectError::PreconditionFailed`].
    pub fn remove(&self, bucket: &str, key: &str, condition: &RemoveCondition) -> Result<bool, ObjectError> {
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            let Some(old) = self.found(&names::object(marker.generation(), key))? else {
                return if condition.is_empty() { Ok(false) } else { Err(ObjectError::NoSuchKey) };
            };
            condition.check(&old.record.etag)?;
            let transaction = removal(Transaction::new(), &old);
            if let Outcome::Committed(_) = self.store.commit(transaction)? {
                self.discard(Some(old));
                return Ok(true);
            }
        }
        Err(contended(bucket, key))
    }

    /// Removes several objects in one transaction, and answers for each as [`Objects::remove`] does. A key that is named twice is
    /// removed by the first.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`], what disk and store say: nothing is removed then.
    pub fn remove_all(
        &self,
        bucket: &str,
        wanted: &[(String, RemoveCondition)],
    ) -> Result<Vec<Result<bool, ObjectError>>, ObjectError> {
        for _ in 0..ATTEMPTS {
            let marker = self.marker(bucket)?;
            let mut answers = Vec::with_capacity(wanted.len());
            let mut transaction = Transaction::new();
            let mut gone: Vec<Found> = Vec::new();
            for (key, condition) in wanted {
                let place = names::object(marker.generation(), key);
                let known = transaction.writes.contains_key(&place);
                let found = if known { None } else { self.found(&place)? };
                let (answer, old) = judged(found, condition);
                answers.push(answer);
                if let Some(old) = old {
                    transaction = removal(transaction, &old);
                    gone.push(old);
                }
            }
            if let Outcome::Committed(_) = self.store.commit(transaction)? {
                gone.into_iter().for_each(|old| self.discard(Some(old)));
                return Ok(answers);
            }
        }
        Err(ObjectError::Contended(format!("objects in bucket {bucket}")))
    }

    /// Whether no object is in a bucket. Uploads in progress are none.
    pub fn is_empty(&self, bucket: &str) -> Result<bool, ObjectError> {
        let objects = names::objects_of(self.marker(bucket)?.generation());
        Ok(self.store.range(&KeyRange::children(&objects), 1)?.entries.is_empty())
    }
}

/// What becomes of one of several.
fn judged(found: Option<Found>, condition: &RemoveCondition) -> (Result<bool, ObjectError>, Option<Found>) {
    let Some(old) = found else {
        return (if condition.is_empty() { Ok(false) } else { Err(ObjectError::NoSuchKey) }, None);
    };
    match condition.check(&old.record.etag) {
        Ok(()) => (Ok(true), Some(old)),
        Err(error) => (Err(error), None),
    }
}

/// The bucket is not required: whoever removed it saw this object, or took it with it.
fn removal(transaction: Transaction, old: &Found) -> Transaction {
    let place = old.entry.key.clone();
    let transaction = transaction.require_revision(place.clone(), old.entry.modified).delete(place);
    release(transaction, Some(&old.record.place))
}

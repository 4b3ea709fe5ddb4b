//! Bodies on their way in.
//!
//! Rule: what has come is in memory up to a bound and in a file from there on; it belongs to nobody until it is put, and is gone when the
//! value is dropped. MD5 is always computed, it is the ETag.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use md5::{Digest as _, Md5};
use sys::Entropy;
use sys::fs::{Bodies, BodyName, NewBody};

use crate::checksum::Hasher;
use crate::names::Generation;
use crate::record::Place;
use crate::{Checksum, ChecksumAlgorithm, ObjectError, ObjectLimits};

/// A body that comes piece by piece. Its calls block.
#[derive(Debug)]
pub struct Draft {
    /// The bucket that it was begun for.
    bucket: Option<Generation>,
    workshop: Arc<Workshop>,
    limits: ObjectLimits,
    md5: Md5,
    checksums: Vec<Hasher>,
    /// What is not in the file yet.
    pending: Vec<u8>,
    file: Option<Claimed>,
    size: u64,
    /// Bytes in the file that were not brought to the disk yet.
    unflushed: u64,
}

/// A body that is whole, with what was computed of it, and not yet anybody's.
#[derive(Debug)]
pub struct Body {
    bucket: Option<Generation>,
    size: u64,
    md5: [u8; 16],
    checksums: Vec<(ChecksumAlgorithm, String)>,
    kept: Kept,
}

/// Where bodies are written, and which are.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) bodies: Arc<Bodies>,
    entropy: Entropy,
    /// Names of bodies that no record may name yet: nobody sweeps those.
    writing: Mutex<HashSet<BodyName>>,
}

#[derive(Debug)]
enum Kept {
    Memory(Bytes),
    File(Claimed),
}

/// A file that is this draft's alone.
#[derive(Debug)]
struct Claimed {
    name: BodyName,
    workshop: Arc<Workshop>,
    /// Taken when it is kept.
    file: Option<NewBody>,
}

impl Workshop {
    pub(crate) fn new(bodies: Bodies, entropy: Entropy) -> Arc<Self> {
        Arc::new(Self { bodies: Arc::new(bodies), entropy, writing: Mutex::default() })
    }

    pub(crate) fn is_writing(&self, name: BodyName) -> bool {
        self.writing().contains(&name)
    }

    fn claim(self: &Arc<Self>) -> Result<Claimed, ObjectError> {
        let name = BodyName::new(self.entropy.bytes()?);
        self.writing().insert(name);
        let mut claimed = Claimed { name, workshop: Arc::clone(self), file: None };
        claimed.file = Some(self.bodies.create(name)?);
        Ok(claimed)
    }

    /// A set of names is whole whenever a panic may leave it.
    fn writing(&self) -> MutexGuard<'_, HashSet<BodyName>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Draft {
    pub(crate) fn new(
        workshop: Arc<Workshop>,
        limits: ObjectLimits,
        checksums: &[ChecksumAlgorithm],
    ) -> Self {
        Self {
            bucket: None,
            workshop,
            limits,
            md5: Md5::new(),
            checksums: checksums.iter().map(|algorithm| Hasher::new(*algorithm)).collect(),
            pending: Vec::new(),
            file: None,
            size: 0,
            unflushed: 0,
        }
    }

    pub(crate) fn bound_to(self, bucket: Generation) -> Self {
        Self { bucket: Some(bucket), ..self }
    }

    /// Bytes that came so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`ObjectError::EntityTooLarge`] beyond what one request may bring; what the disk says.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), ObjectError> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > self.limits.most_body {
            return Err(ObjectError::EntityTooLarge { limit: self.limits.most_body, proposed: size });
        }
        self.size = size;
        self.md5.update(bytes);
        for checksum in &mut self.checksums {
            checksum.update(bytes);
        }
        if self.pending.len() + bytes.len() <= BUFFER {
            self.pending.extend_from_slice(bytes);
            return Ok(());
        }
        self.spill()?;
        // A large piece needs no copy.
        if bytes.len() >= BUFFER {
            return self.put(bytes);
        }
        self.pending.extend_from_slice(bytes);
        Ok(())
    }

    /// No more comes. What was computed can be compared then, before the body is put.
    pub fn finish(mut self) -> Result<Body, ObjectError> {
        let fits = self.file.is_none() && self.pending.len() <= self.limits.inline;
        if !fits {
            self.spill()?;
        }
        let kept = match self.file {
            Some(file) => Kept::File(file),
            None => Kept::Memory(self.pending.into()),
        };
        let checksums = self.checksums.iter().map(|hasher| (hasher.algorithm(), hasher.value())).collect();
        Ok(Body { bucket: self.bucket, size: self.size, md5: self.md5.finalize().into(), checksums, kept })
    }

    /// Writes what is pending to the file.
    fn spill(&mut self) -> Result<(), ObjectError> {
        let pending = std::mem::take(&mut self.pending);
        self.put(&pending)?;
        self.pending = pending;
        self.pending.clear();
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ObjectError> {
        let claimed = match self.file.take() {
            Some(claimed) => self.file.insert(claimed),
            None => self.file.insert(self.workshop.claim()?),
        };
        let file = claimed.file.as_mut().expect("it is there until the body is kept");
        file.write(bytes)?;
        self.unflushed += bytes.len() as u64;
        if self.unflushed >= FLUSH {
            self.unflushed = 0;
            file.flush()?;
        }
        Ok(())
    }
}

impl Body {
    pub fn size(&self) -> u64 {
        self.size
    }

    /// For `Content-MD5`.
    pub fn md5(&self) -> &[u8; 16] {
        &self.md5
    }

    /// MD5 in hexadecimal.
    pub fn etag(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.md5))
    }

    /// The checksum in Base64, where the body was drafted with it.
    pub fn checksum(&self, algorithm: ChecksumAlgorithm) -> Option<&str> {
        self.checksums.iter().find(|(known, _)| *known == algorithm).map(|(_, value)| value.as_str())
    }

    pub(crate) fn kept_checksum(
        &self,
        algorithm: Option<ChecksumAlgorithm>,
    ) -> Result<Option<Checksum>, ObjectError> {
        let Some(algorithm) = algorithm else { return Ok(None) };
        let value = self.checksum(algorithm).ok_or(ObjectError::ForeignChecksum)?;
        Ok(Some(Checksum::full(algorithm, value.to_owned())))
    }

    /// Whether it was begun for another bucket, if only one of the same name.
    pub(crate) fn is_foreign(&self, bucket: &Generation) -> bool {
        self.bucket.as_ref().is_some_and(|own| own != bucket)
    }

    /// When this returns, the bytes survive a power cut.
    pub(crate) fn sync(&mut self) -> Result<(), ObjectError> {
        if let Kept::File(claimed) = &mut self.kept {
            claimed.file.as_mut().expect("it is there until the body is kept").sync()?;
        }
        Ok(())
    }

    pub(crate) fn place(&self) -> Place {
        match &self.kept {
            Kept::Memory(_) => Place::Inline,
            Kept::File(claimed) => Place::File(claimed.name),
        }
    }

    pub(crate) fn name(&self) -> Option<BodyName> {
        match &self.kept {
            Kept::Memory(_) => None,
            Kept::File(claimed) => Some(claimed.name),
        }
    }

    /// What stands in the record.
    pub(crate) fn inline(&self) -> &[u8] {
        match &self.kept {
            Kept::Memory(bytes) => bytes,
            Kept::File(_) => &[],
        }
    }

    /// Leaves the file where it is: a record names it, or may.
    pub(crate) fn keep(self) {
        if let Kept::File(mut claimed) = self.kept
            && let Some(file) = claimed.file.take()
        {
            file.keep();
        }
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        // The file first: as long as it may be there, nobody else may take it for a stray.
        drop(self.file.take());
        self.workshop.writing().remove(&self.name);
    }
}

/// What is gathered before it is written: chunks may be of a byte each.
const BUFFER: usize = 64 << 10;

/// The disk writes while more comes, so that the last sync of a large body is short.
const FLUSH: u64 = 64 << 20;

//! What is in buckets: objects and uploads in parts, their bytes in files, their records in the store.
//!
//! Rule: an object is there when its record is committed, and its bytes are durable before that. Whatever ends the process, a half
//! object is never seen; files that no record names are removed by [`Objects::sweep`]. Memory does not grow with an object.
//!
//! All calls block on the store and the disk. A body is drafted, compared with what was said of it, and put:
//!
//! ```
//! use std::sync::Arc;
//! use objects::{ChecksumAlgorithm, NewObject, Objects};
//! use store::MemoryStore;
//! use types::Timestamp;
//!
//! let directory = tempfile::tempdir()?;
//! let objects = Objects::new(Arc::new(MemoryStore::new()), directory.path().join("objects"));
//! objects.create_bucket("b")?;
//! let mut draft = objects.draft(&[ChecksumAlgorithm::Crc32]);
//! draft.write(b"hel")?;
//! draft.write(b"lo")?;
//! let body = draft.finish()?;
//! assert_eq!(body.checksum(ChecksumAlgorithm::Crc32), Some("NhCmhg=="));
//! objects.put("b", "greeting", body, NewObject::default(), Timestamp::EPOCH)?;
//! let (object, mut content) = objects.open("b", "greeting")?;
//! assert_eq!((object.size, object.etag.as_str()), (5, "5d41402abc4b2a76b9719d911017c592"));
//! assert_eq!(content.read_at(1, 3)?, "ell");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bucket;
mod bury;
mod checksum;
mod draft;
mod error;
mod limits;
mod list;
mod names;
mod object;
mod put;
mod read;
mod record;
mod remove;
mod upload;

use std::path::PathBuf;
use std::sync::Arc;

use store::Store;
use sys::Entropy;
use sys::fs::Bodies;

pub use bucket::RetiredBucket;
pub use bury::Swept;
pub use checksum::{Checksum, ChecksumAlgorithm, ChecksumType, UnknownChecksum};
pub use draft::{Body, Draft};
pub use error::ObjectError;
pub use limits::{MOST_KEY, MOST_PARTS, ObjectLimits};
pub use list::{Listing, ObjectPage};
pub use names::{UploadId, UploadIdError};
pub use object::{Attributes, NewObject, Object, PutCondition, RemoveCondition};
pub use read::Content;
pub use upload::{
    CompletedPart, Completion, Layout, NewUpload, Part, PartPage, PartSpan, Upload, UploadChecksum,
    UploadListing, UploadPage,
};

use draft::Workshop;
use read::Readers;

/// All objects of the account. Clones are the same objects.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn Store>,
    workshop: Arc<Workshop>,
    readers: Arc<Readers>,
    entropy: Entropy,
    limits: ObjectLimits,
}

impl Objects {
    /// The objects whose records are in `store` and whose bytes are below `directory`, which is made when it is needed.
    pub fn new(store: Arc<dyn Store>, directory: PathBuf) -> Self {
        Self::with(store, Bodies::new(directory), ObjectLimits::AWS)
    }

    /// As [`Objects::new`], with other files and bounds.
    pub fn with(store: Arc<dyn Store>, bodies: Bodies, limits: ObjectLimits) -> Self {
        let entropy = Entropy::buffered();
        let workshop = Workshop::new(bodies, entropy.clone());
        Self { store, workshop, readers: Arc::default(), entropy, limits }
    }

    pub const fn limits(&self) -> &ObjectLimits {
        &self.limits
    }

    /// Begins a body, of which MD5 and `checksums` are computed as it comes.
    pub fn draft(&self, checksums: &[ChecksumAlgorithm]) -> Draft {
        Draft::new(Arc::clone(&self.workshop), self.limits, checksums)
    }

    /// The same, for a bucket as it is now: in one that comes to bear its name meanwhile, the body is not put.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchBucket`].
    pub fn draft_for(&self, bucket: &str, checksums: &[ChecksumAlgorithm]) -> Result<Draft, ObjectError> {
        let generation = self.marker(bucket)?.generation().clone();
        Ok(self.draft(checksums).bound_to(generation))
    }
}

/// How often a change is tried that others are faster with. Each time somebody else's went through.
const ATTEMPTS: usize = 1000;

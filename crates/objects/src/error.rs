//! What can go wrong with objects. The words for callers are the gateway's: here it is what, with what they need.

use store::StoreError;
use sys::EntropyError;
use sys::fs::BodyError;

/// Something about buckets' contents that cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    #[error("bucket does not exist")]
    NoSuchBucket,
    #[error("bucket is not empty")]
    BucketNotEmpty,
    #[error("object does not exist")]
    NoSuchKey,
    #[error("key has {length} bytes, more than {most}")]
    KeyTooLong { length: usize, most: usize },
    /// What the request requires of the object as it is does not hold.
    #[error("condition {0} does not hold")]
    PreconditionFailed(&'static str),
    /// The object was removed since the upload began that may not replace one.
    #[error("object changed since the upload began")]
    ConditionalRequestConflict,
    #[error("body is larger than {limit} bytes")]
    EntityTooLarge { limit: u64, proposed: u64 },
    #[error("upload does not exist")]
    NoSuchUpload,
    #[error("part number {0} is not from 1 to 10000")]
    PartNumber(u32),
    /// A part was not uploaded, or is another one by its ETag or checksum.
    #[error("part {number} is not there as it is named")]
    InvalidPart { number: u32, etag: Option<String> },
    #[error("parts are not in ascending order")]
    InvalidPartOrder,
    #[error("no part is named")]
    NoParts,
    #[error("part {number} has {size} bytes, fewer than {least}")]
    EntityTooSmall { number: u32, etag: String, size: u64, least: u64 },
    /// A composite checksum takes those of all parts, and none was given for this one.
    #[error("checksum of part {number} is missing")]
    MissingPartChecksum { number: u32 },
    /// The part's body was drafted without the checksum that the upload asks for.
    #[error("part was drafted without the upload's checksum")]
    ForeignChecksum,
    /// The whole has another checksum than was said.
    #[error("checksum of the object is {computed}")]
    BadDigest { computed: String },
    /// The whole has another size than was said.
    #[error("object has {computed} bytes, not {declared}")]
    SizeMismatch { declared: u64, computed: u64 },
    /// The range or part asked for is not in the object.
    #[error("object has {parts} parts")]
    InvalidPartNumber { parts: u32 },
    #[error("others changed {0} at every attempt; try again")]
    Contended(String),
    #[error("what is kept of {0} cannot be read; it was written by another version, or is damaged")]
    Damaged(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] BodyError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

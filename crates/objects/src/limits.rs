//! How much there may be of everything. Source: "Amazon S3 multipart upload limits", "Uploading objects".

/// Bounds on bodies and uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectLimits {
    /// Bytes of a body that comes in one request, object or part.
    pub most_body: u64,
    /// Bytes of an object made of parts.
    pub most_object: u64,
    /// Bytes of each part but the last.
    pub least_part: u64,
    /// Bodies up to this many bytes stand in their record. It is no limit of AWS's: a file costs two flushes more, and a record of more
    /// than 8 KiB takes twice its room in the embedded store.
    pub inline: usize,
}

impl ObjectLimits {
    /// AWS's: 5 GiB in one request, 50 TB in parts of 5 MiB.
    pub const AWS: Self =
        Self { most_body: 5 << 30, most_object: 50_000_000_000_000, least_part: 5 << 20, inline: 7 << 10 };
}

impl Default for ObjectLimits {
    fn default() -> Self {
        Self::AWS
    }
}

/// Bytes of a key in UTF-8.
pub const MOST_KEY: usize = 1024;

/// Parts of an upload are numbered from 1 to this.
pub const MOST_PARTS: u32 = 10_000;

//! S3: its requests by method, path and query; objects as streams.
//!
//! Rule: what takes or gives a stream has a row of its own kind; all else is a row like those of other services. A caller is
//! authorised before a byte of a stream is read or given.

pub(crate) mod acl;
mod blocked;
mod body;
mod bucket_policy;
mod buckets;
pub(crate) mod cors;
mod delete_objects;
mod encryption;
mod listing;
mod ownership;
mod page;
pub(crate) mod permission;
mod public_access;
pub(crate) mod source;
mod stored;
mod tagging;
mod target;
pub(crate) mod version;
mod versioning;

use crate::Operation;

pub(crate) use target::{Question, Target, s3};

/// Rows of whole bodies: a document, or nothing, in and out. `Ask::input` has `Bucket` and `Key` whichever way the request named the
/// bucket, which is there: only CreateBucket and ListBuckets are asked without one.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    acl::OPERATIONS,
    bucket_policy::OPERATIONS,
    buckets::OPERATIONS,
    cors::OPERATIONS,
    delete_objects::OPERATIONS,
    encryption::OPERATIONS,
    listing::OPERATIONS,
    ownership::OPERATIONS,
    public_access::OPERATIONS,
    tagging::OPERATIONS,
    versioning::OPERATIONS,
];

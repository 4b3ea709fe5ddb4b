//! S3: its requests by method, path and query; objects as streams.
//!
//! Rule: what takes or gives a stream has a row of its own kind; all else is a row like those of other services. A caller is
//! authorised before a byte of a stream is read or given.

pub(crate) mod acl;
mod answered;
mod attributes;
mod blocked;
mod body;
mod bucket_policy;
mod buckets;
mod complete;
mod conditions;
mod copy;
pub(crate) mod cors;
mod delete_object;
mod delete_objects;
mod encryption;
pub(crate) mod form;
mod get_object;
mod listing;
mod multipart;
mod object_attributes;
mod ownership;
mod page;
pub(crate) mod permission;
mod posted;
pub(crate) mod pour;
pub(crate) mod promise;
mod public_access;
mod put_object;
mod range;
pub(crate) mod refused;
pub(crate) mod source;
mod stored;
mod tagging;
mod target;
#[cfg(test)]
mod tests;
mod unconfigured;
mod uploads;
pub(crate) mod version;
mod versioning;

use account::{Check, ServiceError};
use objects::{Body, ChecksumAlgorithm, Object};
use wire::Structure;

use crate::answer::Content;
use crate::{Ask, Operation};

pub(crate) use attributes::check_key;
pub(crate) use complete::location;
pub(crate) use get_object::{OUTLETS, sighted};
pub(crate) use posted::{post_response, tags_of_xml};
use promise::Promise;
pub(crate) use put_object::{INTAKES, POSTING, draft};
use range::Span;
pub(crate) use target::{Question, Target, decoded, encoded, is_form, is_of_bucket, s3};

/// What S3 says of a part whose number is none, where it says so in other words than of what else cannot be read.
pub(crate) fn misread_part(query: &str) -> Option<ServiceError> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("partNumber="))?;
    let value = decoded(value)?;
    value.parse::<i32>().is_err().then(|| refused::part_number(&value))
}

/// A row of an operation that takes a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Intake {
    pub(crate) name: &'static str,
    /// As in [`Operation`].
    pub(crate) checks: fn(&Ask<'_>) -> Result<Vec<Check>, ServiceError>,
    /// Refuses what can be refused before a byte is read; says which checksum is kept.
    pub(crate) open: fn(&Ask<'_>, &Promise) -> Result<ChecksumAlgorithm, ServiceError>,
    /// Puts the body, which is what was promised, in its place.
    pub(crate) close: fn(&Ask<'_>, Body, ChecksumAlgorithm) -> Result<Structure, ServiceError>,
}

/// The row of a form, whose file comes without a length of its own.
pub(crate) type Posting = Intake;

/// A row of an operation that gives a stream, or says what it would give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlet {
    pub(crate) name: &'static str,
    /// As in [`Operation`], of the object that is there.
    pub(crate) checks: fn(&Ask<'_>, Option<&Object>) -> Result<Vec<Check>, ServiceError>,
    /// Whether it needs the object's content.
    opens: fn(&Ask<'_>) -> bool,
    /// What was allowed is what is given: the object is looked at once.
    pub(crate) run: fn(&Ask<'_>, Option<Sight>) -> Result<Found, ServiceError>,
}

/// An object, as it was found.
#[derive(Debug)]
pub(crate) struct Sight {
    object: Object,
    content: Option<objects::Content>,
}

/// What an outlet gives.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where it is not the model's.
    pub(crate) status: Option<u16>,
    /// The head.
    pub(crate) output: Structure,
    /// Which bytes of the object these are.
    span: Option<Span>,
    pub(crate) content: Content,
}

/// Rows of whole bodies: a document, or nothing, in and out. `Ask::input` has `Bucket` and `Key` whichever way the request named the
/// bucket, which is there: only CreateBucket and ListBuckets are asked without one. It is as it was read: S3 has words of its own for
/// what the model's bounds and choices forbid.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    acl::OPERATIONS,
    bucket_policy::OPERATIONS,
    buckets::OPERATIONS,
    complete::OPERATIONS,
    copy::OPERATIONS,
    cors::OPERATIONS,
    delete_object::OPERATIONS,
    delete_objects::OPERATIONS,
    encryption::OPERATIONS,
    listing::OPERATIONS,
    multipart::OPERATIONS,
    object_attributes::OPERATIONS,
    ownership::OPERATIONS,
    public_access::OPERATIONS,
    tagging::OPERATIONS,
    unconfigured::OPERATIONS,
    uploads::OPERATIONS,
    versioning::OPERATIONS,
];

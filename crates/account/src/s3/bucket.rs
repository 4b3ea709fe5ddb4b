//! Buckets made, found, listed and removed.

use std::sync::Arc;

use types::{Partition, Region, Timestamp};

use super::acl::Acl;
use super::{name, refusal};
use crate::ServiceError;
use crate::directory::{Bucket, Directory, ObjectOwnership, Tag};
use crate::ec2::catalogue::regions;

/// What CreateBucket is given.
#[derive(Clone, Debug)]
pub struct NewBucket<'a> {
    pub bucket_name: &'a str,
    /// Where the request was sent.
    pub asked_region: &'a Region,
    pub location_constraint: Option<&'a str>,
    pub object_ownership: ObjectOwnership,
    /// `None` where the request names none.
    pub acl: Option<Acl>,
    pub tags: Vec<Tag>,
}

/// CreateBucket. Asked again in `us-east-1` it is done again: all is as it was, but for the access control list.
pub fn create(
    directory: &mut Directory,
    new: NewBucket<'_>,
    now: Timestamp,
) -> Result<Arc<Bucket>, ServiceError> {
    if !name::is_valid(new.bucket_name) {
        return Err(refusal::invalid_bucket_name(new.bucket_name));
    }
    let region = region(new.location_constraint, new.asked_region, directory.partition())?;
    check_acl(&new)?;
    if let Some(held) = directory.buckets.get_mut(new.bucket_name) {
        if held.region != region || !is_first(&region) {
            return Err(already_owned(new.bucket_name));
        }
        held.acl = new.acl.filter(|_| held.has_acls());
        return Ok(Arc::new(held.clone()));
    }
    if directory.buckets.len() >= MAX_BUCKETS {
        let message = "You have attempted to create more buckets than allowed";
        return Err(ServiceError::new("TooManyBuckets", 400, message));
    }
    let bucket = Bucket {
        object_ownership: Some(new.object_ownership),
        acl: new.acl,
        tags: new.tags,
        ..Bucket::new(new.bucket_name.to_owned(), region, now.trunc_secs())
    };
    Ok(directory.buckets.insert(bucket))
}

/// The bucket's configuration; its contents must be gone before.
pub fn delete(directory: &mut Directory, bucket_name: &str) -> Result<(), ServiceError> {
    find(directory, bucket_name)?;
    directory.buckets.remove(bucket_name);
    Ok(())
}

pub fn find<'a>(directory: &'a Directory, bucket_name: &str) -> Result<&'a Arc<Bucket>, ServiceError> {
    let found = directory.buckets.get(bucket_name).filter(|bucket| bucket.bucket_name == bucket_name);
    found.ok_or_else(|| refusal::no_such_bucket(bucket_name))
}

pub fn find_mut<'a>(directory: &'a mut Directory, bucket_name: &str) -> Result<&'a mut Bucket, ServiceError> {
    find(directory, bucket_name)?;
    directory.buckets.get_mut(bucket_name).ok_or_else(|| refusal::no_such_bucket(bucket_name))
}

/// What ListBuckets is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListBuckets<'a> {
    pub prefix: &'a str,
    pub region: Option<&'a str>,
    /// The last name of the page before.
    pub after: Option<&'a str>,
    pub max: usize,
}

/// Buckets in the order of their names, and whether there are more.
pub fn list(directory: &Directory, wanted: &ListBuckets<'_>) -> (Vec<Arc<Bucket>>, bool) {
    let of_region = |bucket: &&Arc<Bucket>| wanted.region.is_none_or(|name| bucket.region.as_str() == name);
    let mut found: Vec<Arc<Bucket>> = directory
        .buckets
        .iter_after(wanted.after.unwrap_or_default())
        .filter(|bucket| bucket.bucket_name.starts_with(wanted.prefix))
        .filter(of_region)
        .take(wanted.max.saturating_add(1))
        .cloned()
        .collect();
    let more = found.len() > wanted.max;
    found.truncate(wanted.max);
    (found, more)
}

/// Where a bucket is to be. Only `us-east-1` makes buckets elsewhere: it answers for the endpoint that is of no region.
fn region(constraint: Option<&str>, asked: &Region, partition: Partition) -> Result<Region, ServiceError> {
    let illegal = |named: &str| {
        let message = format!(
            "The {named} location constraint is incompatible for the region specific endpoint this request was sent to."
        );
        ServiceError::new("IllegalLocationConstraintException", 400, message)
    };
    let named = match constraint.filter(|constraint| !constraint.is_empty()) {
        None if is_first(asked) => return Ok(asked.clone()),
        None => return Err(illegal("unspecified")),
        Some("EU") => "eu-west-1",
        Some(named) => named,
    };
    let shown = constraint.unwrap_or_default();
    if !is_first(asked) {
        return if named == asked.as_str() { Ok(asked.clone()) } else { Err(illegal(shown)) };
    }
    let invalid = || {
        let message = "The specified location-constraint is not valid";
        ServiceError::new("InvalidLocationConstraint", 400, message).with_extra("LocationConstraint", shown)
    };
    let known = is_region(named, partition) && named != FIRST;
    named.parse().ok().filter(|_| known).ok_or_else(invalid)
}

/// Whether a region of the partition has this name.
pub fn is_region(name: &str, partition: Partition) -> bool {
    let first = FIRST.parse().expect("it is the name of a region");
    regions(partition, &first).iter().any(|known| known.name == name)
}

fn check_acl(new: &NewBucket<'_>) -> Result<(), ServiceError> {
    let Some(acl) = &new.acl else { return Ok(()) };
    if new.object_ownership == ObjectOwnership::BucketOwnerEnforced && !acl.is_private_of(&acl.owner) {
        let message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
        return Err(ServiceError::new("InvalidBucketAclWithObjectOwnership", 400, message));
    }
    // New buckets block what is public from the start.
    if acl.is_public() {
        let message = "Bucket cannot have public ACLs set with BlockPublicAccess enabled";
        return Err(ServiceError::new("InvalidBucketAclWithBlockPublicAccessError", 400, message));
    }
    Ok(())
}

fn already_owned(bucket_name: &str) -> ServiceError {
    let message = "Your previous request to create the named bucket succeeded and you already own it.";
    ServiceError::new("BucketAlreadyOwnedByYou", 409, message).with_extra("BucketName", bucket_name)
}

fn is_first(region: &Region) -> bool {
    region.as_str() == FIRST
}

/// The region without a location constraint.
const FIRST: &str = "us-east-1";

/// Of an account (S3 User Guide, "Bucket quotas, limitations, and restrictions").
const MAX_BUCKETS: usize = 10_000;

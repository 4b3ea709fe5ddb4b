//! Settings of a bucket that are kept as they are given: what is blocked, whose objects are, its access control list.

use super::acl::{Acl, canonical_id};
use super::{bucket, refusal};
use crate::ServiceError;
use crate::directory::{Bucket, Directory, ObjectOwnership, PublicAccessBlock};

/// GetPublicAccessBlock
pub fn public_access_block(bucket: &Bucket) -> Result<PublicAccessBlock, ServiceError> {
    bucket.public_access_block.ok_or_else(|| {
        refusal::not_set(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            &bucket.bucket_name,
        )
    })
}

/// PutPublicAccessBlock; with `None`, DeletePublicAccessBlock.
pub fn put_public_access_block(
    directory: &mut Directory,
    bucket_name: &str,
    block: Option<PublicAccessBlock>,
) -> Result<(), ServiceError> {
    bucket::find_mut(directory, bucket_name)?.public_access_block = block;
    Ok(())
}

/// GetBucketOwnershipControls
pub fn object_ownership(bucket: &Bucket) -> Result<ObjectOwnership, ServiceError> {
    bucket.object_ownership.ok_or_else(|| {
        let message = "The bucket ownership controls were not found";
        refusal::not_set("OwnershipControlsNotFoundError", message, &bucket.bucket_name)
    })
}

/// DeleteBucketOwnershipControls
pub fn delete_object_ownership(directory: &mut Directory, bucket_name: &str) -> Result<(), ServiceError> {
    bucket::find_mut(directory, bucket_name)?.object_ownership = None;
    Ok(())
}

/// PutBucketOwnershipControls. Lists cannot be switched off while the bucket's own grants anything to others.
pub fn put_object_ownership(
    directory: &mut Directory,
    bucket_name: &str,
    ownership: ObjectOwnership,
) -> Result<(), ServiceError> {
    let owner = canonical_id(directory.account_id());
    let bucket = bucket::find_mut(directory, bucket_name)?;
    let grants_others = bucket.acl.as_ref().is_some_and(|acl| !acl.is_private_of(&owner));
    if ownership == ObjectOwnership::BucketOwnerEnforced && grants_others {
        let message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
        return Err(ServiceError::new("InvalidBucketAclWithObjectOwnership", 400, message));
    }
    bucket.object_ownership = Some(ownership);
    Ok(())
}

/// The bucket's access control list as it counts: the owner's alone where lists count for nothing.
pub fn acl(directory: &Directory, bucket: &Bucket) -> Acl {
    let held = bucket.acl.clone().filter(|_| bucket.has_acls());
    held.unwrap_or_else(|| Acl::private(canonical_id(directory.account_id())))
}

/// PutBucketAcl
pub fn put_acl(directory: &mut Directory, bucket_name: &str, acl: Acl) -> Result<(), ServiceError> {
    let owner = canonical_id(directory.account_id());
    let bucket = bucket::find_mut(directory, bucket_name)?;
    bucket.acl = Some(acl).filter(|acl| !acl.is_private_of(&owner));
    Ok(())
}

/// Whether a request may set this list on the bucket or on something in it. Where lists count for nothing, the one that says what is
/// so anyway is taken. `blocked` is what is said of one that is public, where such are kept out.
pub fn admit_acl(
    directory: &Directory,
    bucket: &Bucket,
    acl: &Acl,
    blocked: impl FnOnce() -> ServiceError,
) -> Result<(), ServiceError> {
    if !bucket.has_acls() {
        let owner = canonical_id(directory.account_id());
        return if acl.is_private_of(&owner) { Ok(()) } else { Err(acls_not_supported()) };
    }
    if bucket.blocked().block_public_acls && acl.is_public() { Err(blocked()) } else { Ok(()) }
}

pub fn acls_not_supported() -> ServiceError {
    ServiceError::new("AccessControlListNotSupported", 400, "The bucket does not allow ACLs")
}

//! What a bucket itself says of who may: its policy, its access control list, and what it blocks of both.
//!
//! Rule: the bucket is found by the ARN that the check is about, never by what else a request says. Sources: S3 User Guide, "How
//! Amazon S3 authorizes a request", "Access control list (ACL) overview" and "Blocking public access".

use std::sync::Arc;

use policy::{Attached, Layers, ResourcePolicy};

use crate::directory::{Bucket, Directory};
use crate::s3::acl::{Acl, Permission};
use crate::s3::public;
use crate::{Caller, Check};

/// The bucket that a check is about, or is about something in; its account's where it says no other.
pub(super) fn of<'a>(directory: &'a Directory, check: &Check) -> Option<&'a Arc<Bucket>> {
    let resource = check.resource.strip_prefix("arn:")?.strip_prefix(directory.partition().as_str())?;
    let path = resource.strip_prefix(":s3:::")?;
    let name = path.split('/').next().unwrap_or_default();
    directory.buckets.get(name).filter(|bucket| bucket.bucket_name == name)
}

/// Adds to the layers what the bucket says.
pub(super) fn apply<'a>(
    layers: &mut Layers<'a>,
    directory: &Directory,
    bucket: &'a Bucket,
    caller: &Caller,
    check: &Check,
) {
    let is_stranger = caller.account_id() != Some(directory.account_id());
    // A bucket that its policy opens, and that is restricted nevertheless, is its account's alone, whatever lists grant.
    let is_public = || bucket.policy.as_ref().is_some_and(|text| public::is_public(text.policy().document()));
    let restricted = is_stranger && bucket.blocked().restrict_public_buckets && is_public();
    layers.access_control_list = !restricted && grants(bucket, caller, check);
    // The owner can always lift what he locked himself out with.
    let is_owner = caller.is_root() && !is_stranger;
    if is_owner && POLICY_ACTIONS.contains(&check.action) {
        return;
    }
    let Some(text) = &bucket.policy else { return };
    let attached = Attached { name: &bucket.bucket_name, policy: text.policy() };
    layers.resource = Some(ResourcePolicy::own(attached, &bucket.trusted_ids, !restricted));
}

/// Whether a list lets the caller, where lists count.
fn grants(bucket: &Bucket, caller: &Caller, check: &Check) -> bool {
    if !bucket.has_acls() {
        return false;
    }
    let Some((of_object, permission)) = permission(check.action) else { return false };
    let acl: Option<&Acl> = if of_object { check.acl.as_deref() } else { bucket.acl.as_ref() };
    acl.is_some_and(|acl| acl.grants(caller.account_id(), permission, bucket.blocked().ignore_public_acls))
}

/// What a list must grant for an action, and whether the object's list does or the bucket's.
fn permission(action: &str) -> Option<(bool, Permission)> {
    Some(match action {
        "s3:ListBucket" | "s3:ListBucketVersions" | "s3:ListBucketMultipartUploads" => {
            (false, Permission::Read)
        }
        "s3:PutObject" => (false, Permission::Write),
        "s3:GetBucketAcl" => (false, Permission::ReadAcp),
        "s3:PutBucketAcl" => (false, Permission::WriteAcp),
        "s3:GetObject" | "s3:GetObjectVersion" => (true, Permission::Read),
        "s3:GetObjectAcl" | "s3:GetObjectVersionAcl" => (true, Permission::ReadAcp),
        "s3:PutObjectAcl" | "s3:PutObjectVersionAcl" => (true, Permission::WriteAcp),
        _ => return None,
    })
}

const POLICY_ACTIONS: [&str; 3] = ["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"];

//! Policies of buckets: taken, shown, removed.
//!
//! Rule: as with roles' trust policies, whoever is named is held by the unique id that he has when the policy is written.

use std::borrow::Cow;

use policy::document::{ActionElement, Document, PrincipalElement, ResourceElement};
use policy::{DocumentKind, Policy, PolicyError};
use types::Partition;

use super::{bucket, public, refusal};
use crate::ServiceError;
use crate::directory::{Bucket, Directory, PolicyText};
use crate::iam::role;

/// PutBucketPolicy. `blocked` is what is said where the policy is public and such are kept out.
pub fn put(
    directory: &mut Directory,
    bucket_name: &str,
    text: &str,
    blocked: impl FnOnce() -> ServiceError,
) -> Result<(), ServiceError> {
    let held = bucket::find(directory, bucket_name)?;
    let policy = checked(text, bucket_name, directory.partition())?;
    if held.blocked().block_public_policy && public::is_public(policy.document()) {
        return Err(blocked());
    }
    let trusted_ids = role::pins(directory, &policy).map_err(|_| invalid_principal())?;
    let held = bucket::find_mut(directory, bucket_name)?;
    held.policy = Some(PolicyText::new(policy));
    held.trusted_ids = trusted_ids;
    Ok(())
}

/// The policy's text, with today's names of those whom it names.
pub fn shown<'a>(directory: &Directory, bucket: &'a Bucket) -> Result<Cow<'a, str>, ServiceError> {
    let policy = bucket.policy.as_ref().ok_or_else(|| no_policy(&bucket.bucket_name))?;
    Ok(role::shown(directory, policy.text(), &bucket.trusted_ids))
}

/// GetBucketPolicyStatus
pub fn is_public(bucket: &Bucket) -> Result<bool, ServiceError> {
    let policy = bucket.policy.as_ref().ok_or_else(|| no_policy(&bucket.bucket_name))?;
    Ok(public::is_public(policy.policy().document()))
}

/// One that is not there is fine.
pub fn delete(directory: &mut Directory, bucket_name: &str) -> Result<(), ServiceError> {
    let bucket = bucket::find_mut(directory, bucket_name)?;
    bucket.policy = None;
    bucket.trusted_ids.clear();
    Ok(())
}

fn checked(text: &str, bucket_name: &str, partition: Partition) -> Result<Policy, ServiceError> {
    if text.is_empty() {
        return Err(ServiceError::new("MissingRequestBodyError", 400, "Request Body is empty"));
    }
    if text.len() > MAX_POLICY {
        let message =
            format!("Policy exceeds the maximum allowed document size. Limit is {MAX_POLICY} bytes");
        return Err(refusal::malformed_policy(message));
    }
    let malformed = |error: PolicyError| refusal::malformed_policy(error.message);
    let policy = Policy::parse(text, DocumentKind::Resource).map_err(malformed)?;
    check_statements(policy.document(), bucket_name, partition)?;
    Ok(policy)
}

/// Actions are S3's; resources are this bucket and what is in it; principals are such as this account can tell.
fn check_statements(
    document: &Document,
    bucket_name: &str,
    partition: Partition,
) -> Result<(), ServiceError> {
    for statement in &document.statements {
        if let Some(PrincipalElement::Only(set) | PrincipalElement::Not(set)) = &statement.principal
            && !set.canonical_user.is_empty()
        {
            return Err(invalid_principal());
        }
        let vendor = |action: &str| action.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !statement.action.values().iter().all(|action| action == "*" || vendor(action) == "s3") {
            return Err(refusal::malformed_policy("Policy has invalid action"));
        }
        let resources = statement.resource.iter().flat_map(|resource| resource.values());
        if !resources.into_iter().all(|resource| is_of_bucket(resource, bucket_name, partition)) {
            return Err(refusal::malformed_policy("Policy has invalid resource"));
        }
        let (of_bucket, of_objects) = reaches(statement, bucket_name, partition);
        let mut actions = statement.action.values().iter();
        let applies = |action: &String| is_applicable(action, of_bucket, of_objects);
        // Of what is left out, something may.
        let is_named = matches!(statement.action, ActionElement::Only(_))
            && matches!(statement.resource, Some(ResourceElement::Only(_)));
        if !(if is_named { actions.all(applies) } else { actions.any(applies) }) {
            return Err(refusal::malformed_policy("Action does not apply to any resource(s) in statement"));
        }
    }
    Ok(())
}

/// `arn:aws:s3:::BUCKET` or `arn:aws:s3:::BUCKET/…`. S3 takes wildcards in the bucket's name where it matches them.
fn is_of_bucket(resource: &str, bucket_name: &str, partition: Partition) -> bool {
    let Some(path) = path(resource, partition) else { return false };
    let named = path.split('/').next().unwrap_or_default();
    named == bucket_name || (named.contains(['*', '?']) && matches(named.as_bytes(), bucket_name.as_bytes()))
}

/// Whether a statement's resources are the bucket itself, and things in it.
fn reaches(statement: &policy::document::Statement, bucket_name: &str, partition: Partition) -> (bool, bool) {
    let resources = statement.resource.iter().flat_map(|resource| resource.values());
    let paths = resources.filter_map(|resource| path(resource, partition));
    let reached = |path: &str| match path.split_once('/') {
        Some(_) => (path.starts_with('*'), true),
        None => (true, path.ends_with('*') && path != bucket_name),
    };
    paths.map(reached).fold((false, false), |held, new| (held.0 || new.0, held.1 || new.1))
}

/// Whether an action can be done to what a statement names. A pattern can mean either kind.
fn is_applicable(action: &str, of_bucket: bool, of_objects: bool) -> bool {
    if action.contains(['*', '?']) {
        return of_bucket || of_objects;
    }
    let name = action.split_once(':').map_or(action, |(_, name)| name).to_ascii_lowercase();
    if is_of_object(&name) { of_objects } else { of_bucket }
}

/// Of objects are the actions with `Object` in their names but for those of the bucket's own settings, and those of uploads.
fn is_of_object(name: &str) -> bool {
    match name {
        "abortmultipartupload" | "listmultipartuploadparts" | "replicatedelete" | "replicatetags" => true,
        "getbucketobjectlockconfiguration" | "putbucketobjectlockconfiguration" => false,
        name => name.contains("object"),
    }
}

fn path(resource: &str, partition: Partition) -> Option<&str> {
    resource.strip_prefix("arn:")?.strip_prefix(partition.as_str())?.strip_prefix(":s3:::")
}

/// Whether a pattern with `*` and `?` covers a name. A bucket's name is short, and so is the time this takes.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[from] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((held, tried)) => {
                    star = Some((held, tried + 1));
                    at = held + 1;
                    from = tried + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

fn invalid_principal() -> ServiceError {
    refusal::malformed_policy("Invalid principal in policy")
}

fn no_policy(bucket_name: &str) -> ServiceError {
    refusal::not_set("NoSuchBucketPolicy", "The bucket policy does not exist", bucket_name)
}

/// Bytes (S3 User Guide, "Bucket policies").
pub const MAX_POLICY: usize = 20 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(action: &str, resource: &str) -> Result<(), String> {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":"{action}","Resource":"{resource}"}}]}}"#
        );
        checked(&text, "bucket", Partition::Aws).map(drop).map_err(|error| error.message)
    }

    #[test]
    fn a_policy_speaks_of_its_own_bucket() {
        for resource in [
            "arn:aws:s3:::bucket/*",
            "arn:aws:s3:::bucket/a/${aws:username}",
            "arn:aws:s3:::*/k",
            "arn:aws:s3:::buck?t/k",
        ] {
            assert_eq!(check("s3:GetObject", resource), Ok(()), "{resource}");
        }
        for resource in [
            "arn:aws:s3:::other/*",
            "arn:aws:s3:::bucket2/*",
            "arn:aws:s3:::Bucket/*",
            "arn:aws:s3:us-east-1::bucket/*",
            "arn:aws-cn:s3:::bucket/*",
            "arn:aws:sqs:::bucket/*",
            "arn:aws:s3:::b*d/k",
        ] {
            assert_eq!(
                check("s3:GetObject", resource).unwrap_err(),
                "Policy has invalid resource",
                "{resource}"
            );
        }
        assert_eq!(check("s3:*", "*").unwrap_err(), "Policy has invalid resource");
        assert_eq!(
            check("ec2:RunInstances", "arn:aws:s3:::bucket").unwrap_err(),
            "Policy has invalid action"
        );
    }

    #[test]
    fn an_action_applies_to_what_is_named() {
        let none = Err("Action does not apply to any resource(s) in statement".to_owned());
        for (action, resource, applies) in [
            ("s3:ListBucket", "arn:aws:s3:::bucket", true),
            ("s3:ListBucket", "arn:aws:s3:::bucket/*", false),
            ("s3:GetObject", "arn:aws:s3:::bucket", false),
            ("s3:GetObject", "arn:aws:s3:::bucket*", true),
            ("s3:GetObject", "arn:aws:s3:::*", true),
            ("s3:AbortMultipartUpload", "arn:aws:s3:::bucket/*", true),
            ("s3:ListBucketMultipartUploads", "arn:aws:s3:::bucket", true),
            ("s3:Get*", "arn:aws:s3:::bucket", true),
            ("s3:*", "arn:aws:s3:::bucket/*", true),
            ("s3:PutBucketObjectLockConfiguration", "arn:aws:s3:::bucket", true),
        ] {
            assert_eq!(
                check(action, resource),
                if applies { Ok(()) } else { none.clone() },
                "{action} {resource}"
            );
        }
    }

    #[test]
    fn every_action_applies_to_something_that_is_named() {
        let check = |action: &str, resource: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*",{action},"Resource":{resource}}}]}}"#
            );
            checked(&text, "bucket", Partition::Aws).is_ok()
        };
        let (bucket, objects) = (r#""arn:aws:s3:::bucket""#, r#""arn:aws:s3:::bucket/*""#);
        let both = format!("[{bucket},{objects}]");
        let actions = r#"["s3:PutObject","s3:ListBucket"]"#;
        assert!(check(&format!(r#""Action":{actions}"#), &both));
        for resource in [bucket, objects] {
            assert!(!check(&format!(r#""Action":{actions}"#), resource), "{resource}");
            assert!(check(&format!(r#""NotAction":{actions}"#), resource), "{resource}");
        }
    }

    #[test]
    fn its_length_is_bounded() {
        let long = format!("{{{}}}", " ".repeat(MAX_POLICY));
        let refused = checked(&long, "bucket", Partition::Aws).unwrap_err();
        assert_eq!(&*refused.code, "MalformedPolicy");
        assert_eq!(&*checked("", "bucket", Partition::Aws).unwrap_err().code, "MissingRequestBodyError");
    }
}

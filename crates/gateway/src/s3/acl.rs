//! Access control lists of buckets and objects, as requests give them and answers show them.
//!
//! Rule: a list comes as one of S3's by name, as grants in headers, or as a document, and never as two of these. Source: S3 API
//! Reference, PutBucketAcl; texts of suites/aws-recorded.

use account::directory::{Bucket, ObjectOwnership};
use account::s3::acl::{ANONYMOUS, Acl, Grant, Grantee, Group, MAX_GRANTS, Permission, canonical_id};
use account::s3::{refusal, settings};
use account::{Caller, ServiceError};
use wire::{Structure, Value};

use super::permission::{ACL_MEMBERS, asked_bucket, bucket_name, key, missing_key, on_bucket, on_version};
use super::{blocked, stored, version};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "GetBucketAcl", checks: |ask| on_bucket(ask, "s3:GetBucketAcl"), run: get_of_bucket },
    Operation { name: "PutBucketAcl", checks: |ask| on_bucket(ask, "s3:PutBucketAcl"), run: put_of_bucket },
    Operation {
        name: "GetObjectAcl",
        checks: |ask| on_version(ask, "s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
        run: get_of_object,
    },
    Operation {
        name: "PutObjectAcl",
        checks: |ask| on_version(ask, "s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
        run: put_of_object,
    },
];

/// Whose what the caller writes into this bucket is, by its canonical id.
pub(crate) fn owner_of_new(ask: &Ask<'_>, bucket: &Bucket) -> String {
    let bucket_owner = canonical_id(ask.directory.account_id());
    let writer = match ask.caller {
        Caller::Anonymous => ANONYMOUS.to_owned(),
        caller => caller.account_id().map_or_else(|| bucket_owner.clone(), canonical_id),
    };
    let hands_over = ask.input.text("ACL") == Some(HANDING_OVER);
    match bucket.ownership() {
        ObjectOwnership::BucketOwnerEnforced => bucket_owner,
        ObjectOwnership::BucketOwnerPreferred if hands_over => bucket_owner,
        ObjectOwnership::BucketOwnerPreferred | ObjectOwnership::ObjectWriter => writer,
    }
}

/// The list of a new object, where the headers of its request give one that the bucket takes and that is not its owner's alone.
pub(crate) fn of_new(ask: &Ask<'_>, bucket: &Bucket) -> Result<Option<Acl>, ServiceError> {
    let owner = owner_of_new(ask, bucket);
    let bucket_owner = canonical_id(ask.directory.account_id());
    refuse_disabled(ask, bucket)?;
    let Some(acl) = of_headers(ask, &owner, &bucket_owner)? else { return Ok(None) };
    let resource = format!("{}/{}", bucket.bucket_name, key(ask));
    settings::admit_acl(ask.directory, bucket, &acl, || blocked::acl(ask, "s3:PutObject", &resource))?;
    Ok(Some(acl).filter(|acl| bucket.has_acls() && !acl.is_private_of(&owner)))
}

/// Where lists count for nothing only one of S3's is taken by name: that which says so.
fn refuse_disabled(ask: &Ask<'_>, bucket: &Bucket) -> Result<(), ServiceError> {
    match ask.input.text("ACL") {
        Some(name) if !bucket.has_acls() && name != HANDING_OVER => Err(settings::acls_not_supported()),
        _ => Ok(()),
    }
}

/// Whether the request's headers give a list.
pub(crate) fn is_given(ask: &Ask<'_>) -> bool {
    ACL_MEMBERS.iter().any(|member| ask.input.text(member).is_some())
}

/// The list that the request's headers give.
pub(crate) fn of_headers(
    ask: &Ask<'_>,
    owner: &str,
    bucket_owner: &str,
) -> Result<Option<Acl>, ServiceError> {
    let grants = header_grants(ask)?;
    match (ask.input.text("ACL"), grants.is_empty()) {
        (Some(_), false) => {
            Err(refusal::invalid_request("Specifying both Canned ACLs and Header Grants is not allowed"))
        }
        (Some(name), true) => {
            let known = Acl::canned(name, owner, bucket_owner);
            known.map(Some).ok_or_else(|| refusal::invalid_argument("x-amz-acl", Some(name), ""))
        }
        (None, true) => Ok(None),
        (None, false) => Ok(Some(Acl { owner: owner.to_owned(), grants })),
    }
}

fn header_grants(ask: &Ask<'_>) -> Result<Vec<Grant>, ServiceError> {
    let mut grants = Vec::new();
    for (member, header, permission) in GRANTS {
        for named in ask.input.text(member).into_iter().flat_map(|value| value.split(',')) {
            let unknown =
                || refusal::invalid_argument(header, Some(named.trim()), "Argument format not recognized");
            let (kind, value) = named.trim().split_once('=').ok_or_else(unknown)?;
            let value = value.trim().trim_matches('"');
            let grantee = match kind.trim() {
                "id" => canonical("id", value)?,
                "uri" => group("uri", value)?,
                "emailAddress" => return Err(no_such_email(value)),
                _ => return Err(unknown()),
            };
            grants.push(Grant { grantee, permission });
        }
    }
    if grants.len() > MAX_GRANTS { Err(malformed_acl()) } else { Ok(grants) }
}

fn canonical(argument: &str, id: &str) -> Result<Grantee, ServiceError> {
    let is_id =
        id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if is_id || id == ANONYMOUS {
        return Ok(Grantee::CanonicalUser(id.to_owned()));
    }
    Err(refusal::invalid_argument(argument, Some(id), "Invalid id"))
}

fn group(argument: &str, uri: &str) -> Result<Grantee, ServiceError> {
    let known = Group::of_uri(uri).map(Grantee::Group);
    known.ok_or_else(|| refusal::invalid_argument(argument, Some(uri), "Invalid group uri"))
}

/// Accounts have no addresses here; S3 has closed this way for new ones.
fn no_such_email(address: &str) -> ServiceError {
    let message = "The e-mail address you provided does not match any account on record.";
    ServiceError::new("UnresolvableGrantByEmailAddress", 400, message).with_extra("EmailAddress", address)
}

fn get_of_bucket(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    Ok(shown(&settings::acl(ask.directory, asked_bucket(ask)?)))
}

fn put_of_bucket(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let owner = canonical_id(ask.directory.account_id());
    refuse_disabled(ask, asked_bucket(ask)?)?;
    let acl = given(ask, &owner)?;
    let name = bucket_name(ask);
    let blocked = || blocked::acl(ask, "s3:PutBucketAcl", name);
    ask.account.change(|directory| {
        let bucket = account::s3::bucket::find(directory, name)?;
        settings::admit_acl(directory, bucket, &acl, blocked)?;
        if bucket.has_acls() { settings::put_acl(directory, name, acl.clone()) } else { Ok(()) }
    })?;
    Ok(Structure::new())
}

fn get_of_object(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    version::check(ask)?;
    let bucket = asked_bucket(ask)?;
    let (name, key) = (bucket_name(ask), key(ask));
    let object = stored::find(ask, name, key)?.ok_or_else(|| missing_key(ask, name, key))?;
    let held = object.attributes.acl.as_ref().filter(|_| bucket.has_acls()).and_then(Acl::of_json);
    Ok(shown(&held.unwrap_or_else(|| Acl::private(owner_of(ask, bucket, &object.attributes.owner)))))
}

fn put_of_object(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    version::check(ask)?;
    let bucket = asked_bucket(ask)?;
    let (name, key) = (bucket_name(ask), key(ask));
    let resource = format!("{name}/{key}");
    stored::update(ask, name, key, |attributes| {
        refuse_disabled(ask, bucket)?;
        let acl = given(ask, &owner_of(ask, bucket, &attributes.owner))?;
        let blocked = || blocked::acl(ask, "s3:PutObjectAcl", &resource);
        settings::admit_acl(ask.directory, bucket, &acl, blocked)?;
        if bucket.has_acls() {
            attributes.acl = Some(acl.to_json());
        }
        Ok(())
    })?;
    Ok(Structure::new())
}

/// An object's owner; the bucket's where lists count for nothing.
fn owner_of(ask: &Ask<'_>, bucket: &Bucket, held: &str) -> String {
    if bucket.has_acls() && !held.is_empty() {
        held.to_owned()
    } else {
        canonical_id(ask.directory.account_id())
    }
}

/// The list that a request to set one gives: in its headers, or as its body.
fn given(ask: &Ask<'_>, owner: &str) -> Result<Acl, ServiceError> {
    let bucket_owner = canonical_id(ask.directory.account_id());
    let document = ask.input.structure("AccessControlPolicy");
    match (of_headers(ask, owner, &bucket_owner)?, document) {
        (Some(_), Some(_)) => {
            Err(ServiceError::new("UnexpectedContent", 400, "This request does not support content"))
        }
        (Some(acl), None) => Ok(acl),
        (None, Some(document)) => of_document(document, owner),
        (None, None) => {
            let message = "Your request was missing a required header";
            let error = ServiceError::new("MissingSecurityHeader", 400, message);
            Err(error.with_extra("MissingHeaderName", "x-amz-acl"))
        }
    }
}

fn of_document(document: &Structure, owner: &str) -> Result<Acl, ServiceError> {
    let named = document.structure("Owner").and_then(|owner| owner.text("ID")).ok_or_else(malformed_acl)?;
    if document.member("Grants").is_none() {
        return Err(malformed_acl());
    }
    canonical("id", named)?;
    // A list never makes somebody else the owner.
    if named != owner {
        return Err(refusal::access_denied());
    }
    let grants: Vec<Grant> = document.structures("Grants").map(grant).collect::<Result<_, _>>()?;
    if grants.len() > MAX_GRANTS {
        return Err(malformed_acl());
    }
    Ok(Acl { owner: owner.to_owned(), grants })
}

fn grant(given: &Structure) -> Result<Grant, ServiceError> {
    let permission = given.text("Permission").and_then(Permission::named).ok_or_else(malformed_acl)?;
    let named = given.structure("Grantee").ok_or_else(malformed_acl)?;
    let grantee = match named.text("Type") {
        Some("CanonicalUser") => canonical("id", named.text("ID").ok_or_else(malformed_acl)?)?,
        Some("Group") => group("uri", named.text("URI").ok_or_else(malformed_acl)?)?,
        Some("AmazonCustomerByEmail") => {
            return Err(no_such_email(named.text("EmailAddress").unwrap_or_default()));
        }
        _ => return Err(malformed_acl()),
    };
    Ok(Grant { grantee, permission })
}

fn malformed_acl() -> ServiceError {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    ServiceError::new("MalformedACLError", 400, message)
}

fn shown(acl: &Acl) -> Structure {
    let grants: Vec<Value> = acl.grants.iter().map(|grant| shown_grant(grant).into()).collect();
    Structure::new().with("Owner", Structure::new().with("ID", acl.owner.as_str())).with("Grants", grants)
}

fn shown_grant(grant: &Grant) -> Structure {
    let grantee = match &grant.grantee {
        Grantee::CanonicalUser(id) => Structure::new().with("Type", "CanonicalUser").with("ID", id.as_str()),
        Grantee::Group(group) => Structure::new().with("Type", "Group").with("URI", group.uri()),
    };
    Structure::new().with("Grantee", grantee).with("Permission", grant.permission.as_str())
}

const HANDING_OVER: &str = "bucket-owner-full-control";

/// Member, header and what it grants.
const GRANTS: [(&str, &str, Permission); 5] = [
    ("GrantFullControl", "x-amz-grant-full-control", Permission::FullControl),
    ("GrantRead", "x-amz-grant-read", Permission::Read),
    ("GrantReadACP", "x-amz-grant-read-acp", Permission::ReadAcp),
    ("GrantWrite", "x-amz-grant-write", Permission::Write),
    ("GrantWriteACP", "x-amz-grant-write-acp", Permission::WriteAcp),
];

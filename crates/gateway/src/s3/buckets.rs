//! Buckets made, found, listed and removed.

use account::directory::{Bucket, ObjectOwnership, Tag};
use account::s3::acl::canonical_id;
use account::s3::bucket::{self, ListBuckets, NewBucket};
use account::s3::{refusal, tag};
use account::{Check, ServiceError};
use objects::ObjectError;
use wire::{Structure, Value};

use super::permission::{account_check, asked_bucket, bucket_check, bucket_name, on_bucket};
use super::{acl, page, stored};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateBucket", checks: creation, run: create },
    Operation { name: "DeleteBucket", checks: |ask| on_bucket(ask, "s3:DeleteBucket"), run: delete },
    Operation { name: "HeadBucket", checks: |ask| on_bucket(ask, "s3:ListBucket"), run: head },
    Operation {
        name: "ListBuckets",
        checks: |ask| Ok(vec![account_check(ask, "s3:ListAllMyBuckets")]),
        run: list,
    },
    Operation {
        name: "GetBucketLocation",
        checks: |ask| on_bucket(ask, "s3:GetBucketLocation"),
        run: location,
    },
];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let on = |action| bucket_check(ask, action, bucket_name(ask));
    let create = on("s3:CreateBucket");
    let create = match location_constraint(ask) {
        Some(region) => create.with("s3:LocationConstraint", region),
        None => create,
    };
    let mut checks = vec![create];
    if acl::is_given(ask) {
        checks.push(on("s3:PutBucketAcl"));
    }
    if ask.input.text("ObjectOwnership").is_some() {
        checks.push(on("s3:PutBucketOwnershipControls"));
    }
    let tags = given_tags(ask);
    // As the bucket's tags: each is a key of the check.
    tag::check_count_of_bucket(tags.len())?;
    if !tags.is_empty() {
        let keys = tags.iter().map(|tag| tag.key.clone()).collect();
        let mut tagging = on("s3:TagResource").with_many("aws:TagKeys", keys);
        tags.iter().for_each(|tag| tagging.context.set(&format!("aws:RequestTag/{}", tag.key), &*tag.value));
        checks.push(tagging);
    }
    Ok(checks)
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    refuse_unbuilt(ask)?;
    let name = bucket_name(ask);
    let object_ownership = ownership(ask)?;
    let owner = canonical_id(ask.directory.account_id());
    let acl = acl::of_headers(ask, &owner, &owner)?;
    let tags = checked_tags(ask)?;
    let made = ask.account.change(|directory| {
        let new = NewBucket {
            bucket_name: name,
            asked_region: ask.region,
            location_constraint: location_constraint(ask),
            object_ownership,
            acl: acl.clone(),
            tags: tags.clone(),
        };
        let was_there = bucket::find(directory, name).is_ok();
        let made = bucket::create(directory, new, ask.now)?;
        // The room for its objects is there before anybody sees the bucket; nobody finds in it what was in another of the name.
        let room = if was_there {
            ask.objects.create_bucket(name).map(drop)
        } else {
            ask.objects.renew_bucket(name)
        };
        room.map_err(|error| stored::failed(name, error))?;
        Ok::<_, ServiceError>(made)
    })?;
    Ok(Structure::new().with("Location", made_at(ask, &made)))
}

/// What the request wants of a bucket that this account's cannot be.
fn refuse_unbuilt(ask: &Ask<'_>) -> Result<(), ServiceError> {
    if ask.input.boolean("ObjectLockEnabledForBucket") == Some(true) {
        return Err(refusal::not_implemented("x-amz-bucket-object-lock-enabled"));
    }
    if ask.input.text("BucketNamespace").is_some_and(|namespace| namespace != "global") {
        return Err(refusal::not_implemented("x-amz-bucket-namespace"));
    }
    let configuration = ask.input.structure("CreateBucketConfiguration");
    let of_directory = |member: &str| configuration.is_some_and(|given| given.structure(member).is_some());
    if of_directory("Location") || of_directory("Bucket") {
        let message = "Directory buckets are not built into this account.";
        return Err(ServiceError::new("NotImplemented", 501, message));
    }
    Ok(())
}

fn ownership(ask: &Ask<'_>) -> Result<ObjectOwnership, ServiceError> {
    let Some(named) = ask.input.text("ObjectOwnership") else { return Ok(ObjectOwnership::default()) };
    ObjectOwnership::named(named).ok_or_else(|| {
        let message = format!("Invalid x-amz-object-ownership header: {named}");
        refusal::invalid_argument("x-amz-object-ownership", None, message)
    })
}

fn location_constraint<'a>(ask: &Ask<'a>) -> Option<&'a str> {
    ask.input.structure("CreateBucketConfiguration")?.text("LocationConstraint")
}

fn given_tags(ask: &Ask<'_>) -> Vec<Tag> {
    let configuration = ask.input.structure("CreateBucketConfiguration");
    configuration.map(|given| super::tagging::read(given, "Tags")).unwrap_or_default()
}

fn checked_tags(ask: &Ask<'_>) -> Result<Vec<Tag>, ServiceError> {
    let tags = given_tags(ask);
    if tags.iter().any(|tag| tag.key.starts_with("aws:")) {
        let message = "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system tags. Remove \"aws:\" from \
                       your tag keys and try again.";
        return Err(ServiceError::new("InvalidTag", 400, message));
    }
    tag::checked_of_bucket(tags)
}

fn made_at(ask: &Ask<'_>, bucket: &Bucket) -> String {
    let name = &bucket.bucket_name;
    if bucket.region.as_str() == "us-east-1" {
        return format!("/{name}");
    }
    format!("http://{name}.s3.{}/", ask.directory.partition().dns_suffix())
}

/// What is in the bucket and what it is set to go in one step: whoever makes one of the name is before it, or behind.
fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let name = bucket_name(ask);
    let mut retired = None;
    ask.account.change(|directory| {
        bucket::find(directory, name)?;
        match ask.objects.retire_bucket(name) {
            Ok(bucket) => retired = Some(bucket),
            // Whoever was stopped half way goes on.
            Err(ObjectError::NoSuchBucket) => {}
            Err(ObjectError::BucketNotEmpty) => {
                let message = "The bucket you tried to delete is not empty";
                return Err(ServiceError::new("BucketNotEmpty", 409, message).with_extra("BucketName", name));
            }
            Err(error) => return Err(stored::failed(name, error)),
        }
        bucket::delete(directory, name)
    })?;
    if let Some(bucket) = retired {
        ask.objects.bury(&bucket);
    }
    Ok(Structure::new())
}

fn head(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let bucket = asked_bucket(ask)?;
    Ok(Structure::new().with("BucketRegion", bucket.region.as_str()).with("AccessPointAlias", false))
}

/// The first region has no name here.
fn location(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let region = asked_bucket(ask)?.region.as_str();
    Ok(Structure::new().with_some("LocationConstraint", (region != "us-east-1").then_some(region)))
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let input = ask.input;
    let prefix = input.text("Prefix").unwrap_or_default();
    let region = input.text("BucketRegion");
    if let Some(region) = region.filter(|name| !bucket::is_region(name, ask.directory.partition())) {
        let message = format!("Argument value {region} is not a valid AWS Region");
        return Err(refusal::invalid_argument("bucket-region", None, message));
    }
    let after = input.text("ContinuationToken").map(page::opened).transpose()?;
    let max = max_buckets(ask)?;
    let wanted = ListBuckets { prefix, region, after: after.as_deref(), max };
    let (found, more) = bucket::list(ask.directory, &wanted);
    let has_regions = ["Prefix", "BucketRegion", "ContinuationToken", "MaxBuckets"];
    let has_regions = has_regions.iter().any(|member| input.member(member).is_some());
    let shown: Vec<Value> = found.iter().map(|bucket| shown(bucket, has_regions).into()).collect();
    let token = found.last().filter(|_| more).map(|last| page::token(&last.bucket_name));
    let owner = Structure::new().with("ID", canonical_id(ask.directory.account_id()));
    Ok(Structure::new()
        .with("Buckets", shown)
        .with("Owner", owner)
        .with_some("ContinuationToken", token)
        .with_some("Prefix", input.text("Prefix")))
}

fn max_buckets(ask: &Ask<'_>) -> Result<usize, ServiceError> {
    let Some(given) = ask.input.integer("MaxBuckets") else { return Ok(MAX_BUCKETS) };
    usize::try_from(given).ok().filter(|max| (1..=MAX_BUCKETS).contains(max)).ok_or_else(|| {
        let message = format!("Argument max-buckets must be an integer between 1 and {MAX_BUCKETS}");
        refusal::invalid_argument("max-buckets", Some(&given.to_string()), message)
    })
}

fn shown(bucket: &Bucket, has_region: bool) -> Structure {
    Structure::new()
        .with("Name", bucket.bucket_name.as_str())
        .with("CreationDate", bucket.creation_date)
        .with_some("BucketRegion", has_region.then(|| bucket.region.as_str()))
}

/// In one page.
const MAX_BUCKETS: usize = 10_000;

//! DeleteObjects: many keys in one request, each allowed or refused by itself.

use account::ServiceError;
use account::s3::refusal;
use objects::{ObjectError, RemoveCondition};
use wire::{Structure, Value};

use super::permission::{asked_bucket, bucket_name, delete_checks};
use super::{body, refused, stored, version};
use crate::{Ask, Operation};

/// Who may is asked of every key; a key that may not be deleted is no reason to refuse the others.
pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "DeleteObjects", checks: |ask| asked_bucket(ask).map(|_| Vec::new()), run: delete }];

/// A key as the request names it.
struct Named<'a> {
    key: &'a str,
    version: Option<&'a str>,
    condition: RemoveCondition,
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    if ask.input.member("BypassGovernanceRetention").is_some() {
        return Err(no_locks());
    }
    let given = ask.input.structure("Delete").ok_or_else(refusal::malformed_xml)?;
    check_built(given)?;
    let named: Vec<Named<'_>> = given.structures("Objects").map(read).collect();
    if named.is_empty() || named.len() > MAX_KEYS || named.iter().any(|named| named.key.is_empty()) {
        return Err(refusal::malformed_xml());
    }
    let mut answers: Vec<Option<ServiceError>> = named.iter().map(|named| refused(ask, named)).collect();
    remove(ask, &named, &mut answers)?;
    let is_quiet = given.boolean("Quiet").unwrap_or_default();
    Ok(shown(&named, &answers, is_quiet))
}

/// Conditions that directory buckets alone have: nobody's key is removed as if he had set none.
fn check_built(given: &Structure) -> Result<(), ServiceError> {
    let is_set = |member: &&&str| given.structures("Objects").any(|object| object.member(member).is_some());
    let found = ["LastModifiedTime", "Size"].iter().find(is_set).copied();
    found.map_or(Ok(()), |member| Err(refusal::not_implemented(member)))
}

fn refused(ask: &Ask<'_>, named: &Named<'_>) -> Option<ServiceError> {
    let checks = delete_checks(ask, named.key, named.version, named.condition.etag.as_deref());
    let allowed = checks.and_then(|checks| checks.iter().try_for_each(|check| ask.authorise(check)));
    allowed.and_then(|()| version::check_one(named.key, named.version)).err()
}

/// Removes what is not refused, all in one transaction.
fn remove(
    ask: &Ask<'_>,
    named: &[Named<'_>],
    answers: &mut [Option<ServiceError>],
) -> Result<(), ServiceError> {
    let places: Vec<usize> = (0..named.len()).filter(|at| answers[*at].is_none()).collect();
    let wanted: Vec<(String, RemoveCondition)> =
        places.iter().map(|at| (named[*at].key.to_owned(), named[*at].condition.clone())).collect();
    let bucket = bucket_name(ask);
    let removed = ask.objects.remove_all(bucket, &wanted).map_err(|error| stored::failed(bucket, error))?;
    for (at, outcome) in places.into_iter().zip(removed) {
        answers[at] = outcome.err().map(|error| not_removed(bucket, named[at].key, error));
    }
    Ok(())
}

fn not_removed(bucket: &str, key: &str, error: ObjectError) -> ServiceError {
    match error {
        ObjectError::NoSuchKey => refused::objects(ObjectError::NoSuchKey).with_extra("Key", key),
        error => stored::failed(bucket, error),
    }
}

fn shown(named: &[Named<'_>], answers: &[Option<ServiceError>], is_quiet: bool) -> Structure {
    let mut deleted: Vec<Value> = Vec::new();
    let mut errors: Vec<Value> = Vec::new();
    for (named, answer) in named.iter().zip(answers) {
        let key = Structure::new().with("Key", named.key).with_some("VersionId", named.version);
        match answer {
            None if is_quiet => {}
            None => deleted.push(key.into()),
            Some(error) => {
                errors.push(
                    key.with("Code", error.code.as_ref()).with("Message", error.message.as_str()).into(),
                );
            }
        }
    }
    Structure::new()
        .with_some("Deleted", (!deleted.is_empty()).then_some(deleted))
        .with_some("Errors", (!errors.is_empty()).then_some(errors))
}

fn read(object: &Structure) -> Named<'_> {
    let etag = object.text("ETag").map(str::to_owned);
    let condition = RemoveCondition { etag };
    Named { key: object.text("Key").unwrap_or_default(), version: object.text("VersionId"), condition }
}

fn no_locks() -> ServiceError {
    let message = "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.";
    refusal::invalid_argument("x-amz-bypass-governance-retention", None, message)
}

const MAX_KEYS: usize = 1000;

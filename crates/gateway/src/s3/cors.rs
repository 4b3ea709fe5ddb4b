//! Pages of other origins: the rules of a bucket, answers to preflight requests, and headers of answers to the requests themselves.

use account::ServiceError;
use account::directory::{CorsRule, Directory};
use account::s3::cors::{self, CorsRequest};
use account::s3::{bucket, refusal};
use http::{HeaderMap, HeaderName, header};
use wire::{Structure, Value};

use super::body;
use super::permission::{asked_bucket, bucket_name, on_bucket};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "GetBucketCors", checks: |ask| on_bucket(ask, "s3:GetBucketCORS"), run: get },
    Operation { name: "PutBucketCors", checks: |ask| on_bucket(ask, "s3:PutBucketCORS"), run: put },
    Operation { name: "DeleteBucketCors", checks: |ask| on_bucket(ask, "s3:PutBucketCORS"), run: delete },
];

/// Headers of an answer.
pub(crate) type CorsHeaders = Vec<(&'static str, String)>;

/// The answer to `OPTIONS`, which nobody signs. `bucket` is none where S3 itself is asked.
pub(crate) fn preflight(
    directory: &Directory,
    bucket: Option<&str>,
    has_key: bool,
    headers: &HeaderMap,
) -> Result<CorsHeaders, ServiceError> {
    let origin = text(headers, &header::ORIGIN).ok_or_else(cors::no_origin)?;
    let method = text(headers, &header::ACCESS_CONTROL_REQUEST_METHOD).ok_or_else(|| {
        let message = "Invalid Access-Control-Request-Method: null";
        ServiceError::new("BadRequest", 400, message)
    })?;
    let asked = headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let asked: Vec<&str> = asked
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let found = bucket.and_then(|name| bucket::find(directory, name).ok());
    let found = found.ok_or_else(cors::no_bucket)?;
    let request = CorsRequest { origin, method, headers: &asked };
    cors::preflight(found, &request, if has_key { "OBJECT" } else { "BUCKET" })
}

/// What goes on the answer, be it an error or not, to a request that a page made; nothing where no rule covers it.
pub(crate) fn answer_headers(
    directory: &Directory,
    bucket: Option<&str>,
    method: &str,
    headers: &HeaderMap,
) -> CorsHeaders {
    let found = bucket.and_then(|name| bucket::find(directory, name).ok());
    match (found, text(headers, &header::ORIGIN)) {
        (Some(bucket), Some(origin)) => cors::headers(bucket, origin, method),
        _ => Vec::new(),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let rules = cors::rules(asked_bucket(ask)?)?;
    let shown: Vec<Value> = rules.iter().map(|rule| shown(rule).into()).collect();
    Ok(Structure::new().with("CORSRules", shown))
}

fn put(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    body::require_checksum(ask)?;
    let given = ask.input.structure("CORSConfiguration").ok_or_else(refusal::malformed_xml)?;
    let rules = cors::checked(given.structures("CORSRules").map(read).collect())?;
    ask.account.change(|directory| cors::put(directory, bucket_name(ask), rules.clone()))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| cors::put(directory, bucket_name(ask), Vec::new()))?;
    Ok(Structure::new())
}

fn read(rule: &Structure) -> CorsRule {
    let texts = |member: &str| rule.texts(member).map(str::to_owned).collect();
    CorsRule {
        id: rule.text("ID").map(str::to_owned),
        allowed_headers: texts("AllowedHeaders"),
        allowed_methods: texts("AllowedMethods"),
        allowed_origins: texts("AllowedOrigins"),
        expose_headers: texts("ExposeHeaders"),
        max_age_seconds: rule.integer("MaxAgeSeconds"),
    }
}

fn shown(rule: &CorsRule) -> Structure {
    let texts = |held: &[String]| -> Option<Vec<Value>> {
        (!held.is_empty()).then(|| held.iter().cloned().map(Value::String).collect())
    };
    Structure::new()
        .with_some("ID", rule.id.as_deref())
        .with_some("AllowedHeaders", texts(&rule.allowed_headers))
        .with_some("AllowedMethods", texts(&rule.allowed_methods))
        .with_some("AllowedOrigins", texts(&rule.allowed_origins))
        .with_some("ExposeHeaders", texts(&rule.expose_headers))
        .with_some("MaxAgeSeconds", rule.max_age_seconds)
}

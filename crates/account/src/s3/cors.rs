//! Which pages of other origins may use a bucket (S3 User Guide, "Elements of a CORS configuration"; Fetch standard).
//!
//! Rule: the first rule that covers origin, method and every header asked for is the one that is answered by.

use super::{bucket, refusal};
use crate::ServiceError;
use crate::directory::{Bucket, CorsRule, Directory};

/// What a page wants to do.
#[derive(Clone, Copy, Debug)]
pub struct CorsRequest<'a> {
    pub origin: &'a str,
    pub method: &'a str,
    /// Of a preflight request: names, in any case.
    pub headers: &'a [&'a str],
}

/// GetBucketCors
pub fn rules(bucket: &Bucket) -> Result<&[CorsRule], ServiceError> {
    if bucket.cors_rules.is_empty() {
        let message = "The CORS configuration does not exist";
        return Err(refusal::not_set("NoSuchCORSConfiguration", message, &bucket.bucket_name));
    }
    Ok(&bucket.cors_rules)
}

/// PutBucketCors; with no rules, DeleteBucketCors.
pub fn put(directory: &mut Directory, bucket_name: &str, rules: Vec<CorsRule>) -> Result<(), ServiceError> {
    bucket::find_mut(directory, bucket_name)?.cors_rules = rules;
    Ok(())
}

/// The rules of a request, if they may be.
pub fn checked(rules: Vec<CorsRule>) -> Result<Vec<CorsRule>, ServiceError> {
    if rules.is_empty() || rules.len() > MAX_RULES {
        return Err(refusal::malformed_xml());
    }
    rules.iter().try_for_each(check)?;
    Ok(rules)
}

fn check(rule: &CorsRule) -> Result<(), ServiceError> {
    if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
        return Err(refusal::malformed_xml());
    }
    if let Some(method) = rule.allowed_methods.iter().find(|method| !METHODS.contains(&&***method)) {
        return Err(refusal::invalid_request(format!(
            "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
        )));
    }
    let wild = |text: &&String| text.matches('*').count() > 1;
    if let Some(origin) = rule.allowed_origins.iter().find(wild) {
        return Err(refusal::invalid_request(format!(
            "AllowedOrigin \"{origin}\" can not have more than one wildcard."
        )));
    }
    if let Some(header) = rule.allowed_headers.iter().find(wild) {
        return Err(refusal::invalid_request(format!(
            "AllowedHeader \"{header}\" can not have more than one wildcard."
        )));
    }
    if let Some(header) = rule.expose_headers.iter().find(|header| header.contains('*')) {
        return Err(refusal::invalid_request(format!(
            "ExposeHeader \"{header}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
        )));
    }
    let is_long = rule.id.as_ref().is_some_and(|id| id.chars().count() > MAX_ID);
    if is_long || rule.max_age_seconds.is_some_and(|age| age < 0) {
        return Err(refusal::malformed_xml());
    }
    Ok(())
}

/// The answer to a preflight request: headers to allow it by. `resource` is `BUCKET` or `OBJECT`.
pub fn preflight(
    bucket: &Bucket,
    request: &CorsRequest<'_>,
    resource: &str,
) -> Result<Vec<(&'static str, String)>, ServiceError> {
    if bucket.cors_rules.is_empty() {
        return Err(forbidden(
            "CORSResponse: CORS is not enabled for this bucket.",
            request.method,
            resource,
        ));
    }
    let Some(rule) = matching(&bucket.cors_rules, request) else {
        return Err(forbidden(NOT_ALLOWED, request.method, resource));
    };
    let mut headers = answered(rule, request);
    if !request.headers.is_empty() {
        let names = request.headers.join(", ").to_ascii_lowercase();
        headers.push(("access-control-allow-headers", names));
    }
    Ok(headers)
}

/// Headers of the answer to a request that a page makes; none where no rule covers it.
pub fn headers(bucket: &Bucket, origin: &str, method: &str) -> Vec<(&'static str, String)> {
    let request = CorsRequest { origin, method, headers: &[] };
    matching(&bucket.cors_rules, &request).map(|rule| answered(rule, &request)).unwrap_or_default()
}

/// What S3 says to the preflight request for a bucket that is not there.
pub fn no_bucket() -> ServiceError {
    forbidden("CORSResponse: Bucket not found", "OPTIONS", "BUCKET")
}

/// What S3 says to an OPTIONS request without origin or method.
pub fn no_origin() -> ServiceError {
    ServiceError::new("BadRequest", 400, "Insufficient information. Origin request header needed.")
}

fn forbidden(message: &str, method: &str, resource: &str) -> ServiceError {
    let error = ServiceError::new("AccessForbidden", 403, message);
    error.with_extra("Method", method).with_extra("ResourceType", resource)
}

fn matching<'a>(rules: &'a [CorsRule], request: &CorsRequest<'_>) -> Option<&'a CorsRule> {
    rules.iter().find(|rule| {
        let header_is_allowed =
            |name: &&str| rule.allowed_headers.iter().any(|pattern| covers_any_case(pattern, name));
        rule.allowed_origins.iter().any(|pattern| covers(pattern, request.origin))
            && rule.allowed_methods.iter().any(|method| method == request.method)
            && request.headers.iter().all(header_is_allowed)
    })
}

fn answered(rule: &CorsRule, request: &CorsRequest<'_>) -> Vec<(&'static str, String)> {
    // Whoever is allowed as anybody is told so; credentials go with named origins alone.
    let anybody = rule.allowed_origins.iter().any(|origin| origin == "*");
    let origin = if anybody { "*" } else { request.origin };
    let mut headers = vec![
        ("access-control-allow-origin", origin.to_owned()),
        ("access-control-allow-methods", rule.allowed_methods.join(", ")),
    ];
    if !rule.expose_headers.is_empty() {
        headers.push(("access-control-expose-headers", rule.expose_headers.join(", ")));
    }
    if let Some(age) = rule.max_age_seconds {
        headers.push(("access-control-max-age", age.to_string()));
    }
    if !anybody {
        headers.push(("access-control-allow-credentials", "true".to_owned()));
    }
    headers.push(("vary", VARY.to_owned()));
    headers
}

fn covers(pattern: &str, text: &str) -> bool {
    covers_as(pattern, text, |one, other| one == other)
}

fn covers_any_case(pattern: &str, text: &str) -> bool {
    covers_as(pattern, text, <[u8]>::eq_ignore_ascii_case)
}

/// A pattern has one `*` at most. Nothing is made for it: anybody may have many names held against many patterns.
fn covers_as(pattern: &str, text: &str, same: fn(&[u8], &[u8]) -> bool) -> bool {
    let text = text.as_bytes();
    let Some((head, tail)) = pattern.split_once('*') else { return same(pattern.as_bytes(), text) };
    let (Some(start), Some(left)) = (text.get(..head.len()), text.get(head.len()..)) else { return false };
    let end = left.len().checked_sub(tail.len()).and_then(|at| left.get(at..));
    same(start, head.as_bytes()) && end.is_some_and(|end| same(end, tail.as_bytes()))
}

const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

const MAX_RULES: usize = 100;
const MAX_ID: usize = 255;

const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

const NOT_ALLOWED: &str = "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, \
     request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's \
     CORS spec.";

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> Bucket {
        let rule = |origins: &[&str], methods: &[&str], headers: &[&str]| CorsRule {
            allowed_origins: origins.iter().map(ToString::to_string).collect(),
            allowed_methods: methods.iter().map(ToString::to_string).collect(),
            allowed_headers: headers.iter().map(ToString::to_string).collect(),
            expose_headers: vec!["ETag".to_owned()],
            max_age_seconds: Some(300),
            ..CorsRule::default()
        };
        let region = "us-east-1".parse().unwrap();
        let cors_rules = vec![
            rule(&["https://*.example.com"], &["GET", "PUT"], &["X-Amz-*"]),
            rule(&["*"], &["GET"], &[]),
        ];
        Bucket { cors_rules, ..Bucket::new("b".to_owned(), region, types::Timestamp::EPOCH) }
    }

    fn asked(origin: &str, method: &str, headers: &[&str]) -> Result<String, String> {
        let request = CorsRequest { origin, method, headers };
        let answer = preflight(&bucket(), &request, "OBJECT").map_err(|error| error.message)?;
        Ok(answer.first().map(|(_, origin)| origin.clone()).unwrap_or_default())
    }

    #[test]
    fn the_first_rule_that_covers_all_answers() {
        for (origin, method, headers, expected) in [
            ("https://a.example.com", "PUT", &["x-amz-date", "X-Amz-Acl"][..], Some("https://a.example.com")),
            ("https://a.example.com", "PUT", &["content-type"], None),
            ("https://a.example.com", "GET", &[], Some("https://a.example.com")),
            ("https://example.com", "GET", &[], Some("*")),
            ("https://example.com", "GET", &["x"], None),
            ("https://a.example.com", "PUT", &["x-am"], None),
            ("https://a.example.com", "PUT", &["X-AMZ-"], Some("https://a.example.com")),
            ("https://A.EXAMPLE.com", "PUT", &[], None),
            ("https://example.com", "PUT", &[], None),
            ("http://a.example.com", "GET", &["x-amz-date"], None),
            ("https://.example.com", "GET", &[], Some("https://.example.com")),
        ] {
            let found = asked(origin, method, headers);
            assert_eq!(found.as_deref().ok(), expected, "{origin} {method} {headers:?}");
            if let Err(message) = found {
                assert_eq!(message, NOT_ALLOWED);
            }
        }
    }

    #[test]
    fn a_page_that_no_rule_covers_is_told_nothing() {
        assert!(headers(&bucket(), "https://example.com", "DELETE").is_empty());
        let told = headers(&bucket(), "https://a.example.com", "GET");
        assert!(told.contains(&("access-control-allow-credentials", "true".to_owned())), "{told:?}");
        assert!(told.contains(&("access-control-expose-headers", "ETag".to_owned())), "{told:?}");
    }

    #[test]
    fn rules_are_checked() {
        let rule = |method: &str, origin: &str, header: &str, exposed: &str| CorsRule {
            allowed_methods: vec![method.to_owned()],
            allowed_origins: vec![origin.to_owned()],
            allowed_headers: vec![header.to_owned()],
            expose_headers: vec![exposed.to_owned()],
            ..CorsRule::default()
        };
        for (rule, start) in [
            (
                rule("MYMETHOD", "*", "*", "a"),
                "Found unsupported HTTP method in CORS config. Unsupported method is MYMETHOD",
            ),
            (rule("GET", "http://*.*", "*", "a"), "AllowedOrigin \"http://*.*\""),
            (rule("GET", "*", "*-*", "a"), "AllowedHeader \"*-*\""),
            (rule("GET", "*", "*", "x-*"), "ExposeHeader \"x-*\""),
        ] {
            let refused = checked(vec![rule]).unwrap_err();
            assert!(refused.message.starts_with(start), "{refused}");
        }
        assert_eq!(checked(vec![rule("GET", "*", "*", "a")]).unwrap().len(), 1);
        assert_eq!(&*checked(Vec::new()).unwrap_err().code, "MalformedXML");
        assert_eq!(&*checked(vec![CorsRule::default(); 101]).unwrap_err().code, "MalformedXML");
    }
}

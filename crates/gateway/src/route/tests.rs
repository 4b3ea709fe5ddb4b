//! Where requests go, by their heads; and whether the rows are those of the models.

use super::*;
use crate::call::tests::call;

#[test]
fn every_endpoint_is_its_model() {
    for endpoint in &ENDPOINTS {
        let service = endpoint.service();
        assert_eq!((service.signing_name, service.version), (endpoint.name, endpoint.version));
        assert_eq!(service.target_prefix, endpoint.target_prefix);
        let fits = match service.protocol {
            model::Protocol::Query => endpoint.family == Family::Query,
            model::Protocol::Ec2 => endpoint.family == Family::Ec2,
            model::Protocol::Json10 | model::Protocol::Json11 => endpoint.family == Family::Json,
            model::Protocol::RestXml => endpoint.family == Family::S3,
        };
        assert!(fits && Family::of(endpoint.name) == Some(endpoint.family), "{endpoint:?}");
    }
}

#[test]
fn every_operation_that_is_built_has_a_table_and_stands_once() {
    for (name, tables) in [("sts", crate::sts::OPERATIONS), ("iam", crate::iam::OPERATIONS)] {
        let service = model::service(name).unwrap();
        let mut names: Vec<_> = tables.iter().flat_map(|table| table.iter()).map(|row| row.name).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        for row in names {
            assert!(service.operation(row).is_some(), "{name} {row}");
        }
    }
}

#[test]
fn heads_tell_where_requests_go() {
    let signed = |service: &str| {
        (
            "authorization".to_owned(),
            format!(
                "AWS4-HMAC-SHA256 Credential=A/20261121/r/{service}/aws4_request, SignedHeaders=host, Signature=0"
            ),
        )
    };
    let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let target = ("x-amz-target", "ServiceQuotasV20190624.ListServices");
    let door = |method: &str, uri: &str, service: Option<&str>, fields: &[(&str, &str)]| {
        let signature = service.map(signed);
        let mut all = fields.to_vec();
        all.extend(signature.as_ref().map(|(name, value)| (name.as_str(), value.as_str())));
        let call = call(method, uri, &all);
        Door::of(&call, &Claim::of(&call))
    };
    let quotas = Endpoint::named("servicequotas").unwrap();
    for (found, expected) in [
        (door("POST", "/", Some("sts"), &[form]), Door::Form),
        (door("POST", "/", None, &[form]), Door::Form),
        (door("POST", "/", None, &[("content-type", "APPLICATION/X-WWW-FORM-URLENCODED")]), Door::Form),
        (door("GET", "/?Action=x", None, &[]), Door::Form),
        (door("GET", "/?X-Amz-Credential=A%2Fd%2Fr%2Fiam%2Faws4_request", None, &[]), Door::Form),
        (door("POST", "/", Some("sts"), &[]), Door::Form),
        (door("POST", "/", Some("servicequotas"), &[target]), Door::Target(target.1.to_owned())),
        (door("POST", "/", None, &[target]), Door::Target(target.1.to_owned())),
        (door("POST", "/", Some("sts"), &[target, form]), Door::Target(target.1.to_owned())),
        (door("POST", "/", Some("servicequotas"), &[]), Door::Nowhere(quotas)),
        (door("GET", "/", Some("s3"), &[]), Door::S3),
        (door("GET", "/", None, &[]), Door::S3),
        (door("POST", "/bucket", None, &[form]), Door::S3),
        (door("PUT", "/bucket/key", None, &[target]), Door::S3),
        (door("POST", "/bucket", None, &[("content-type", "multipart/form-data")]), Door::S3),
        (door("GET", "/?AWSAccessKeyId=A&Signature=x", None, &[]), Door::S3),
        (door("POST", "/", Some("lambda"), &[]), Door::Foreign("lambda".to_owned())),
        (door("PATCH", "/", Some("iam"), &[]), Door::Nowhere(Endpoint::named("iam").unwrap())),
        (door("POST", "/x", Some("sts"), &[form]), Door::Nowhere(&STS)),
    ] {
        assert_eq!(found, expected);
    }
}

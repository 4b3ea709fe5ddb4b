//! Refusals that are no mismatch: what they mean is said, and nothing is searched.

use sigv4::explain::{Cause, Side, Theirs, Verdict, answer};

use super::asked;
use super::model::{Wire, most};

fn signed() -> Wire {
    let (mut wire, right) = most();
    wire.authorize(&right.scope.join("/"), &right.list, &right.signature());
    wire
}

#[test]
fn each_refusal_means_something() {
    for (text, cause, what) in CASES {
        let said = asked(&signed(), "execute-api", Side::Signer, &answer::read(text.as_bytes()));
        assert_eq!(said.verdict, Verdict::Stated, "{text}: {said}");
        let stated = said.stated.clone().unwrap();
        assert_eq!(stated.cause, *cause, "{text}: {stated}");
        assert!(stated.what.contains(what), "{text}: {stated}");
        assert!(!said.to_string().contains("***"), "{text}: {said}");
        assert_eq!((said.proven, said.work.tried), (None, 0));
        assert!(!stated.what.contains("IQoJ") && !stated.cure.is_empty());
    }
    println!("{} refusals", CASES.len());
}

#[test]
fn what_a_request_shows_is_said() {
    let (mut wire, _) = most();
    wire.header("Authorization", "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=");
    let said = asked(&wire, "execute-api", Side::Verifier, &Theirs::default());
    assert_eq!(said.stated.map(|finding| finding.cause), Some(Cause::SignatureV2));

    let (mut wire, right) = most();
    wire.authorize(&right.scope.join("/"), &right.list, &right.signature());
    let swapped = wire.headers.last().unwrap().1.replace(super::KEY, super::SECRET);
    wire.header("Authorization", &swapped);
    let said = asked(&wire, "execute-api", Side::Verifier, &Theirs::default());
    assert_eq!(said.stated.as_ref().map(|finding| finding.cause), Some(Cause::SwappedKey));
    assert!(!format!("{said}{said:?}").contains(super::SECRET));
}

#[test]
fn causes_have_names_and_cures_of_their_own() {
    let mut names = std::collections::BTreeSet::new();
    for cause in
        [Cause::Method, Cause::WrongSecret, Cause::Region, Cause::RequestChanged, Cause::TokenMissing]
    {
        assert!(names.insert(cause.code()) && !cause.cure().ends_with('.'));
    }
}

/// An answer, its cause, and a part of what is said.
const CASES: &[(&str, Cause, &str)] = &[
    (
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>",
        Cause::Region,
        "us-east-1; this endpoint is in eu-west-1",
    ),
    (
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; incorrect service \"sts\". This endpoint belongs to \"s3\".</Message></Error>",
        Cause::Service,
        "belongs to s3",
    ),
    (
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; Invalid credential date. Date is not the same as X-Amz-Date.</Message></Error>",
        Cause::ScopeDay,
        "day of the credential",
    ),
    (
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.</Message></Error>",
        Cause::IncompleteSignature,
        "could not read",
    ),
    (
        "<Error><Code>AuthorizationQueryParametersError</Code><Message>X-Amz-Expires must be less than a week (in seconds)</Message></Error>",
        Cause::Expired,
        "604800",
    ),
    (
        "<Error><Code>RequestTimeTooSkewed</Code><RequestTime>20261121T082200Z</RequestTime><ServerTime>2026-11-21T10:22:01Z</ServerTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds></Error>",
        Cause::ClockSkew,
        "2 h 0 min behind",
    ),
    (
        "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired: 20261121T082200Z is now earlier than 20261121T084500Z (20261121T090000Z - 15 min.)\"}",
        Cause::ClockSkew,
        "38 min 0 s behind",
    ),
    (
        "{\"message\":\"Signature not yet current: 20261121T092200Z is still later than 20261121T083700Z (20261121T082200Z + 15 min.)\"}",
        Cause::ClockSkew,
        "1 h 0 min ahead",
    ),
    (
        "<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId></Error>",
        Cause::InvalidToken,
        "AKIAIOSFODNN7EXAMPLE is a long-term key",
    ),
    (
        "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>",
        Cause::UnknownKey,
        "does not know ASIAIOSFODNN7EXAMPLE",
    ),
    ("<Error><Code>ExpiredToken</Code><Token-0>IQoJsecret</Token-0></Error>", Cause::ExpiredToken, "expired"),
    (
        "{\"__type\":\"ExpiredTokenException\",\"message\":\"The security token included in the request is expired\"}",
        Cause::ExpiredToken,
        "expired",
    ),
    ("<Error><Code>InvalidToken</Code></Error>", Cause::InvalidToken, "session token"),
    (
        "{\"message\":\"Missing Authentication Token\",\"__type\":\"MissingAuthenticationTokenException\"}",
        Cause::MissingAuthentication,
        "no signature",
    ),
    (
        "<Error><Code>IncompleteSignature</Code><Message>'AKIA ' not a valid key=value pair (missing equal-sign) in Authorization header</Message></Error>",
        Cause::IncompleteSignature,
        "could not read",
    ),
    (
        "{\"__type\":\"InvalidSignatureException\",\"message\":\"Credential should be scoped to a valid region, not 'eu-west-1'. \"}",
        Cause::Region,
        "eu-west-1, which is not",
    ),
    (
        "{\"__type\":\"InvalidSignatureException\",\"message\":\"Credential should be scoped to correct service: 'execute-api'. \"}",
        Cause::Service,
        "execute-api",
    ),
    (
        "{\"message\":\"'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.\"}",
        Cause::HeadersNotSigned,
        "host",
    ),
    (
        "<Error><Code>AccessDenied</Code><Message>There were headers present in the request which were not signed</Message><HeadersNotSigned>x-amz-acl, host</HeadersNotSigned></Error>",
        Cause::HeadersNotSigned,
        "x-amz-acl, host",
    ),
    (
        "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>60</X-Amz-Expires><Expires>2026-11-21T08:23:00Z</Expires><ServerTime>2026-11-21T09:23:00Z</ServerTime></Error>",
        Cause::Expired,
        "1 h 0 min ago",
    ),
    (
        "<Error><Code>AccessDenied</Code><Message>Request is not yet valid</Message><X-Amz-Date>1795250520000</X-Amz-Date><ServerTime>2026-11-21T08:22:00Z</ServerTime></Error>",
        Cause::ClockSkew,
        "ahead of",
    ),
    (
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        Cause::AccessDenied,
        "not about the signature",
    ),
    (
        "{\"message\":\"Missing Authentication Token\"}",
        Cause::MissingAuthentication,
        "no such path and method",
    ),
    ("{\"Message\":\"Forbidden\"}", Cause::AccessDenied, "an API key"),
    (
        "{\"Message\":\"User: anonymous is not authorized to perform: es:ESHttpGet\"}",
        Cause::MissingAuthentication,
        "saw no signature",
    ),
    (
        "{\"Message\":\"User: arn:aws:iam::123456789012:user/a is not authorized to perform: execute-api:Invoke on resource: x\"}",
        Cause::AccessDenied,
        "not about the signature",
    ),
    (
        "<Error><Code>AuthorizationQueryParametersError</Code><Message>Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.</Message></Error>",
        Cause::IncompleteSignature,
        "is missing",
    ),
    (
        "<Error><Code>XAmzContentSHA256Mismatch</Code><ClientComputedContentSHA256>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855</ClientComputedContentSHA256><S3ComputedContentSHA256>ab</S3ComputedContentSHA256></Error>",
        Cause::BodyHash,
        "empty body was sent",
    ),
    (
        "<Error><Code>InvalidRequest</Code><Message>The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.</Message></Error>",
        Cause::SignatureV2,
        "version 2",
    ),
    (
        "<Error><Code>PermanentRedirect</Code><Endpoint>bucket.s3.eu-west-1.amazonaws.com</Endpoint></Error>",
        Cause::Region,
        "bucket.s3.eu-west-1",
    ),
    (
        "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter</Message></Error>",
        Cause::TwoMechanisms,
        "one in the query",
    ),
];

//! Refusals as they go over the wire.

use sigv4::Family;
use sigv4::verify::{AnonymousCall, Correspondence, Mechanism, Refusal};

use super::{endpoint, refusal_at, rules};
use crate::draft::Draft;

fn unknown_key(family: Family, service: &str) -> Refusal {
    let mut draft = Draft::new(service, Mechanism::Header);
    draft.credential[0] = "AKID<&>\"".to_owned();
    let rules = rules(service, family);
    refusal_at(&draft.build(), &endpoint(service, &rules)).unwrap()
}

fn to(family: Family, service: &str) -> Correspondence<'_> {
    Correspondence {
        family,
        service,
        request_id: "6V4TMQ3ZX1Y2N0AB",
        host_id: "aG9zdA==",
        is_head: false,
        content_type: None,
    }
}

#[test]
fn s3_answers_in_xml_of_its_own() {
    let answer = unknown_key(Family::S3, "s3").encode(&to(Family::S3, "s3"));
    assert_eq!(answer.status, 403);
    let headers = [
        ("x-amz-request-id", "6V4TMQ3ZX1Y2N0AB"),
        ("x-amz-id-2", "aG9zdA=="),
        ("content-type", "application/xml"),
    ];
    assert_eq!(answer.headers, headers.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id \
         you provided does not exist in our records.</Message><AWSAccessKeyId>AKID&lt;&amp;&gt;&quot;</AWSAccessKeyId>\
         <RequestId>6V4TMQ3ZX1Y2N0AB</RequestId><HostId>aG9zdA==</HostId></Error>"
    );
}

#[test]
fn a_head_has_no_body_and_the_listing_of_buckets_is_a_redirection() {
    let head = Correspondence { is_head: true, ..to(Family::S3, "s3") };
    let answer = unknown_key(Family::S3, "s3").encode(&head);
    assert_eq!((answer.status, answer.body), (403, Vec::new()));
    let answer = Refusal::anonymous(AnonymousCall::ListBuckets).encode(&to(Family::S3, "s3"));
    assert_eq!((answer.status, answer.body), (307, Vec::new()));
    assert!(answer.headers.contains(&("location", "https://aws.amazon.com/s3/".to_owned())));
}

#[test]
fn query_services_and_ec2_answer_in_xml() {
    let answer = unknown_key(Family::Query, "iam").encode(&to(Family::Query, "iam"));
    assert_eq!(answer.status, 403);
    assert!(answer.headers.contains(&("content-type", "text/xml".to_owned())));
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n  <Error>\n    <Type>Sender</Type>\n    \
         <Code>InvalidClientTokenId</Code>\n    <Message>The security token included in the request is \
         invalid.</Message>\n  </Error>\n  <RequestId>6V4TMQ3ZX1Y2N0AB</RequestId>\n</ErrorResponse>\n"
    );
    let answer = unknown_key(Family::Ec2, "ec2").encode(&to(Family::Ec2, "ec2"));
    assert_eq!(answer.status, 401);
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not \
         able to validate the provided access credentials</Message></Error></Errors><RequestID>6V4TMQ3ZX1Y2N0AB\
         </RequestID></Response>"
    );
}

#[test]
fn json_services_answer_in_json() {
    let refusal = unknown_key(Family::Json, "dynamodb");
    let answer = refusal.encode(&to(Family::Json, "dynamodb"));
    assert_eq!(answer.status, 400);
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        "{\"__type\":\"com.amazon.coral.service#UnrecognizedClientException\",\"message\":\"The security token included in \
         the request is invalid.\"}"
    );
    let names: Vec<&str> = answer.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["x-amzn-requestid", "content-type", "x-amz-crc32"]);
    let to_kinesis =
        Correspondence { content_type: Some("application/x-amz-json-1.1"), ..to(Family::Json, "kinesis") };
    let answer = refusal.encode(&to_kinesis);
    assert!(answer.headers.contains(&("content-type", "application/x-amz-json-1.1".to_owned())));
    assert!(answer.body.starts_with(b"{\"__type\":\"UnrecognizedClientException\""));

    let answer = unknown_key(Family::RestJson, "lambda").encode(&to(Family::RestJson, "lambda"));
    assert_eq!(answer.status, 403);
    assert!(answer.headers.contains(&("x-amzn-errortype", "UnrecognizedClientException".to_owned())));
    assert_eq!(answer.body, b"{\"message\":\"The security token included in the request is invalid.\"}");
}

#[test]
fn no_character_breaks_an_answer() {
    let refusal = Refusal::new(sigv4::verify::Rule::Body, 400, "Code", "a\u{0}b\u{1f}c\r\n\u{ffff}<]]>");
    let answer = refusal.encode(&to(Family::S3, "s3"));
    let body = String::from_utf8(answer.body).unwrap();
    assert!(body.contains("<Message>a\u{fffd}b\u{fffd}c&#13;\n\u{fffd}&lt;]]&gt;</Message>"), "{body}");
}

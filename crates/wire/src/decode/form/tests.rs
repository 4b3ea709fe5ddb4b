use proptest::prelude::*;

use super::*;
use crate::decode::{Request, decode};
use crate::model::service;

fn ask(of: &str, operation: &str, body: &str) -> Result<Structure, DecodeError> {
    let service = service(of).unwrap();
    let operation = service.operation(operation).unwrap();
    decode(service, operation, &Request { body: body.as_bytes(), ..Request::default() })
}

fn refusal(of: &str, operation: &str, body: &str) -> (String, String) {
    let error = ask(of, operation, body).unwrap_err();
    assert_eq!(error.status, 400);
    (error.code.into_owned(), error.message)
}

#[test]
fn structures_and_lists_are_read_from_names() {
    let body = "Action=CreateUser&Version=2010-05-08&UserName=a%2Bb&Path=%2Fx%2F\
                &Tags.member.2.Key=k2&Tags.member.2.Value=&Tags.member.1.Key=k1&Tags.member.01.Key=k0&Tags.member.01.Value=v+1&Other.1=x";
    let input = ask("iam", "CreateUser", body).unwrap();
    assert_eq!((input.text("UserName"), input.text("Path")), (Some("a+b"), Some("/x/")));
    let tags: Vec<_> = input.structures("Tags").map(|tag| (tag.text("Key"), tag.text("Value"))).collect();
    // `01` and `1` are one place; the longer spelling counts.
    assert_eq!(tags, [(Some("k0"), Some("v 1")), (Some("k2"), Some(""))]);
}

#[test]
fn the_query_of_the_uri_counts_too() {
    let service = service("sts").unwrap();
    let operation = service.operation("AssumeRole").unwrap();
    let arn = "arn:aws:iam::123456789012:role/r";
    let query = format!("Action=AssumeRole&RoleArn={arn}&X-Amz-Date=x");
    let request =
        Request { query: &query, body: b"RoleSessionName=me&RoleSessionName=you\n", ..Request::default() };
    let input = decode(service, operation, &request).unwrap();
    assert_eq!((input.text("RoleArn"), input.text("RoleSessionName")), (Some(arn), Some("me")));
}

#[test]
fn indices_are_read_as_iam_reads_them() {
    let policy = "%7B%7D";
    let ask = |indices: &str| {
        let body: Vec<String> =
            indices.split('_').map(|index| format!("PolicyInputList.member.{index}={policy}")).collect();
        ask("iam", "GetContextKeysForCustomPolicy", &body.join("&"))
    };
    for index in ["1", "01", "1_2_3"] {
        assert_eq!(ask(index).unwrap().list("PolicyInputList").len(), index.split('_').count(), "{index}");
    }
    let sparse = |skipped: usize| format!("Excessively sparse input would skip {skipped} list elements");
    let null = "1 validation error detected: Value at 'policyInputList' failed to satisfy constraint: Member must satisfy \
                constraint: [Member must have length less than or equal to 131072, Member must have length greater than or \
                equal to 1, Member must satisfy regular expression pattern: \
                [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]+]";
    for (indices, message) in [
        ("+1".replace('+', "%2B").as_str(), "Start of list found where not expected".to_owned()),
        ("one", "Start of list found where not expected".to_owned()),
        ("0", "0 is not a valid index".to_owned()),
        ("-1", "Key -1 may not have a leading '-'".to_owned()),
        ("11", null.to_owned()),
        ("1_8_15", null.to_owned()),
        ("12", sparse(11)),
        ("33", sparse(32)),
        ("1_12", sparse(11)),
        ("12_1", sparse(11)),
        ("1_22_43", sparse(21)),
        ("1_2_3_4_5_6_7_8_9_10_21", sparse(11)),
        ("1_2_3_4_5_6_7_8_9_10_22", sparse(12)),
        ("999999999999", "Index 999999999999 is illegal".to_owned()),
    ] {
        let error = ask(indices).unwrap_err();
        assert_eq!((error.status, error.message), (400, message), "{indices}");
    }
}

#[test]
fn ec2_names_begin_with_capitals_and_none_is_unknown() {
    let body = "ImageId=ami-1&MinCount=1&MaxCount=1&TagSpecification.1.ResourceType=instance\
                &TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b&MetadataOptions.HttpTokens=required";
    let input = ask("ec2", "RunInstances", body).unwrap();
    let specification = input.structures("TagSpecifications").next().unwrap();
    assert_eq!(specification.structures("Tags").next().unwrap().text("Key"), Some("a"));
    assert_eq!(input.structure("MetadataOptions").unwrap().text("HttpTokens"), Some("required"));
    for (body, code, message) in [
        ("InstanceIds.1=i-1", "UnknownParameter", "The parameter InstanceIds.1 is not recognized"),
        ("MaxResults=x", "InvalidParameterValue", "Value (x) for parameter MaxResults is invalid."),
        ("DryRun=yes", "InvalidParameterValue", "Value (yes) for parameter DryRun is invalid."),
    ] {
        assert_eq!(refusal("ec2", "DescribeInstances", body), (code.to_owned(), message.to_owned()));
    }
    assert_eq!(
        refusal("ec2", "RunInstances", "MinCount=1"),
        ("MissingParameter".to_owned(), "The request must contain the parameter MaxCount".to_owned())
    );
}

#[test]
fn hostile_forms_cost_no_more_than_their_length() {
    let many = (0..20_000).map(|n| format!("Tags.member.{n}.Key=a")).collect::<Vec<_>>().join("&");
    assert_eq!(ask("iam", "TagUser", &many).unwrap_err().code, "MalformedQueryString");
    let many = (1..10_000).map(|n| format!("Tags.member.{n}.Key=a")).collect::<Vec<_>>().join("&");
    assert!(ask("iam", "TagUser", &many).unwrap_err().message.len() < 100_000);
    let far = ask("iam", "TagUser", "Tags.member.99999999.Key=a").unwrap_err();
    assert_eq!(far.message, "Excessively sparse input would skip 99999998 list elements");
    let deep = "a.".repeat(100_000);
    ask("iam", "ListUsers", &deep).unwrap();
    for broken in ["a=%", "a=%zz", "%f=1", "a=%ff"] {
        assert_eq!(ask("iam", "ListUsers", broken).unwrap_err().code, "MalformedQueryString", "{broken}");
    }
}

proptest! {
    #[test]
    fn no_form_is_too_strange(body in "[a-zA-Z0-9.=&%+-]{0,200}", names in proptest::collection::vec(
        "(Tags|UserName|Path|Tag)(\\.(member|[0-9]{1,3}|Key|Value|x)){0,5}=[a-z%0-9/]{0,8}", 0..20))
    {
        for operation in ["CreateUser", "TagUser", "SimulateCustomPolicy"] {
            let _ = ask("iam", operation, &body);
            let _ = ask("iam", operation, &names.join("&"));
        }
        let _ = ask("ec2", "RunInstances", &names.join("&"));
    }
}

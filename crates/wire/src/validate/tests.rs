use super::*;
use crate::decode::{Request, decode};
use crate::model::service;

fn message(of: &str, operation: &str, body: &str) -> String {
    let service = service(of).unwrap();
    let operation = service.operation(operation).unwrap();
    let request = Request { body: body.as_bytes(), ..Request::default() };
    let error = decode(service, operation, &request).unwrap_err();
    assert_eq!((error.status, error.code.as_ref()), (400, "ValidationError"), "{}", error.message);
    error.message
}

#[test]
fn inputs_are_refused_in_the_words_of_aws() {
    let text = include_str!("../../testdata/validation.txt");
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut cases = 0;
    while let Some(line) = lines.next() {
        let mut words = line.splitn(3, ' ');
        let (service, operation) = (words.next().unwrap(), words.next().unwrap());
        let body = spelled_out(words.next().unwrap_or_default());
        assert_eq!(message(service, operation, &body), lines.next().unwrap(), "{line}");
        cases += 1;
    }
    assert!(cases > 20, "{cases}");
}

#[test]
fn inputs_are_taken_and_refused_as_iam_was_seen_to_do() {
    let iam = service("iam").unwrap();
    let text = include_str!("../../testdata/observed.txt");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let body = spelled_out(words[1]);
        let request = Request { body: body.as_bytes(), ..Request::default() };
        let found = decode(iam, iam.operation(words[0]).unwrap(), &request);
        assert_eq!(
            found.map_or_else(|error| error.code.into_owned(), |_| "-".to_owned()),
            words[2],
            "{line}"
        );
    }
}

/// `{a*3}` as `aaa`.
fn spelled_out(text: &str) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let (part, after) = rest.split_once('}').unwrap();
    let (part, count) = part.split_once('*').unwrap();
    format!("{before}{}{after}", part.repeat(count.parse().unwrap()))
}

#[test]
fn a_collection_has_a_length_too() {
    let keys = (1..=51).fold("UserName=a".to_owned(), |body, n| format!("{body}&TagKeys.member.{n}=k{n}"));
    let most = "Member must have length less than or equal to 50";
    assert_eq!(
        message("iam", "UntagUser", &keys),
        format!("1 validation error detected: Value at 'tagKeys' {FAILED}: {most}")
    );
    let tags = (1..=51).fold("UserName=a".to_owned(), |body, n| {
        format!("{body}&Tags.member.{n}.Key=k{n}{}&Tags.member.{n}.Value=", if n == 51 { "%23" } else { "" })
    });
    let pattern = r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+";
    assert_eq!(
        message("iam", "TagUser", &tags),
        format!(
            "2 validation errors detected: Value at 'tags' {FAILED}: {most}; Value at 'tags.51.member.key' {FAILED}: {pattern}"
        )
    );
}

#[test]
fn characters_are_counted_not_bytes() {
    let service = service("iam").unwrap();
    let operation = service.operation("CreatePolicy").unwrap();
    let input = |count| {
        let input = Structure::new().with("PolicyName", "p").with("PolicyDocument", "{}");
        input.with("Description", "é".repeat(count))
    };
    validate_input(service, operation, &input(1000)).unwrap();
    assert!(validate_input(service, operation, &input(1001)).is_err());
}

#[test]
fn the_json_protocols_have_a_code_of_their_own() {
    let service = service("servicequotas").unwrap();
    let operation = service.operation("ListServiceQuotas").unwrap();
    let request = Request { body: br#"{"ServiceCode":"", "MaxResults":101}"#, ..Request::default() };
    let error = decode(service, operation, &request).unwrap_err();
    assert_eq!(error.code, "ValidationException");
    assert!(error.message.starts_with("3 validation errors detected: Value '' at 'serviceCode'"), "{error}");
}

#[test]
fn ec2_names_the_first_that_is_wrong() {
    let service = service("ec2").unwrap();
    for (operation, body, code, said) in [
        ("DescribeInstances", "MaxResults=1001", "", ""),
        (
            "RunInstances",
            "MinCount=1&MaxCount=1&InstanceType=x1.foo",
            "InvalidParameterValue",
            "Invalid value 'x1.foo' for InstanceType.",
        ),
        (
            "RunInstances",
            "MinCount=1&MaxCount=1&MetadataOptions.HttpTokens=maybe",
            "InvalidParameterValue",
            "Invalid value 'maybe' for MetadataOptions.HttpTokens.",
        ),
        (
            "DescribeIamInstanceProfileAssociations",
            "MaxResults=2",
            "InvalidParameterValue",
            "Value ( 2 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
        ),
    ] {
        let operation = service.operation(operation).unwrap();
        let request = Request { body: body.as_bytes(), ..Request::default() };
        let error = decode(service, operation, &request).err();
        let found = error.as_ref().map_or(("", ""), |error| (error.code.as_ref(), error.message.as_str()));
        assert_eq!(found, (code, said), "{body}");
    }
}

//! What documents come to.

use super::*;

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

#[test]
fn elements_keep_their_order_and_place() {
    let text = r#"{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny", "NotAction": ["a:B", "c:*"], "NotResource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": false},
                  "NumericLessThan": {"s3:max-keys": [10, "20"]}}
  }
}"#;
    let document = Document::parse(text, DocumentKind::Identity).unwrap();
    let [statement] = &document.statements[..] else { panic!("{document:?}") };
    assert_eq!(statement.span, Span { start: at(3, 16), end: at(7, 4) });
    assert_eq!(statement.action, ActionElement::Not(vec!["a:B".to_owned(), "c:*".to_owned()]));
    let [bool, number] = &statement.conditions[..] else { panic!("{statement:?}") };
    assert_eq!((bool.operator.as_str(), bool.values.as_slice()), ("Bool", &["false".to_owned()][..]));
    assert_eq!(number.values, ["10", "20"]);
    assert_eq!(bool.span, Span { start: at(5, 28), end: at(5, 56) });
}

/// `{"Version":"2012-10-17","Statement":[{…}]}` as the simulator saw it on 2026-09-11: columns 38 and 84.
#[test]
fn spans_are_the_simulators() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let document = Document::parse(text, DocumentKind::Identity).unwrap();
    assert_eq!(document.statements[0].span, Span { start: at(1, 38), end: at(1, 84) });
}

#[test]
fn the_number_of_an_account_means_its_root_user() {
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": ["123456789012", "*"], "Service": "ec2.amazonaws.com"}}}"#;
    let document = Document::parse(text, DocumentKind::Trust).unwrap();
    assert_eq!(document.version, Version::V2008);
    let Some(PrincipalElement::Only(set)) = &document.statements[0].principal else { panic!("{document:?}") };
    assert!(set.everyone);
    assert_eq!(set.aws, ["arn:aws:iam::123456789012:root"]);
    assert_eq!(set.service, ["ec2.amazonaws.com"]);
}

#[test]
fn context_keys_come_from_conditions_and_variables() {
    let text = |version: &str| {
        format!(
            r#"{{"Version": "{version}", "Statement": {{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::b/${{aws:username}}/${{*}}", "arn:aws:s3:::b/${{ aws:PrincipalTag/team , 'none'}}"],
            "Condition": {{"StringLike": {{"s3:prefix": ["${{aws:userid}}", "${{AWS:UserName}}", "${{open"]}}}}}}}}"#
        )
    };
    let keys = |version| Document::parse(&text(version), DocumentKind::Resource).unwrap().context_keys();
    assert_eq!(keys("2012-10-17"), ["aws:username", "aws:PrincipalTag/team", "s3:prefix", "aws:userid"]);
    assert_eq!(keys("2008-10-17"), ["s3:prefix"]);
}

#[test]
fn faults_have_a_place() {
    for (text, position) in [
        ("{\"Version\": \"2012-10-17\",\n \"Statement\": [}", at(2, 16)),
        (
            "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Allow\", \"Speed\": 1}]}",
            at(2, 36),
        ),
        ("{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": 1}]}", at(2, 27)),
    ] {
        let error = Document::parse(text, DocumentKind::Identity).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.position),
            ("Syntax errors in policy.", Some(position)),
            "{text}"
        );
    }
}

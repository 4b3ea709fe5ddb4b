//! What each kind of policy must and must not have, case by case.

use policy::document::{Document, DocumentKind};

const TAKEN: &str = "taken";
const LEGACY: &str = "The policy failed legacy parsing";
const VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";

#[test]
fn each_kind_has_its_elements() {
    let files = [
        (DocumentKind::Identity, include_str!("cases/identity.txt"), 22),
        (DocumentKind::Session, include_str!("cases/session.txt"), 8),
        (DocumentKind::Trust, include_str!("cases/trust.txt"), 38),
        (DocumentKind::Resource, include_str!("cases/resource.txt"), 22),
    ];
    for (kind, file, count) in files {
        let mut lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut run = 0;
        while let (Some(given), Some(expected)) = (lines.next(), lines.next()) {
            let (text, expected) = (document(given), expected.trim());
            check(kind, &text, expected);
            if expected == TAKEN {
                check(DocumentKind::Stored, &text, TAKEN);
            }
            run += 1;
        }
        assert_eq!(run, count, "{kind:?}");
    }
}

fn document(line: &str) -> String {
    match line.split_once(' ').unwrap_or((line, "")) {
        ("statement", elements) => wrapped(elements),
        ("document", text) => text.to_owned(),
        _ => panic!("neither a document nor a statement: {line}"),
    }
}

fn wrapped(elements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{elements}}}}}"#)
}

#[track_caller]
fn check(kind: DocumentKind, text: &str, expected: &str) {
    let said = Document::parse(text, kind).map_or_else(|error| error.message, |_| TAKEN.to_owned());
    assert_eq!(said, expected, "{kind:?}: {text}");
}

#[test]
fn actions_name_a_service() {
    let prefaced = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    let rows = [
        ("*", TAKEN),
        ("**", prefaced),
        ("*:*", "Vendor * is not valid"),
        ("s?:Get", "Vendor s? is not valid"),
        (":Get", "Vendor  is not valid"),
        ("S3:get*?", TAKEN),
        ("s3:", TAKEN),
        ("a:b:c", "Actions/Condition can contain only one colon."),
    ];
    for (action, expected) in rows {
        let statement = format!(r#""Effect":"Allow","Action":"{action}","Resource":"*""#);
        check(DocumentKind::Identity, &wrapped(&statement), expected);
    }
}

#[test]
fn resources_are_arns() {
    let rows = [
        ("*", TAKEN),
        ("arn:aws:s3:::*", TAKEN),
        ("arn:*:s3:::b", TAKEN),
        ("arn:aws-cn:s3:::b", TAKEN),
        ("arn:aws:s3:::b:with:colons", TAKEN),
        ("arn:aws:*:us-east-1:123456789012:x", VENDOR),
        ("arn:aws:s?:::x", VENDOR),
        ("arn:aws:s3", "Resource arn:aws:s3 can not contain region information."),
        ("arn:aws:s3:*:*:accesspoint/*", TAKEN),
        ("arn:aws:iam::123456789012:user/*", TAKEN),
        ("arn:aws:iam::123456789012:*", TAKEN),
        ("arn:aws:iam::*:root", TAKEN),
        ("arn:aws:iam::123456789012", LEGACY),
        ("arn:aws:", LEGACY),
        ("arn:aws:ec2:::", TAKEN),
        ("arn::s3:::b", "Partition \"\" is not valid for resource \"arn::s3:::b\"."),
        ("arn:a*:s3:::b", "Partition \"a*\" is not valid for resource \"arn:a*:s3:::b\"."),
        ("${aws:username}", "Partition \"username}\" is not valid for resource \"arn:username}:*:*:*:*\"."),
    ];
    for (resource, expected) in rows {
        let statement = format!(r#""Effect":"Allow","Action":"s3:*","Resource":"{resource}""#);
        check(DocumentKind::Identity, &wrapped(&statement), expected);
    }
}

#[test]
fn dates_numbers_and_addresses_are_read_when_stored() {
    let rows = [
        ("DateLessThan", "2026-11-22T15:00:00-05:00", TAKEN),
        ("DateLessThan", "2026-11-22", TAKEN),
        ("DateLessThan", "2026-11-22T", TAKEN),
        ("DateLessThan", "2026-11-22T24:00:00Z", LEGACY),
        ("DateLessThan", "2026-11-22T15:00:00Zulu", LEGACY),
        ("DateLessThan", "2026-02-30T00:60:00Z", LEGACY),
        ("DateLessThan", "292278994-01-01", LEGACY),
        ("DateLessThan", "1795360000", TAKEN),
        ("DateLessThanIfExists", "", LEGACY),
        ("ForAnyValue:DateEquals", "soon", LEGACY),
        ("NumericEquals", "-1.5e2", TAKEN),
        ("NumericEquals", "1 ", LEGACY),
        ("NumericEquals", "NaN", LEGACY),
        ("IpAddress", "192.0.2.0/24", TAKEN),
        ("IpAddress", "2001:db8::/32", TAKEN),
        ("IpAddress", "192.0.2.0/33", LEGACY),
        ("NotIpAddressIfExists", "192.0.2", LEGACY),
        ("Bool", "perhaps", TAKEN),
        ("ArnLike", "no arn", TAKEN),
    ];
    for (operator, value, expected) in rows {
        let statement = format!(
            r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{"{operator}":{{"a:b":"{value}"}}}}"#
        );
        check(DocumentKind::Identity, &wrapped(&statement), expected);
        check(DocumentKind::Session, &wrapped(&statement), TAKEN);
    }
}

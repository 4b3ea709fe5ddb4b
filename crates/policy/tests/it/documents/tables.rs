//! What each kind of policy must and must not have, case by case. A row without a text is a document that is taken.

use policy::document::{Document, DocumentKind};

const TAKEN: &str = "";

#[track_caller]
fn check(kind: DocumentKind, rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        let said = Document::parse(text, kind).map_or_else(|error| error.message, |_| TAKEN.to_owned());
        assert_eq!(said, *expected, "{kind:?}: {text}");
    }
}

/// One statement with Version 2012-10-17.
fn wrapped(rows: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    let wrap = |elements: &str| format!(r#"{{"Version":"2012-10-17","Statement":{{{elements}}}}}"#);
    rows.iter().map(|(elements, text)| (wrap(elements), *text)).collect()
}

#[track_caller]
fn check_statements(kind: DocumentKind, rows: &[(&str, &'static str)]) {
    let rows = wrapped(rows);
    let rows: Vec<(&str, &str)> = rows.iter().map(|(text, expected)| (text.as_str(), *expected)).collect();
    check(kind, &rows);
}

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";

#[test]
fn identity_policies_have_grammar() {
    check_statements(
        DocumentKind::Identity,
        &[
            (r#""Effect":"Allow","Action":"s3:*","Resource":"*""#, TAKEN),
            (r#""effect":"Allow","Action":"s3:*","Resource":"*""#, SYNTAX),
            (r#""Effect":"Allow","Effect":"Allow","Action":"s3:*","Resource":"*""#, SYNTAX),
            (r#""Effect":["Allow"],"Action":"s3:*","Resource":"*""#, SYNTAX),
            (r#""Effect":null,"Action":"s3:*","Resource":"*""#, SYNTAX),
            (r#""Effect":"Allow","Action":1,"Resource":"*""#, SYNTAX),
            (r#""Effect":"Allow","Action":"s3:*","Resource":true"#, SYNTAX),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":[null]"#,
                "Policy statement must contain resources.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"stringequals":{"a":"b"}}"#,
                SYNTAX,
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NullIfExists":{"a":"true"}}"#,
                SYNTAX,
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a":"b","A":"c"}}"#,
                SYNTAX,
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a":[["b"]]}}"#,
                SYNTAX,
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"a":[1,-2.5e3]}}"#,
                TAKEN,
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":"*"}"#,
                "Policy document should not specify a principal.",
            ),
            (
                r#""Effect":"Allow","Action":"s3:*","Resource":"*","NotPrincipal":"*""#,
                "Policy document should not specify a principal.",
            ),
            (
                r#""Sid":"a-b","Effect":"Allow","Action":"s3:*","Resource":"*""#,
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
            ),
        ],
    );
    check(
        DocumentKind::Identity,
        &[
            ("", SYNTAX),
            ("[]", SYNTAX),
            ("\u{feff}{}", SYNTAX),
            (
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]} x"#,
                SYNTAX,
            ),
            (
                r#"{"version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
                SYNTAX,
            ),
            (
                r#"{"Version":"2012-10-17","Statement":[[{"Effect":"Allow","Action":"*","Resource":"*"}]]}"#,
                SYNTAX,
            ),
        ],
    );
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
        check_statements(DocumentKind::Identity, &[(&statement, expected)]);
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
        check_statements(DocumentKind::Identity, &[(&statement, expected)]);
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
        check_statements(DocumentKind::Identity, &[(&statement, expected)]);
        check_statements(DocumentKind::Session, &[(&statement, TAKEN)]);
    }
}

#[test]
fn session_policies_are_read_by_sts() {
    let json = "The policy is not in the valid JSON format.";
    check(
        DocumentKind::Session,
        &[
            (r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#, TAKEN),
            (
                r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
                TAKEN,
            ),
            (r#"{"temp":true}"#, SYNTAX),
            ("", json),
            ("not-valid-json", json),
            (r#"{"Statement":"#, json),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"x","Resource":"*"}]}"#,
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"x"}]}"#,
                "Resource x must be in ARN format or \"*\".",
            ),
        ],
    );
}

#[test]
fn trust_policies_name_who_may_take_the_role_on() {
    let sts = "AssumeRole policy may only specify STS AssumeRole actions.";
    check_statements(
        DocumentKind::Trust,
        &[
            (
                r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole""#,
                TAKEN,
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":"*","Service":"sts.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]"#,
                TAKEN,
            ),
            (r#""Effect":"Deny","Principal":{"AWS":"*"},"NotAction":"sts:AssumeRole""#, TAKEN),
            (
                r#""Effect":"Allow","Principal":{"AWS":"AROAEXAMPLE1EXAMPLE2A"},"Action":"sts:AssumeRole""#,
                TAKEN,
            ),
            (
                r#""Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/idp.example.com/x"},"Action":"sts:AssumeRoleWithWebIdentity""#,
                TAKEN,
            ),
            (
                r#""Effect":"Allow","Principal":{"Federated":"idp.example.com"},"Action":"sts:AssumeRoleWithWebIdentity""#,
                TAKEN,
            ),
            (r#""Effect":"Allow","Action":["s3:*"],"Resource":["*"]"#, "Has prohibited field Resource"),
            (
                r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","NotResource":"*""#,
                "AssumeRole policy must not contain resources.",
            ),
            (
                r#""Effect":"Maybe","Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#,
                "Invalid effect: Maybe",
            ),
            (r#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#, "Missing required field Effect"),
            (r#""Effect":"Allow","Action":"sts:AssumeRole""#, "Missing required field Principal"),
            (
                r#""Effect":"Allow","Principal":{},"Action":"sts:AssumeRole""#,
                "Missing required field Principal cannot be empty!",
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":[]},"Action":"sts:AssumeRole""#,
                "Missing required field Principal cannot be empty!",
            ),
            (
                r#""Effect":"Allow","Principal":"*","Action":"sts:AssumeRole""#,
                "Principal must be a JSON object.",
            ),
            (r#""Effect":"Allow","Principal":["a"],"Action":"sts:AssumeRole""#, "Syntax error in policy."),
            (
                r#""Effect":"Allow","Principal":{"CanonicalUser":"abc"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "CanonicalUser""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"Aws":"*"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "Aws""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"Service":"ec2"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "SERVICE":"ec2""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"Service":"*.amazonaws.com"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "SERVICE":"*.amazonaws.com""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/*"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/*""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:group/g"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:group/g""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":"somebody"},"Action":"sts:AssumeRole""#,
                r#"Invalid principal in policy: "AWS":"somebody""#,
            ),
            (
                r#""Effect":"Allow","Principal":{"Federated":"arn:aws:iam//123456789012:oidc-provider/x.y"},"Action":"sts:AssumeRoleWithWebIdentity""#,
                "Federated principals must be valid domain names or SAML metadata ARNs",
            ),
            (
                r#""Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity""#,
                "A condition block must be present for the Cognito provider",
            ),
            (
                r#""Effect":"Allow","NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole""#,
                "Allow with NotPrincipal is not allowed.",
            ),
            (
                r#""Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole""#,
                "AssumeRole policy must not contain NotPrincipal field.",
            ),
            (r#""Effect":"Allow","Principal":{"AWS":"*"}"#, "Missing required field Action"),
            (
                r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":[]"#,
                "Missing required field Action cannot be empty!",
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","NotAction":"sts:TagSession""#,
                "Syntax error in policy.",
            ),
            (r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":"*""#, sts),
            (r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject""#, sts),
        ],
    );
    check(
        DocumentKind::Trust,
        &[
            (
                r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#,
                TAKEN,
            ),
            (
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",}]}"#,
                "This policy contains invalid Json",
            ),
            (
                r#"{"Version":"2020-01-01","Statement":[{}]}"#,
                "The policy must contain a valid version string",
            ),
            (r#"{"Version":"2012-10-17","Statement":[]}"#, "Could not parse the policy: Statement is empty!"),
            (r#"{"Version":"2012-10-17"}"#, "Could not parse the policy: Statement is empty!"),
            (r#"{"statement":[]}"#, "Unknown field statement"),
            (
                r#"{"Statement":[{"Sid":"x","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},{"Sid":"x","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#,
                "The Statement Ids in the policy are not unique",
            ),
        ],
    );
}

#[test]
fn resource_policies_name_all_three() {
    check_statements(
        DocumentKind::Resource,
        &[
            (
                r#""Sid":"Any text 1","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#,
                TAKEN,
            ),
            (
                r#""Effect":"Deny","NotPrincipal":{"AWS":"123456789012"},"Action":"s3:*","Resource":"*""#,
                TAKEN,
            ),
            (
                r#""Effect":"Allow","Principal":{"CanonicalUser":"79a59d"},"Action":"s3:*","Resource":"*""#,
                TAKEN,
            ),
            (r#""Effect":"Allow","Action":"s3:*","Resource":"*""#, "Missing required field Principal"),
            (
                r#""Effect":"Allow","Principal":"me","Action":"s3:*","Resource":"*""#,
                "Invalid principal in policy",
            ),
            (
                r#""Effect":"Allow","Principal":{"AWS":"me"},"Action":"s3:*","Resource":"*""#,
                "Invalid principal in policy",
            ),
            (r#""Effect":"Allow","Principal":"*","Resource":"*""#, "Missing required field Action"),
            (r#""Effect":"Allow","Principal":"*","Action":"s3","Resource":"*""#, "Policy has invalid action"),
            (r#""Effect":"Allow","Principal":"*","Action":"s3:*""#, "Missing required field Resource"),
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":[]"#,
                "Missing required field Resource cannot be empty!",
            ),
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"b""#,
                "Policy has invalid resource",
            ),
            (
                r#""Effect":"Allow","Principals":"*","Action":"s3:*","Resource":"*""#,
                "Unknown field Principals",
            ),
            (r#""Effect":"allow","Principal":"*","Action":"s3:*","Resource":"*""#, "Invalid effect: allow"),
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Strings":{"a":"b"}}"#,
                "Invalid Condition type : Strings",
            ),
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"here"}}"#,
                "Invalid IP address in Conditions",
            ),
        ],
    );
    check(
        DocumentKind::Resource,
        &[
            ("", "Policies must be valid JSON and the first byte must be '{'"),
            (" {}", "Policies must be valid JSON and the first byte must be '{'"),
            ("[]", "Policies must be valid JSON and the first byte must be '{'"),
            ("{}", "Missing required field Statement"),
            ("{", "This policy contains invalid Json"),
            (r#"{"Statement":[]}"#, "Could not parse the policy: Statement is empty!"),
            (r#"{"Version":"2013-10-17"}"#, "The policy must contain a valid version string"),
        ],
    );
}

//! What the simulator refuses, in AWS's words.

use account::iam::simulation::{ContextEntry, custom_policy};

use super::*;

fn entry<'a>(key: &'a str, kind: &'a str, values: &[&'a str]) -> ContextEntry<'a> {
    ContextEntry { key, kind: Some(kind), values: values.to_vec() }
}

#[test]
fn requests_are_refused_in_words() {
    let shared = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
    let base = asked(&[GET], &[A]);
    let cases = [
        (
            Simulation { action_names: vec!["s3"], ..base.clone() },
            "The action is invalid since it is missing names",
        ),
        (asked(&[GET], &["bucket"]), "ResourceNames are not in a valid ARN format: bucket."),
        (asked(&[GET], &["arn:aws:s3"]), "ResourceNames are not in a valid ARN format: arn:aws:s3."),
        (asked(&[GET, "{"], &[A]), "Policy input list item 2 has invalid content"),
        (
            Simulation { boundary: vec!["{}"], ..base.clone() },
            "Permissions boundary policy input list item 1 has invalid content",
        ),
        (
            Simulation { boundary: vec![GET, GET], ..base.clone() },
            "The list of Permissions Boundary policies cannot exceed 1 items.",
        ),
        (
            Simulation { organization: vec![vec![GET], vec![]], ..base.clone() },
            "Organization policy at index 2 must contain at least one service control policy",
        ),
        (
            Simulation { organization: vec![vec!["{}"]], ..base.clone() },
            "Service control policy input list item 1 has invalid content",
        ),
        (
            Simulation { resource_policy: Some(shared), ..base.clone() },
            "Invalid caller - Caller cannot be null or empty.",
        ),
        (
            Simulation { resource_policy: Some(shared), caller_arn: Some(ALICE), ..asked(&[], &[]) },
            "Invalid Entity Arn: * does not clearly define entity type and name.",
        ),
        (
            Simulation { resource_policy: Some(shared), caller_arn: Some(ALICE), ..base.clone() },
            "ResourceNames are not in a valid ARN format: *.",
        ),
        (
            Simulation { resource_policy: Some("{}"), caller_arn: Some(ALICE), ..base.clone() },
            "Resource policy has invalid content",
        ),
        (
            Simulation { caller_arn: Some("arn:aws:iam::111122223333:root"), ..base.clone() },
            "Invalid caller - Caller must be an IAM user, role or group in this context.",
        ),
        (
            Simulation { resource_owner: Some("444455556666"), ..base.clone() },
            "'444455556666' is not a valid as a Resource Owner.",
        ),
        (Simulation { marker: Some("made up"), ..base.clone() }, "Invalid marker for pagination."),
    ];
    for (simulation, text) in cases {
        let refused = crate::world::told(custom_policy(&empty(), &simulation));
        assert_eq!(refused, ("InvalidInput".to_owned(), 400, text.to_owned()));
    }
    let handling = Simulation { resource_handling: Some("EC2-VPC-EBS"), ..base };
    let (_, _, text) = crate::world::told(custom_policy(&empty(), &handling));
    assert!(text.contains("does not support resource handling options: s3:GetObject."), "{text}");
}

#[test]
fn values_of_context_are_of_their_type() {
    let refused = [
        (entry("k", "numeric", &["ten"]), "Invalid context value for key k: expected numeric format."),
        (
            entry("k", "numericList", &["1", "NaN"]),
            "Invalid context value for key k: expected numeric format.",
        ),
        (entry("k", "date", &["soon"]), "Invalid context value for key k: expected DateTime format."),
        (entry("k", "ip", &["10.0.0.0/33"]), "Invalid context value for key k: expected IP address."),
        (
            entry("k", "binary", &["?"]),
            "Invalid context value for key k: expected base-64 encoded binary format.",
        ),
        (entry("k", "string", &["a", "b"]), "Context key string expected a single value, but received 2."),
    ];
    for (entry, text) in refused {
        let simulation = Simulation { context: vec![entry], ..asked(&[GET], &[]) };
        let refused = crate::world::told(custom_policy(&empty(), &simulation));
        assert_eq!(refused, ("InvalidInput".to_owned(), 400, text.to_owned()));
    }
    let taken = [
        entry("k", "numeric", &["-1.5"]),
        entry("k", "numericList", &[]),
        entry("k", "date", &["2026-09-11"]),
        entry("k", "date", &["2026-09-11T10:00:00Z"]),
        entry("k", "date", &["1757600000"]),
        entry("k", "ip", &["2001:db8::/32"]),
        entry("k", "binary", &["aGk="]),
        entry("k", "string", &[""]),
        // Captured: whatever it says.
        entry("k", "boolean", &["perhaps"]),
        entry("k", "stringList", &["a", "b"]),
        ContextEntry { key: "k", kind: None, values: vec!["a", "b"] },
    ];
    for entry in taken {
        only(&Simulation { context: vec![entry], ..asked(&[GET], &[]) });
    }
    let twice = vec![entry("aws:x", "string", &["a"]), entry("AWS:X", "string", &["b"])];
    let refused =
        crate::world::told(custom_policy(&empty(), &Simulation { context: twice, ..asked(&[GET], &[]) }));
    assert_eq!(refused.2, "Duplicate context key: AWS:X.");
}

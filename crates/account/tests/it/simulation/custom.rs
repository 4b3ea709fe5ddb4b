//! `SimulateCustomPolicy`: names, verdicts, matched statements, and what each kind of policy adds.

use account::iam::simulation::{ContextEntry, Verdict, custom_policy};

use super::*;

const WHOLE: &str = "PolicyInputList.1 1:38-1:95";
const TWICE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Sid":"First"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Sid":"Second"}]}"#;
const CRLF: &str = " \r\n{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [\r\n    {\r\n      \"Effect\": \"Allow\",\r\n      \
                    \"Action\": \"s3:GetObject\",\r\n      \"Resource\": \"*\"\r\n    }\r\n  ]\r\n}\r\n ";
const SINGLE: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;

#[test]
fn results_are_named_as_captured() {
    let part = "PolicyInputList.1 1:38-1:126";
    let line = |name: &str, verdict: &str, place: &str| format!("{name} {verdict} | {place}");
    let cases = [
        (asked(&[GET], &[]), vec![line("*", "allowed", WHOLE)]),
        (asked(&[GET], &[A]), vec![line(A, "allowed", WHOLE); 2]),
        (
            asked(&[GET], &[A, B]),
            vec![line(OBJECTS, "allowed", WHOLE), line(A, "allowed", WHOLE), line(B, "allowed", WHOLE)],
        ),
        (
            asked(&[GET_A], &[A, B]),
            vec![line(OBJECTS, "implicitDeny", part), line(A, "allowed", part), line(B, "implicitDeny", "")],
        ),
        (
            asked(&[GET], &[A, A]),
            vec![line(OBJECTS, "allowed", WHOLE), line(A, "allowed", WHOLE), line(A, "allowed", WHOLE)],
        ),
        (asked(&[], &[]), vec![line("*", "implicitDeny", "")]),
        // A denial alone is named, whatever else applies.
        (asked(&[GET, DENY], &[A]), vec![line(A, "explicitDeny", "PolicyInputList.2 1:38-1:94"); 2]),
        // The last policy comes first.
        (
            asked(&[GET, GET], &[]),
            vec![line("*", "allowed", "PolicyInputList.2 1:38-1:95, PolicyInputList.1 1:38-1:95")],
        ),
        // Statements of one policy keep their order, and each starts where the one before ends.
        (
            asked(&[TWICE], &[]),
            vec![line("*", "allowed", "PolicyInputList.1 1:38-1:109, PolicyInputList.1 1:109-1:182")],
        ),
        // An action on what is none of its service's.
        (asked(&[GET], &[ALICE]), vec![line(ALICE, "implicitDeny", ""); 2]),
        (asked(&[CRLF], &[]), vec![line("*", "allowed", "PolicyInputList.1 4:17-9:6")]),
        (asked(&[SINGLE], &[]), vec![line("*", "allowed", "PolicyInputList.1 1:16-1:77")]),
    ];
    for (simulation, expected) in cases {
        let lines = told(&only(&simulation));
        assert_eq!(lines, expected, "{simulation:?}");
    }
}

#[test]
fn one_result_for_each_action_in_pages() {
    let mut simulation = Simulation {
        action_names: vec!["s3:GetObject", "s3:PutObject", "s3:GetObject", "made:Up"],
        max_items: Some(3),
        ..asked(&[GET], &[])
    };
    let first = run(&simulation);
    let verdicts: Vec<&str> = first.results.iter().map(|result| result.verdict.as_str()).collect();
    assert_eq!(verdicts, ["allowed", "implicitDeny", "allowed"]);
    let marker = first.marker.unwrap();
    simulation.marker = Some(&marker);
    let last = run(&simulation);
    assert_eq!((last.results[0].action.as_str(), last.results.len()), ("made:Up", 1));
    assert_eq!(last.marker, None);
}

#[test]
fn boundary_bounds_the_policies_of_the_caller_alone() {
    let bounded = |boundary| Simulation { boundary: vec![boundary], ..asked(&[GET], &[A]) };
    let within = only(&bounded(GET_A));
    assert_eq!((within.verdict, within.allowed_by_boundary), (Verdict::Allowed, Some(true)));
    assert_eq!(places(&within.matched), [WHOLE], "the boundary is not named where it allows");

    let put = GET.replace("GetObject", "PutObject");
    let outside = only(&bounded(&put));
    assert_eq!((outside.verdict, outside.allowed_by_boundary), (Verdict::ImplicitDeny, Some(false)));
    assert!(outside.matched.is_empty());

    let denied = only(&bounded(DENY));
    assert_eq!((denied.verdict, denied.allowed_by_boundary), (Verdict::ExplicitDeny, Some(false)));
    assert_eq!(denied.matched[0].source_id, "PermissionsBoundaryPolicyInputList.1");
    assert_eq!(denied.matched[0].source_type, "Permissions Boundary Policy");
    assert_eq!(only(&asked(&[GET], &[A])).allowed_by_boundary, None);
}

/// A policy of the resource that lets `principal` read.
fn shared_with(principal: &str) -> String {
    let resource = r#""Resource":"arn:aws:s3:::stackd-simulation/a"}"#;
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"s3:GetObject",{resource}]}}"#
    )
}

#[test]
fn policy_of_the_resource_is_enough_in_the_callers_account() {
    let shared = shared_with(ALICE);
    let alone = Simulation { resource_policy: Some(&shared), caller_arn: Some(ALICE), ..asked(&[], &[A]) };
    let result = only(&alone);
    assert_eq!(result.verdict, Verdict::Allowed);
    assert_eq!(
        (result.matched[0].source_id.as_str(), result.matched[0].source_type),
        ("ResourcePolicy", "Resource Policy")
    );
    assert!(result.details.is_empty());

    // Captured: whatever the boundary says.
    let put = GET.replace("GetObject", "PutObject");
    let bounded = Simulation { boundary: vec![&put], ..alone.clone() };
    let result = only(&bounded);
    assert_eq!((result.verdict, result.allowed_by_boundary), (Verdict::Allowed, Some(false)));

    let bob = "arn:aws:iam::111122223333:user/bob";
    assert_eq!(only(&Simulation { caller_arn: Some(bob), ..alone }).verdict, Verdict::ImplicitDeny);
}

#[test]
fn both_sides_allow_across_accounts() {
    use Verdict::{Allowed, ImplicitDeny};
    let shared = shared_with(ALICE);
    let shared = Some(shared.as_str());
    let cases = [
        (vec![GET], shared, Allowed, [Allowed, Allowed]),
        (vec![GET], None, ImplicitDeny, [Allowed, ImplicitDeny]),
        (vec![], shared, ImplicitDeny, [ImplicitDeny, Allowed]),
    ];
    for (policies, resource_policy, verdict, [identity, resource]) in cases {
        let result = only(&Simulation {
            resource_policy,
            resource_owner: Some("arn:aws:iam::444455556666:root"),
            caller_arn: Some(ALICE),
            ..asked(&policies, &[A])
        });
        assert_eq!(result.verdict, verdict);
        assert_eq!(result.details["IAM Policy"], identity);
        assert_eq!(result.details["Resource Policy"], resource);
        assert!(!result.details.contains_key("Permissions Boundary Policy"));
    }
}

#[test]
fn every_level_of_an_organisation_allows() {
    let put = GET.replace("GetObject", "PutObject");
    let put = put.as_str();
    let cases = [
        (vec![], Verdict::Allowed, None),
        (vec![vec![GET]], Verdict::Allowed, Some(true)),
        (vec![vec![GET], vec![put, GET]], Verdict::Allowed, Some(true)),
        (vec![vec![GET], vec![put]], Verdict::ImplicitDeny, Some(false)),
        (vec![vec![GET, DENY]], Verdict::ExplicitDeny, Some(false)),
    ];
    for (organization, verdict, allowed) in cases {
        let result = only(&Simulation { organization, ..asked(&[GET], &[A]) });
        assert_eq!((result.verdict, result.allowed_by_organization), (verdict, allowed));
    }
}

const ON_CONDITION: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":"10"},"StringEquals":{"aws:userid":"STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"}}}}"#;

#[test]
fn missing_keys_are_told_with_implicit_denials_alone() {
    let entry = |value| vec![ContextEntry { key: "S3:Max-Keys", kind: Some("numeric"), values: vec![value] }];
    let without = only(&asked(&[ON_CONDITION], &[]));
    assert_eq!(without.verdict, Verdict::ImplicitDeny);
    assert_eq!(
        without.missing_keys,
        ["aws:userid", "s3:max-keys"],
        "the last one first, given or not by AWS"
    );
    let met = only(&Simulation { context: entry("9"), ..asked(&[ON_CONDITION], &[]) });
    assert_eq!((met.verdict, met.missing_keys.len()), (Verdict::Allowed, 0));
    assert_eq!(places(&met.matched), ["PolicyInputList.1 1:38-1:215"]);
    let unmet = only(&Simulation { context: entry("11"), ..asked(&[ON_CONDITION], &[]) });
    assert_eq!((unmet.verdict, unmet.missing_keys), (Verdict::ImplicitDeny, vec!["aws:userid".to_owned()]));
}

#[test]
fn work_of_one_request_has_its_limit() {
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    let statements = vec![statement; 1500].join(",");
    let large = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let many = vec![A; 1000];
    let simulation = Simulation { action_names: vec!["s3:GetObject"; 3], ..asked(&[&large], &many) };
    let refused = crate::world::told(custom_policy(&empty(), &simulation));
    assert_eq!(&*refused.0, "InvalidInput");
    // Fewer at once are pages shorter than asked for.
    let simulation = Simulation { resource_arns: vec![A; 60], ..simulation };
    let page = run(&simulation);
    assert_eq!((page.results.len(), page.marker.is_some()), (2, true));
}

/// One statement may hold as much as thousands, and a value of a key may be as long as a book.
#[test]
fn work_is_measured_by_what_policies_and_values_say() {
    let values = vec![r#""*a?b*""#; 5_000].join(",");
    let large = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringLike":{{"aws:UserAgent":[{values}]}}}}}}]}}"#
    );
    let entry =
        |value| vec![ContextEntry { key: "aws:UserAgent", kind: Some("string"), values: vec![value] }];
    let (long, short) = ("a".repeat(200_000), "a".repeat(100));
    let simulation = Simulation { context: entry(&long), ..asked(&[&large], &[]) };
    let refused = crate::world::told(custom_policy(&empty(), &simulation));
    assert_eq!(&*refused.0, "InvalidInput");
    let simulation = Simulation {
        context: entry(&short),
        action_names: vec!["s3:GetObject"; 100],
        ..asked(&[&large], &[A])
    };
    let page = run(&simulation);
    assert_eq!((page.results.len(), page.marker.is_some()), (1, true));
    // Beginnings and literals cost next to nothing.
    let plain = large.replace("*a?b*", "ab*");
    let page = run(&Simulation { policies: vec![&plain], ..simulation });
    assert_eq!((page.results.len(), page.marker.is_some()), (100, false));
}

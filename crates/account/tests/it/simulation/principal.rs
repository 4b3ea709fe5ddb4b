//! `SimulatePrincipalPolicy`: whose policies, under what names, and what is left out.

use account::ServiceError;
use account::directory::Directory;
use account::iam::policy::Holder;
use account::iam::simulation::{Exclusion, InlineOwner, Verdict, principal_policy};
use account::iam::{attachment, boundary, inline, policy};

use super::*;
use crate::policies::{READ_ONLY, people, policy_at};
use crate::world::NOW;

const INLINE_A: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": \
                        \"s3:GetObject\",\n      \"Resource\": \"arn:aws:s3:::stackd-simulation/a\",\n      \"Sid\": \
                        \"UserInline\"\n    }\n  ]\n}";
const TEAM: &str = "arn:aws:iam::111122223333:group/team";
const WORKER: &str = "arn:aws:iam::111122223333:role/worker";

/// As at the captures: alice is of the team; each has an inline policy and the managed one.
fn directory() -> Directory {
    let mut directory = people();
    let put = INLINE_A.replace("GetObject", "PutObject").replace("simulation/a", "simulation/b");
    directory.users.get_mut("alice").unwrap().groups.insert("team".to_owned());
    inline::put(&mut directory, Holder::User("alice"), "UserInline", INLINE_A).unwrap();
    inline::put(&mut directory, Holder::Group("team"), "GroupInline", &put).unwrap();
    inline::put(&mut directory, Holder::Role("worker"), "RoleInline", GET).unwrap();
    let managed = policy_at(&mut directory, "/simulation/", "managed");
    let delete = GET.replace("GetObject", "DeleteObject");
    policy::create_version(&mut directory, &managed, &delete, true, NOW).unwrap();
    for holder in [Holder::User("alice"), Holder::Group("team"), Holder::Role("worker")] {
        attachment::attach(&mut directory, holder, &managed).unwrap();
    }
    directory
}

fn simulated(
    directory: &Directory,
    source: &str,
    exclusions: &[Exclusion<'_>],
) -> Result<Vec<EvaluationResult>, ServiceError> {
    let simulation = Simulation {
        action_names: vec!["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        resource_arns: vec![A, B],
        ..Simulation::default()
    };
    principal_policy(directory, source, exclusions, &simulation).map(|simulated| simulated.results)
}

/// By action: on `a` and on `b`.
fn verdicts(results: &[EvaluationResult]) -> Vec<String> {
    let letter = |verdict| match verdict {
        Verdict::Allowed => 'y',
        Verdict::ImplicitDeny => '-',
        Verdict::ExplicitDeny => 'n',
    };
    results.iter().map(|result| result.resources.iter().map(|of| letter(of.verdict)).collect()).collect()
}

#[test]
fn principals_have_their_own_policies_and_those_of_their_groups() {
    let directory = directory();
    let cases = [
        (ALICE, ["y-", "-y", "yy"]),
        // Captured: paths are not compared.
        ("arn:aws:iam::111122223333:user/wrong-path/alice", ["y-", "-y", "yy"]),
        (TEAM, ["--", "-y", "yy"]),
        (WORKER, ["yy", "--", "yy"]),
    ];
    for (source, expected) in cases {
        assert_eq!(verdicts(&simulated(&directory, source, &[]).unwrap()), expected, "{source}");
    }
}

#[test]
fn statements_are_named_by_their_holders() {
    let results = simulated(&directory(), ALICE, &[]).unwrap();
    assert_eq!(places(&results[0].matched), ["user_alice_UserInline 3:17-9:6"]);
    assert_eq!(places(&results[1].matched), ["group_team_GroupInline 3:17-9:6"]);
    assert_eq!(places(&results[2].matched), ["managed 1:38-1:98"], "held twice, named once");
    assert!(results.iter().all(|result| result.allowed_by_boundary.is_none()));
}

#[test]
fn exclusions_leave_out_what_they_name() {
    let mut directory = directory();
    boundary::put(&mut directory, Holder::User("alice"), READ_ONLY).unwrap();
    let managed = "arn:aws:iam::111122223333:policy/managed";
    let owned =
        |policy_name, kind, name| Exclusion::Inline { policy_name, owner: InlineOwner { kind, name } };
    let cases = [
        (vec![], ["y-", "--", "--"]),
        (vec![Exclusion::Kind("permission-boundary")], ["y-", "-y", "yy"]),
        (vec![Exclusion::Kind("permission-boundary"), Exclusion::Kind("inline")], ["--", "--", "yy"]),
        (vec![Exclusion::Kind("permission-boundary"), Exclusion::Kind("user-managed")], ["y-", "-y", "--"]),
        (vec![Exclusion::Kind("permission-boundary"), Exclusion::Kind("aws-managed")], ["y-", "-y", "yy"]),
        // Without the path that the policy has (captured).
        (vec![Exclusion::Kind("permission-boundary"), Exclusion::Arn(managed)], ["y-", "-y", "--"]),
        // Never the boundary.
        (vec![Exclusion::Arn(READ_ONLY)], ["y-", "--", "--"]),
        (vec![owned("UserInline", "user", "alice")], ["--", "--", "--"]),
        (vec![owned("UserInline", "user", "al*")], ["--", "--", "--"]),
        (vec![owned("UserInline", "user", "alic?")], ["--", "--", "--"]),
        (vec![owned("UserInline", "user", "ali?")], ["y-", "--", "--"]),
        (vec![owned("UserInline", "group", "alice")], ["y-", "--", "--"]),
    ];
    for (exclusions, expected) in cases {
        let results = simulated(&directory, ALICE, &exclusions).unwrap();
        assert_eq!(verdicts(&results), expected, "{exclusions:?}");
    }
}

#[test]
fn policies_and_boundary_of_the_request_join_and_replace() {
    let mut directory = directory();
    boundary::put(&mut directory, Holder::User("alice"), READ_ONLY).unwrap();
    let put = GET.replace("GetObject", "PutObject");
    let simulation = Simulation {
        action_names: vec!["s3:PutObject"],
        resource_arns: vec![A],
        policies: vec![&put],
        boundary: vec![&put],
        ..Simulation::default()
    };
    let result = &principal_policy(&directory, ALICE, &[], &simulation).unwrap().results[0];
    assert_eq!((result.verdict, result.allowed_by_boundary), (Verdict::Allowed, Some(true)));
    assert_eq!(result.matched[0].source_id, "PolicyInputList.1");
}

#[test]
fn sources_are_refused_in_words() {
    let cases = [
        (
            "arn:aws:iam::111122223333:policy/p",
            "InvalidInput",
            400,
            "Invalid ARN provided in the request: arn:aws:iam::111122223333:policy/p",
        ),
        (
            "arn:aws:iam::111122223333:user/nobody",
            "NoSuchEntity",
            404,
            "Unable to retrieve specified IAM entity.",
        ),
        (
            "arn:aws:iam::444455556666:user/alice",
            "InvalidInput",
            400,
            "Invalid Policy Source Arn: caller's account 111122223333 does not have access to policies in account \
             444455556666.",
        ),
    ];
    for (source, code, status, text) in cases {
        let refused = crate::world::told(simulated(&directory(), source, &[]));
        assert_eq!(refused, (code.to_owned(), status, text.to_owned()));
    }
    let owner = InlineOwner { kind: "user", name: "alice" };
    for exclusion in [
        Exclusion::Inline { policy_name: "User*", owner },
        Exclusion::Inline { policy_name: "", owner },
        Exclusion::Inline { policy_name: "p", owner: InlineOwner { name: "*", ..owner } },
        Exclusion::Inline { policy_name: "p", owner: InlineOwner { kind: "device", ..owner } },
    ] {
        let refused = crate::world::told(simulated(&directory(), ALICE, &[exclusion]));
        assert_eq!(&*refused.0, "InvalidInput");
    }
}

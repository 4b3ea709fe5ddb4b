//! AssumeRole, and what it refuses.

use account::iam::policy::CreatePolicy;
use wire::{Structure, Value};

use super::{World, said};

const TRUST_ALICE: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}"#;
const NOTHING: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
const LIST_USERS: &str = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}"#;

fn input(arn: &str) -> Structure {
    Structure::new().with("RoleArn", arn).with("RoleSessionName", "session")
}

fn policy(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
}

fn arns(texts: &[&str]) -> Vec<Structure> {
    texts.iter().map(|text| Structure::new().with("arn", *text)).collect()
}

#[test]
fn the_answer_has_all_its_members() {
    let world = World::new();
    let arn = world.role("Reader", TRUST_ALICE, LIST_USERS);
    let input = input(&arn).with("Policy", policy(LIST_USERS)).with("SourceIdentity", "alice@example.com");
    let denied = said(world.sts(&world.user("alice"), "AssumeRole", input.clone()));
    assert!(denied.ends_with(&format!("sts:SetSourceIdentity on resource: {arn}")), "{denied}");
    let trust = TRUST_ALICE.replace("\"sts:AssumeRole\"", r#"["sts:AssumeRole","sts:SetSourceIdentity"]"#);
    world.change(|directory| account::iam::role::update_trust(directory, "Reader", &policy(&trust)));
    let answer = world.sts(&world.user("alice"), "AssumeRole", input).unwrap();
    let user = answer.structure("AssumedRoleUser").unwrap();
    let id = world.account.directory().role("Reader").unwrap().role_id.to_string();
    assert_eq!(user.text("AssumedRoleId"), Some(&*format!("{id}:session")));
    assert_eq!(user.text("Arn"), Some("arn:aws:sts::111122223333:assumed-role/Reader/session"));
    assert_eq!(answer.text("SourceIdentity"), Some("alice@example.com"));
    assert!((1..=100).contains(&answer.integer("PackedPolicySize").unwrap()));
    let credentials = answer.structure("Credentials").unwrap();
    assert_eq!(
        credentials.member("Expiration"),
        Some(&Value::Timestamp("2026-11-21T13:00:00Z".parse().unwrap()))
    );
    world.iam(&world.holder(&answer), "ListUsers", Structure::new()).unwrap();
}

#[test]
fn arns_that_are_none_are_named_as_recorded() {
    let world = World::new();
    for arn in [
        "nothing-valid-in-here",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
        "arn:aws:iam::11112222333:role/x",
        "arn:aws:s3:::role/x",
    ] {
        let answer = world.sts(&world.user("alice"), "AssumeRole", input(arn));
        assert_eq!(said(answer), format!("ValidationError: {arn} is invalid"));
    }
}

/// Whether a role is there, nobody is told who may not have it.
#[test]
fn roles_of_strangers_roles_of_others_and_no_roles_are_alike() {
    let world = World::new();
    let closed = world.role("closed", &TRUST_ALICE.replace("alice", "bob"), NOTHING);
    world.allow("alice", r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#);
    for arn in [
        &*closed,
        "arn:aws:iam::111122223333:role/missing",
        "arn:aws:iam::111122223333:role/path/closed",
        "arn:aws:iam::111122223333:user/bob",
        "arn:aws:iam::999999999999:role/closed",
    ] {
        assert_eq!(
            said(world.sts(&world.user("alice"), "AssumeRole", input(arn))),
            format!(
                "AccessDenied: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: {arn}"
            )
        );
    }
}

#[test]
fn trust_in_the_account_leaves_it_to_policies() {
    let world = World::new();
    let arn = world.role("shared", &TRUST_ALICE.replace("user/alice", "root"), NOTHING);
    let ask = |name| world.sts(&world.user(name), "AssumeRole", input(&arn));
    assert!(said(ask("alice")).contains("sts:AssumeRole on resource"));
    world.allow("alice", &format!(r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{arn}"}}"#));
    ask("alice").unwrap();
    assert!(said(ask("bob")).contains("sts:AssumeRole on resource"));
}

#[test]
fn the_root_user_becomes_no_role() {
    let world = World::new();
    let arn = world.role("any", &TRUST_ALICE.replace("user/alice", "root"), NOTHING);
    let root = world.sts(&world.root(), "AssumeRole", input(&arn));
    assert_eq!(said(root), "AccessDenied: Roles may not be assumed by root accounts.");
}

#[test]
fn an_external_id_is_asked_for_by_the_trust_policy() {
    let world = World::new();
    let trust = TRUST_ALICE.strip_suffix('}').unwrap();
    let trust = format!(r#"{trust},"Condition":{{"StringEquals":{{"sts:ExternalId":"secret-1"}}}}}}"#);
    let arn = world.role("third-party", &trust, NOTHING);
    for (id, taken) in
        [(None, false), (Some("secret-2"), false), (Some("SECRET-1"), false), (Some("secret-1"), true)]
    {
        let input = input(&arn).with_some("ExternalId", id);
        assert_eq!(world.sts(&world.user("alice"), "AssumeRole", input).is_ok(), taken, "{id:?}");
    }
}

#[test]
fn a_session_lasts_no_longer_than_the_role_allows() {
    let world = World::new();
    let arn = world.role("short", TRUST_ALICE, NOTHING);
    let alice = world.user("alice");
    for (seconds, taken) in [(900, true), (7200, true), (7201, false), (43_200, false)] {
        let answer = world.sts(&alice, "AssumeRole", input(&arn).with("DurationSeconds", seconds));
        let too_long = "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        assert_eq!(
            answer.err().map(|error| error.to_string()).as_deref(),
            (!taken).then_some(too_long),
            "{seconds}"
        );
    }
    let stranger = world.sts(&world.user("bob"), "AssumeRole", input(&arn).with("DurationSeconds", 43_200));
    assert!(said(stranger).starts_with("AccessDenied"), "what the role allows is told to who may have it");
}

#[test]
fn session_policies_narrow_what_the_role_may() {
    let world = World::new();
    let arn = world.role("wide", TRUST_ALICE, r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#);
    let narrow = "arn:aws:iam::111122223333:policy/narrow";
    world.change(|directory| {
        let document = policy(LIST_USERS);
        let new = CreatePolicy {
            policy_name: "narrow",
            path: None,
            document: &document,
            description: None,
            tags: Vec::new(),
        };
        account::iam::policy::create(directory, new, world.now.get(), [9; 10]).map(|_| ())
    });
    let may = |input: Structure, operation: &str| {
        let answer = world.sts(&world.user("alice"), "AssumeRole", input).unwrap();
        world.iam(&world.holder(&answer), operation, Structure::new()).is_ok()
    };
    for (input, users, roles) in [
        (input(&arn), true, true),
        (input(&arn).with("Policy", policy(LIST_USERS)), true, false),
        (
            input(&arn).with("Policy", policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)),
            false,
            false,
        ),
        (input(&arn).with("PolicyArns", arns(&[narrow])), true, false),
        (input(&arn).with("PolicyArns", arns(&["arn:aws:iam::aws:policy/AdministratorAccess"])), true, true),
        (input(&arn).with("PolicyArns", arns(&["arn:aws:iam::111122223333:policy/missing"])), false, false),
        (
            input(&arn).with("PolicyArns", arns(&[narrow, narrow])).with("Policy", policy(NOTHING)),
            false,
            false,
        ),
    ] {
        assert_eq!(
            (may(input.clone(), "ListUsers"), may(input.clone(), "ListRoles")),
            (users, roles),
            "{input:?}"
        );
    }
}

#[test]
fn session_policies_that_are_none_are_refused() {
    let world = World::new();
    let arn = world.role("wide", TRUST_ALICE, NOTHING);
    let refused = |input| said(world.sts(&world.user("alice"), "AssumeRole", input));
    for text in ["", "{}", "no policy", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#] {
        let said = refused(input(&arn).with("Policy", text));
        assert!(said.starts_with("MalformedPolicyDocument: "), "{text}: {said}");
    }
    for arn_of_policy in
        ["arn:aws:iam::999999999999:policy/x", "arn:aws:iam::aws:role/x", "arn:aws:s3:::bucket-of-mine", "x"]
    {
        let said = refused(input(&arn).with("PolicyArns", arns(&[arn_of_policy])));
        assert_eq!(said, format!("ValidationError: {arn_of_policy} is invalid"));
    }
    let eleven = ["arn:aws:iam::aws:policy/ReadOnlyAccess"; 11];
    let said = refused(input(&arn).with("PolicyArns", arns(&eleven)));
    assert!(said.ends_with("Member must have length less than or equal to 10"), "{said}");
}

#[test]
fn what_does_not_fit_into_a_token_is_told_with_its_share() {
    let world = World::new();
    let trust = TRUST_ALICE.replace("\"sts:AssumeRole\"", r#"["sts:AssumeRole","sts:TagSession"]"#);
    let arn = world.role("tagged", &trust, NOTHING);
    let resources: Vec<String> =
        (0..450).map(|n| format!("\"arn:aws:s3:::bucket-{}/{n}\"", n * 7_919 % 1_000)).collect();
    let long =
        policy(&format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":[{}]}}"#, resources.join(",")));
    let said = |input| said(world.sts(&world.user("alice"), "AssumeRole", input));
    let text = said(input(&arn).with("Policy", long));
    assert!(text.starts_with("PackedPolicyTooLarge: Packed policy consumes 1"), "{text}");
    assert!(text.ends_with("% of allotted space, please use smaller policy."), "{text}");
    let tag = |n: u64| {
        // Without repetitions, which would take no room.
        let letter = |at: u64| {
            let place = n * 200 + at;
            b'a' + (((place * place * 2_654_435_761) >> 20) % 26) as u8
        };
        let value: String = (0..200).map(|at| char::from(letter(at))).collect();
        Structure::new().with("Key", format!("key-{n}")).with("Value", value)
    };
    let text = said(input(&arn).with("Tags", (0..50).map(tag).collect::<Vec<_>>()));
    assert!(text.starts_with("PackedPolicyTooLarge: Packed size of session tags consumes "), "{text}");
}

//! Managed policies and their versions through their life, and every refusal in AWS's words.

use account::iam::policy::{self, CreatePolicy, Managed};
use account::iam::{attachment, boundary, policy::Holder};
use types::Timestamp;

use super::*;
use crate::world::{empty, tag, told};

const ID: [u8; 10] = [9; 10];
const NOT_THERE: &str = "arn:aws:iam::111122223333:policy/nothing";

#[test]
fn new_policy_is_as_it_was_asked_for() {
    let mut directory = empty();
    let request = CreatePolicy {
        path: Some("/division/"),
        description: Some("for tests"),
        tags: vec![tag("Team", "a"), tag("team", "b")],
        ..request("Reading", DOCUMENT)
    };
    let created = policy::create(&mut directory, request, Timestamp::from_secs(1_795_000_000), ID).unwrap();
    assert_eq!(created.arn.as_str(), arn("division/Reading"));
    assert!(created.policy_id.as_str().starts_with("ANPA"), "{}", created.policy_id);
    assert_eq!((created.default_version, created.last_version), (1, 1));
    assert_eq!(created.description.as_deref(), Some("for tests"));
    let held = policy::get(&directory, &arn("division/Reading")).unwrap();
    assert_eq!(held.document().text(), DOCUMENT);
    assert_eq!(held.tags().len(), 2, "keys that differ by case are two");
    // A path that is wrong names nothing.
    assert_eq!(told(policy::get(&directory, &arn("Reading"))).0, "NoSuchEntity");
}

#[test]
fn creation_is_refused_in_words() {
    let large = document_of(6145);
    let cases = [
        (
            request("taken", DOCUMENT),
            (
                "EntityAlreadyExists",
                409,
                "A policy called taken already exists. Duplicate names are not allowed.",
            ),
        ),
        (
            request("TAKEN", DOCUMENT),
            (
                "EntityAlreadyExists",
                409,
                "A policy called TAKEN already exists. Duplicate names are not allowed.",
            ),
        ),
        (request("new", &large), ("LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144")),
        (
            CreatePolicy { tags: vec![tag("a", "1"), tag("a", "2")], ..request("new", DOCUMENT) },
            ("InvalidInput", 400, "Duplicate tag keys found."),
        ),
        (
            request("new", r#"{"Version":"2012-10-17"}"#),
            ("MalformedPolicyDocument", 400, "Syntax errors in policy."),
        ),
    ];
    let mut directory = empty();
    policy(&mut directory, "taken");
    for (request, (code, status, text)) in cases {
        let name = request.policy_name.to_owned();
        let refused = told(policy::create(&mut directory, request, NOW, ID));
        assert_eq!(refused, (code.to_owned(), status, text.to_owned()), "{name}");
        assert_eq!(directory.policies.len(), 1);
    }
    let fits = document_of(6144);
    policy::create(&mut directory, request("new", &fits), NOW, ID).unwrap();
}

#[test]
fn what_names_no_policy_is_refused_in_words() {
    let directory = empty();
    let not_found = |arn: &str| ("NoSuchEntity".to_owned(), 404, format!("Policy {arn} was not found."));
    let other_account = "arn:aws:iam::444455556666:policy/some";
    assert_eq!(told(policy::get(&directory, NOT_THERE)), not_found(NOT_THERE));
    assert_eq!(told(policy::get(&directory, other_account)), not_found(other_account));
    assert_eq!(told(policy::delete(&mut empty(), NOT_THERE)), not_found(NOT_THERE));

    let cases = [
        ("ReadOnlyAccess", "Invalid ARN:  Could not be parsed!"),
        ("arn:aws:s3:::bucket", "ARN arn:aws:s3:::bucket is not valid."),
        ("arn:aws:iam::111122223333:user/alice", "ARN arn:aws:iam::111122223333:user/alice is not valid."),
    ];
    for (arn, text) in cases {
        let refused = ("ValidationError".to_owned(), 400, text.to_owned());
        assert_eq!(told(policy::get(&directory, arn)), refused);
        assert_eq!(told(policy::version(&directory, arn, "v1")), refused);
        assert_eq!(told(policy::versions(&directory, arn)), refused);
    }
}

#[test]
fn policy_in_use_or_with_versions_is_not_deleted() {
    let mut directory = people();
    let arn = policy(&mut directory, "p");
    attachment::attach(&mut directory, Holder::User("alice"), &arn).unwrap();
    let attached =
        ("DeleteConflict".to_owned(), 409, "Cannot delete a policy attached to entities.".to_owned());
    assert_eq!(told(policy::delete(&mut directory, &arn)), attached);
    attachment::detach(&mut directory, Holder::User("alice"), &arn).unwrap();

    boundary::put(&mut directory, Holder::Role("worker"), &arn).unwrap();
    assert_eq!(told(policy::delete(&mut directory, &arn)), attached);
    boundary::delete(&mut directory, Holder::Role("worker")).unwrap();

    policy::create_version(&mut directory, &arn, DOCUMENT, true, NOW).unwrap();
    let (code, _, text) = told(policy::delete(&mut directory, &arn));
    assert!(code == "DeleteConflict" && text.starts_with("This policy has more than one version."), "{text}");
    policy::delete_version(&mut directory, &arn, "v1", NOW).unwrap();
    policy::delete(&mut directory, &arn).unwrap();
    assert_eq!(told(policy::get(&directory, &arn)).0, "NoSuchEntity");
}

#[test]
fn policies_of_aws_are_read_and_never_changed() {
    let mut directory = empty();
    let held = policy::get(&directory, READ_ONLY).unwrap();
    assert!(matches!(held, Managed::Aws(_)) && held.is_attachable());
    let version = format!("v{}", held.default_version());
    assert!(policy::version(&directory, READ_ONLY, &version).unwrap().is_default);
    let refused = [
        told(policy::delete(&mut directory, READ_ONLY)),
        told(policy::create_version(&mut directory, READ_ONLY, DOCUMENT, false, NOW)),
        told(policy::set_default_version(&mut directory, READ_ONLY, "v1", NOW)),
        told(policy::delete_version(&mut directory, READ_ONLY, "v1", NOW)),
    ];
    for (code, status, _) in refused {
        assert_eq!((&*code, status), ("AccessDenied", 403));
    }
}

#[test]
fn versions_are_five_at_most_newest_first_and_never_take_a_number_again() {
    let mut directory = empty();
    let arn = policy(&mut directory, "p");
    for number in 2..=5 {
        let made = policy::create_version(&mut directory, &arn, &document_of(200), number == 3, NOW).unwrap();
        assert_eq!(made, number);
    }
    let refused = told(policy::create_version(&mut directory, &arn, DOCUMENT, true, NOW));
    let text = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                existing version.";
    assert_eq!(refused, ("LimitExceeded".to_owned(), 409, text.to_owned()));
    let listed = |directory: &Directory| -> Vec<(u32, bool)> {
        let versions = policy::versions(directory, &arn).unwrap();
        versions.iter().map(|version| (version.number, version.is_default)).collect()
    };
    assert_eq!(listed(&directory), [(5, false), (4, false), (3, true), (2, false), (1, false)]);

    policy::delete_version(&mut directory, &arn, "v5", NOW).unwrap();
    assert_eq!(policy::create_version(&mut directory, &arn, DOCUMENT, false, NOW), Ok(6));
    policy::set_default_version(&mut directory, &arn, "v6", NOW).unwrap();
    assert_eq!(listed(&directory), [(6, true), (4, false), (3, false), (2, false), (1, false)]);
    assert_eq!(policy::get(&directory, &arn).unwrap().document().text(), DOCUMENT);
}

#[test]
fn versions_are_refused_in_words() {
    let mut directory = empty();
    let arn = policy(&mut directory, "p");
    let no_policy =
        ("NoSuchEntity".to_owned(), 404, format!("Policy {NOT_THERE} does not exist or is not attachable."));
    assert_eq!(told(policy::versions(&directory, NOT_THERE)), no_policy);
    assert_eq!(told(policy::create_version(&mut directory, NOT_THERE, DOCUMENT, true, NOW)), no_policy);
    for arn in [arn.as_str(), NOT_THERE] {
        let text = format!("Policy {arn} version v7 does not exist or is not attachable.");
        let no_version = ("NoSuchEntity".to_owned(), 404, text);
        assert_eq!(told(policy::version(&directory, arn, "v7")), no_version);
        assert_eq!(told(policy::set_default_version(&mut directory, arn, "v7", NOW)), no_version);
        assert_eq!(told(policy::delete_version(&mut directory, arn, "v7", NOW)), no_version);
    }
    let text = "Cannot delete the default version of a policy.".to_owned();
    let refused = told(policy::delete_version(&mut directory, &arn, "v1", NOW));
    assert_eq!(refused, ("DeleteConflict".to_owned(), 409, text));
    let (code, _, text) = told(policy::create_version(&mut directory, &arn, &document_of(6145), true, NOW));
    assert_eq!((&*code, &*text), ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144"));
    let (code, ..) = told(policy::create_version(&mut directory, &arn, "{}", true, NOW));
    assert_eq!(code, "MalformedPolicyDocument");
}

//! What each operation refuses, to the letter.

use account::directory::Directory;
use account::iam::page::PageRequest;
use account::iam::{access_key, alias, group, instance_profile, role, user};
use account::{KeyUses, ServiceError};

use crate::world::{
    NOW, TRUSTS_EC2, create_role, empty, group as new_group, key, profile, random, role as new_role, tag,
    told, trusts, user as new_user,
};

type Operation = fn(&mut Directory) -> Result<(), ServiceError>;

/// The user ann, with a key, in the group staff; the role app in the profile app; the role bare.
fn directory() -> Directory {
    let mut directory = empty();
    new_user(&mut directory, "Ann");
    new_user(&mut directory, "Bob");
    new_group(&mut directory, "Staff");
    new_group(&mut directory, "Spare");
    new_role(&mut directory, "App", TRUSTS_EC2);
    new_role(&mut directory, "Bare", TRUSTS_EC2);
    profile(&mut directory, "App");
    profile(&mut directory, "Void");
    key(&mut directory, Some("Ann"), 1);
    group::add_user(&mut directory, "Staff", "Ann").unwrap();
    instance_profile::add_role(&mut directory, "App", "App").unwrap();
    directory
}

fn create_user(
    directory: &mut Directory,
    change: impl FnOnce(&mut user::NewUser),
) -> Result<(), ServiceError> {
    let mut new = user::NewUser { user_name: "New".to_owned(), ..Default::default() };
    change(&mut new);
    user::create(directory, new, NOW, &random(99)).map(|_| ())
}

const CASES: &[(&str, Operation, &str, u16, &str)] = &[
    (
        "a user's name is taken in any case",
        |d| create_user(d, |new| new.user_name = "aNN".to_owned()),
        "EntityAlreadyExists",
        409,
        "User with name aNN already exists.",
    ),
    (
        "a path begins and ends with slashes",
        |d| create_user(d, |new| new.path = Some("/a".to_owned())),
        "ValidationError",
        400,
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / \
         characters.",
    ),
    (
        "a boundary is a policy that is there",
        |d| {
            create_user(d, |new| {
                new.permissions_boundary = Some("arn:aws:iam::111122223333:policy/none".to_owned());
            })
        },
        "NoSuchEntity",
        404,
        "Scope ARN: arn:aws:iam::111122223333:policy/none does not exist or is not attachable.",
    ),
    (
        "tags are unique ignoring case",
        |d| create_user(d, |new| new.tags = vec![tag("a", ""), tag("A", "")]),
        "InvalidInput",
        400,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
    (
        "a user who is not there",
        |d| user::delete(d, "Eve"),
        "NoSuchEntity",
        404,
        "The user with name Eve cannot be found.",
    ),
    (
        "renaming to a name that is taken",
        |d| user::update(d, "Ann", Some("BOB"), None),
        "EntityAlreadyExists",
        409,
        "User with name BOB already exists.",
    ),
    (
        "deleting a user with keys",
        |d| user::delete(d, "Ann"),
        "DeleteConflict",
        409,
        "Cannot delete entity, must delete access keys first.",
    ),
    (
        "deleting a user in a group",
        |d| {
            d.access_keys.clear();
            user::delete(d, "Ann")
        },
        "DeleteConflict",
        409,
        "Cannot delete entity, must remove users from group first.",
    ),
    (
        "a group's name is taken",
        |d| group::create(d, "staff", None, NOW, &random(9)).map(|_| ()),
        "EntityAlreadyExists",
        409,
        "Group with name staff already exists.",
    ),
    (
        "a group that is not there",
        |d| group::delete(d, "x"),
        "NoSuchEntity",
        404,
        "The group with name x cannot be found.",
    ),
    (
        "deleting a group with members",
        |d| group::delete(d, "Staff"),
        "DeleteConflict",
        409,
        "Cannot delete entity, must remove users from group first.",
    ),
    (
        "removing who is no member",
        |d| group::remove_user(d, "Spare", "Ann"),
        "NoSuchEntity",
        404,
        "The user with name Ann cannot be found.",
    ),
    (
        "adding nobody",
        |d| group::add_user(d, "Spare", "Eve"),
        "NoSuchEntity",
        404,
        "The user with name Eve cannot be found.",
    ),
    (
        "a third key",
        |d| {
            key(d, Some("Ann"), 2);
            access_key::create(d, Some("Ann"), NOW, &random(3)).map(|_| ())
        },
        "LimitExceeded",
        409,
        "Cannot exceed quota for AccessKeysPerUser: 2",
    ),
    (
        "a third key of the root user",
        |d| {
            key(d, None, 4);
            key(d, None, 5);
            access_key::create(d, None, NOW, &random(6)).map(|_| ())
        },
        "LimitExceeded",
        409,
        "Cannot exceed quota for AccessKeysPerUser: 2",
    ),
    (
        "a key of another user",
        |d| {
            let id = key(d, Some("Bob"), 7);
            access_key::delete(d, Some("Ann"), &id).map_err(|error| masked(error, &id))
        },
        "NoSuchEntity",
        404,
        "The Access Key with id ID cannot be found.",
    ),
    (
        "a key in another case",
        |d| {
            let id = key(d, Some("Bob"), 7).to_ascii_lowercase();
            access_key::delete(d, Some("Bob"), &id).map_err(|error| masked(error, &id))
        },
        "NoSuchEntity",
        404,
        "The Access Key with id ID cannot be found.",
    ),
    (
        "a state that a key cannot be put into",
        |d| {
            let id = key(d, Some("Bob"), 7);
            access_key::update(d, Some("Bob"), &id, "Expired")
        },
        "InvalidInput",
        400,
        "Access key status can be set to Active or Inactive only.",
    ),
    (
        "the last use of a key of nobody",
        |d| access_key::last_use(d, &KeyUses::default(), "AKIAIOSFODNN7EXAMPLE").map(|_| ()),
        "NoSuchEntity",
        404,
        "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.",
    ),
    (
        "a role's name is taken",
        |d| create_role(d, "APP", TRUSTS_EC2),
        "EntityAlreadyExists",
        409,
        "Role with name APP already exists.",
    ),
    (
        "a trust policy that is no JSON",
        |d| create_role(d, "x", "{"),
        "MalformedPolicyDocument",
        400,
        "This policy contains invalid Json",
    ),
    (
        "trust in a user who is not there",
        |d| create_role(d, "x", &trusts("arn:aws:iam::111122223333:user/Eve")),
        "MalformedPolicyDocument",
        400,
        r#"Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/Eve""#,
    ),
    (
        "a trust policy that is too long",
        |d| {
            let long =
                TRUSTS_EC2.replace("\"Effect\"", &format!("\"Sid\":\"{}\",\"Effect\"", "x".repeat(2048)));
            create_role(d, "x", &long)
        },
        "LimitExceeded",
        409,
        "Cannot exceed quota for ACLSizePerRole: 2048",
    ),
    (
        "a session of half an hour",
        |d| role::update(d, "App", None, Some(1800)),
        "ValidationError",
        400,
        "1 validation error detected: Value '1800' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater \
         than or equal to 3600",
    ),
    (
        "a role that is not there",
        |d| role::delete(d, "x"),
        "NoSuchEntity",
        404,
        "The role with name x cannot be found.",
    ),
    (
        "deleting a role in a profile",
        |d| role::delete(d, "App"),
        "DeleteConflict",
        409,
        "Cannot delete entity, must remove roles from instance profile first.",
    ),
    (
        "deleting a role with policies",
        |d| {
            let managed = "arn:aws:iam::aws:policy/AdministratorAccess".parse().unwrap();
            d.role_mut("Bare")?.attached_policies.insert(managed);
            role::delete(d, "Bare")
        },
        "DeleteConflict",
        409,
        "Cannot delete entity, must detach all policies first.",
    ),
    (
        "changing a role of a service",
        |d| {
            d.role_mut("Bare")?.linked_service = Some("ecs.amazonaws.com".to_owned());
            role::update(d, "Bare", Some("x"), None)
        },
        "UnmodifiableEntity",
        400,
        "Cannot perform the operation on the protected role 'Bare' - this role is only modifiable by AWS",
    ),
    (
        "a profile's name is taken",
        |d| instance_profile::create(d, "app", None, vec![], NOW, &random(9)).map(|_| ()),
        "EntityAlreadyExists",
        409,
        "Instance Profile app already exists.",
    ),
    (
        "a profile that is not there",
        |d| instance_profile::delete(d, "x"),
        "NoSuchEntity",
        404,
        "Instance Profile x cannot be found.",
    ),
    (
        "a second role in a profile",
        |d| instance_profile::add_role(d, "App", "Bare"),
        "LimitExceeded",
        409,
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    ),
    (
        "removing a role that is not in the profile",
        |d| instance_profile::remove_role(d, "App", "Bare"),
        "NoSuchEntity",
        404,
        "The role with name Bare cannot be found.",
    ),
    (
        "deleting a profile with a role",
        |d| instance_profile::delete(d, "App"),
        "DeleteConflict",
        409,
        "Cannot delete entity, must remove roles from instance profile first.",
    ),
    (
        "an alias with two hyphens",
        |d| alias::create(d, "a--b", NOW),
        "ValidationError",
        400,
        "1 validation error detected: Value 'a--b' at 'accountAlias' failed to satisfy constraint: Member must satisfy regular \
         expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
    ),
    (
        "an alias that is not there",
        |d| alias::delete(d, "none"),
        "NoSuchEntity",
        404,
        "The account alias none cannot be found.",
    ),
    (
        "a marker of nobody",
        |d| {
            let page = PageRequest { marker: Some("!"), max_items: None };
            user::list(d, None, &page).map(|_| ())
        },
        "ValidationError",
        400,
        "Invalid Marker.",
    ),
];

fn masked(mut error: ServiceError, id: &str) -> ServiceError {
    error.message = error.message.replace(id, "ID");
    error
}

#[test]
fn each_refusal_has_the_code_the_status_and_the_text_of_aws() {
    for (name, operation, code, status, text) in CASES {
        let mut directory = directory();
        let refused = told(operation(&mut directory));
        assert_eq!(refused, ((*code).to_owned(), *status, (*text).to_owned()), "{name}");
    }
}

#[test]
fn quotas_of_the_account_are_held() {
    let mut directory = empty();
    for number in 0..300 {
        new_group(&mut directory, &format!("g{number}"));
    }
    let refused = told(group::create(&mut directory, "more", None, NOW, &random(1)));
    assert_eq!(refused.2, "Cannot exceed quota for GroupsPerAccount: 300");
    for number in 0..1000 {
        new_role(&mut directory, &format!("r{number}"), TRUSTS_EC2);
        profile(&mut directory, &format!("p{number}"));
    }
    assert_eq!(
        told(create_role(&mut directory, "more", TRUSTS_EC2)).2,
        "Cannot exceed quota for RolesPerAccount: 1000"
    );
    let refused = told(instance_profile::create(&mut directory, "more", None, vec![], NOW, &random(1)));
    assert_eq!(refused.2, "Cannot exceed quota for InstanceProfilesPerAccount: 1000");
    for number in 0..5000 {
        new_user(&mut directory, &format!("u{number}"));
    }
    assert_eq!(told(create_user(&mut directory, |_| ())).2, "Cannot exceed quota for UsersPerAccount: 5000");
    for number in 0..10 {
        group::add_user(&mut directory, &format!("g{number}"), "u1").unwrap();
    }
    let refused = told(group::add_user(&mut directory, "g10", "u1"));
    assert_eq!(refused.2, "Cannot exceed quota for GroupsPerUser: 10");
    group::add_user(&mut directory, "g9", "U1").unwrap();
    directory.check().unwrap();
}

//! Operations of IAM by cases: `testdata/iam/*.json`, each a conversation with an account of its own.
//!
//! A step says who asks (`as`), the operation (`call`) and its parameters as they are on the wire (`with`). `checks` is what must be
//! allowed, `context` keys that the checks must have; then `answer` or `error` (code, status, text). In what is expected `*`
//! stands for any text, and the members of `answer` are all that there are.

mod recorded;
mod world;

use serde_json::{Map, Value as Json};

use world::World;

#[test]
fn conversations_go_as_written() {
    for (name, text) in CASES {
        let steps: Vec<Map<String, Json>> =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let world = World::new();
        for (number, step) in (1..).zip(&steps) {
            let place = format!("{name}, step {number}: {}", step["call"].as_str().unwrap());
            world.step(step, &place);
        }
    }
}

/// Whoever may nothing is refused every operation of an entity, there or not, in the same words but for its name.
#[test]
fn denials_do_not_tell_who_is_there() {
    let world = World::new();
    for (call, parameter) in [
        ("GetUser", "UserName"),
        ("DeleteUser", "UserName"),
        ("GetRole", "RoleName"),
        ("DeleteRole", "RoleName"),
        ("GetGroup", "GroupName"),
        ("GetInstanceProfile", "InstanceProfileName"),
        ("ListAccessKeys", "UserName"),
        ("ListUserTags", "UserName"),
        ("ListUserPolicies", "UserName"),
        ("ListAttachedRolePolicies", "RoleName"),
        ("ListGroupPolicies", "GroupName"),
        ("DeleteRolePermissionsBoundary", "RoleName"),
    ] {
        let denied = |name: &str| {
            let refused = world.ask("nobody", call, &[(parameter, name)]).unwrap_err();
            assert_eq!((&*refused.code, refused.status), ("AccessDenied", 403), "{call}");
            refused.message.split(" Encoded ").next().unwrap().replace(name, "NAME")
        };
        assert_eq!(denied("there"), denied("where"), "{call}");
    }
}

const CASES: &[(&str, &str)] = &[
    ("users", include_str!("../../../testdata/iam/users.json")),
    ("groups", include_str!("../../../testdata/iam/groups.json")),
    ("roles", include_str!("../../../testdata/iam/roles.json")),
    ("access keys", include_str!("../../../testdata/iam/access_keys.json")),
    ("instance profiles", include_str!("../../../testdata/iam/instance_profiles.json")),
    ("aliases", include_str!("../../../testdata/iam/aliases.json")),
    ("pages", include_str!("../../../testdata/iam/pages.json")),
    ("policies", include_str!("../../../testdata/iam/policies.json")),
    ("inline policies", include_str!("../../../testdata/iam/inline_policies.json")),
    ("attachments", include_str!("../../../testdata/iam/attachments.json")),
    ("linked roles", include_str!("../../../testdata/iam/linked_roles.json")),
    ("reports", include_str!("../../../testdata/iam/reports.json")),
    ("details", include_str!("../../../testdata/iam/details.json")),
    ("simulation", include_str!("../../../testdata/iam/simulation.json")),
];

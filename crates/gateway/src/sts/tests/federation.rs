//! GetFederationToken: somebody whom a user vouches for.

use wire::Structure;

use super::{World, said};

const VOUCH: &str = r#"{"Effect":"Allow","Action":"sts:GetFederationToken","Resource":"arn:aws:sts::111122223333:federated-user/guest-*"}"#;
const LIST_USERS: &str = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}"#;

fn input(name: &str) -> Structure {
    Structure::new().with("Name", name)
}

fn policy(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
}

#[test]
fn a_guest_is_named_and_may_nothing_without_a_policy() {
    let world = World::new();
    world.allow("alice", &format!("{VOUCH},{LIST_USERS}"));
    let alice = world.user("alice");
    let answer = world.sts(&alice, "GetFederationToken", input("guest-1")).unwrap();
    let user = answer.structure("FederatedUser").unwrap();
    assert_eq!(user.text("FederatedUserId"), Some("111122223333:guest-1"));
    assert_eq!(user.text("Arn"), Some("arn:aws:sts::111122223333:federated-user/guest-1"));
    let guest = world.holder(&answer);
    assert_eq!(guest.arn().unwrap().as_str(), "arn:aws:sts::111122223333:federated-user/guest-1");
    assert!(said(world.iam(&guest, "ListUsers", Structure::new())).contains("no session policy allows"));
    world.iam(&alice, "ListUsers", Structure::new()).unwrap();
}

#[test]
fn a_guest_may_what_both_policies_allow() {
    let world = World::new();
    world.allow("alice", &format!("{VOUCH},{LIST_USERS}"));
    let everything = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let answer =
        world.sts(&world.user("alice"), "GetFederationToken", input("guest-1").with("Policy", everything));
    let guest = world.holder(&answer.unwrap());
    world.iam(&guest, "ListUsers", Structure::new()).unwrap();
    assert!(said(world.iam(&guest, "ListRoles", Structure::new())).contains("iam:ListRoles on resource"));
}

#[test]
fn vouching_is_allowed_by_name() {
    let world = World::new();
    world.allow("alice", VOUCH);
    let denied = said(world.sts(&world.user("alice"), "GetFederationToken", input("other")));
    assert!(
        denied.contains(
            "sts:GetFederationToken on resource: arn:aws:sts::111122223333:federated-user/other because no"
        ),
        "{denied}"
    );
    let tagged = input("guest-1").with("Tags", vec![Structure::new().with("Key", "a").with("Value", "b")]);
    let denied = said(world.sts(&world.user("alice"), "GetFederationToken", tagged.clone()));
    assert!(
        denied.contains("sts:TagSession on resource: arn:aws:sts::111122223333:federated-user/guest-1"),
        "{denied}"
    );
    world.allow(
        "alice",
        &VOUCH.replace("\"sts:GetFederationToken\"", r#"["sts:GetFederationToken","sts:TagSession"]"#),
    );
    let answer = world.sts(&world.user("alice"), "GetFederationToken", tagged).unwrap();
    assert_eq!(world.holder(&answer).session().unwrap().claims.tags[0].value, "b");
}

#[test]
fn guests_stay_twelve_hours_and_those_of_root_one() {
    let world = World::new();
    world.allow("alice", VOUCH);
    for (caller, asked, given) in [
        (world.user("alice"), None, 43_200),
        (world.user("alice"), Some(129_600), 129_600),
        (world.root(), None, 3_600),
        (world.root(), Some(129_600), 3_600),
    ] {
        let input = input("guest-1").with_some("DurationSeconds", asked);
        let answer = world.sts(&caller, "GetFederationToken", input).unwrap();
        let claims = world.holder(&answer).session().unwrap().claims.clone();
        assert_eq!(claims.expires_at.since(claims.issued_at).as_secs(), given, "{asked:?}");
    }
}

#[test]
fn what_is_no_policy_makes_no_guest() {
    let world = World::new();
    world.allow("alice", VOUCH);
    let refused =
        said(world.sts(&world.user("alice"), "GetFederationToken", input("guest-1").with("Policy", "{")));
    assert!(refused.starts_with("MalformedPolicyDocument"), "{refused}");
}

//! Session tags, and what goes along a chain of roles.

use wire::Structure;

use super::{World, said};

const MAY_GO_ON: &str = r#"{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"*"}"#;

/// Trusts the account, and lets it pass tags and a source identity.
fn trusting(world: &World, name: &str) -> String {
    let trust = MAY_GO_ON.replace(r#""Resource":"*""#, r#""Principal":{"AWS":"111122223333"}"#);
    world.role(name, &trust, &format!("{MAY_GO_ON},{TAGGED_BLUE}"))
}

const TAGGED_BLUE: &str = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
    "Condition":{"StringEquals":{"aws:PrincipalTag/Team":"blue"}}}"#;

fn input(arn: &str) -> Structure {
    Structure::new().with("RoleArn", arn).with("RoleSessionName", "session")
}

fn tags(pairs: &[(&str, &str)]) -> Vec<Structure> {
    pairs.iter().map(|(key, value)| Structure::new().with("Key", *key).with("Value", *value)).collect()
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

#[test]
fn tags_are_refused_as_recorded() {
    let world = World::new();
    world.allow("alice", MAY_GO_ON);
    let arn = trusting(&world, "first");
    for (given, transitive, refusal) in [
        (
            &[("Team", "blue")][..],
            &["Other"][..],
            "The specified transitive tag key must be included in the requested tags.",
        ),
        (&[], &["Team"], "The specified transitive tag key must be included in the requested tags."),
        (
            &[("Team", "a"), ("team", "b")],
            &[],
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            &[("aws:x", "a")],
            &[],
            "Caller is not an internal service and cannot create tags that start with aws:",
        ),
    ] {
        let input = input(&arn).with("Tags", tags(given)).with("TransitiveTagKeys", keys(transitive));
        let answer = world.sts(&world.user("alice"), "AssumeRole", input);
        assert_eq!(said(answer), format!("InvalidParameterValue: {refusal}"));
    }
    let matching =
        input(&arn).with("Tags", tags(&[("Team", "blue")])).with("TransitiveTagKeys", keys(&["TEAM"]));
    world.sts(&world.user("alice"), "AssumeRole", matching).unwrap();
}

#[test]
fn tags_need_the_permission_to_tag() {
    let world = World::new();
    world.allow("alice", r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#);
    let arn = trusting(&world, "first");
    world.sts(&world.user("alice"), "AssumeRole", input(&arn)).unwrap();
    let denied =
        said(world.sts(&world.user("alice"), "AssumeRole", input(&arn).with("Tags", tags(&[("a", "")]))));
    assert!(
        denied.ends_with(&format!("is not authorized to perform: sts:TagSession on resource: {arn}")),
        "{denied}"
    );
}

#[test]
fn transitive_tags_go_on_and_cannot_be_replaced() {
    let world = World::new();
    world.allow("alice", MAY_GO_ON);
    let [first, second, third] = ["first", "second", "third"].map(|name| trusting(&world, name));
    let tagged = input(&first)
        .with("Tags", tags(&[("Team", "blue"), ("Stage", "test")]))
        .with("TransitiveTagKeys", keys(&["Team"]));
    let mut caller = world.holder(&world.sts(&world.user("alice"), "AssumeRole", tagged).unwrap());
    for (arn, own) in [(&second, "one"), (&third, "two")] {
        let replaced = input(arn).with("Tags", tags(&[("TEAM", "red")]));
        assert_eq!(
            said(world.sts(&caller, "AssumeRole", replaced)),
            "InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag \
             key from the calling session."
        );
        let again = input(arn).with("Tags", tags(&[("Stage", own)]));
        caller = world.holder(&world.sts(&caller, "AssumeRole", again).unwrap());
        let claims = &caller.session().unwrap().claims;
        let shown: Vec<_> = claims.tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
        assert_eq!(shown, [("Team", "blue"), ("Stage", own)]);
        assert_eq!(claims.transitive_tag_keys, ["Team"]);
        world.iam(&caller, "ListUsers", Structure::new()).unwrap();
    }
    let untagged = world.holder(&world.sts(&world.user("alice"), "AssumeRole", input(&first)).unwrap());
    assert!(said(world.iam(&untagged, "ListUsers", Structure::new())).contains("iam:ListUsers on resource"));
}

#[test]
fn a_source_identity_stays_to_the_end() {
    let world = World::new();
    world.allow("alice", MAY_GO_ON);
    let [first, second] = ["first", "second"].map(|name| trusting(&world, name));
    let named = input(&first).with("SourceIdentity", "alice@example.com");
    let answer = world.sts(&world.user("alice"), "AssumeRole", named).unwrap();
    let caller = world.holder(&answer);
    let answer = world.sts(&caller, "AssumeRole", input(&second)).unwrap();
    assert_eq!(answer.text("SourceIdentity"), Some("alice@example.com"));
    let same = input(&second).with("SourceIdentity", "alice@example.com");
    world.sts(&caller, "AssumeRole", same).unwrap();
    let other = input(&second).with("SourceIdentity", "bob");
    assert!(said(world.sts(&caller, "AssumeRole", other)).starts_with("ValidationError"));
    // A role that does not let it be set is closed to the session, though it asks for nothing.
    let closed = world.role(
        "closed",
        r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#,
        MAY_GO_ON,
    );
    let denied = said(world.sts(&caller, "AssumeRole", input(&closed)));
    assert!(denied.ends_with(&format!("sts:SetSourceIdentity on resource: {closed}")), "{denied}");
}

#[test]
fn sessions_of_chains_last_an_hour_at_most() {
    let world = World::new();
    world.allow("alice", MAY_GO_ON);
    let [first, second] = ["first", "second"].map(|name| trusting(&world, name));
    let caller = world.holder(&world.sts(&world.user("alice"), "AssumeRole", input(&first)).unwrap());
    let ask = |seconds| world.sts(&caller, "AssumeRole", input(&second).with("DurationSeconds", seconds));
    ask(3600).unwrap();
    assert_eq!(
        said(ask(3601)),
        "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
    let own = world.holder(&world.sts(&world.user("alice"), "GetSessionToken", Structure::new()).unwrap());
    let of_user = world.sts(&own, "AssumeRole", input(&second).with("DurationSeconds", 7200)).unwrap();
    assert!(!world.holder(&of_user).session().unwrap().claims.is_chained);
}

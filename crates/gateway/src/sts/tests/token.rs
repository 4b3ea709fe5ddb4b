//! GetCallerIdentity, GetSessionToken, GetAccessKeyInfo, DecodeAuthorizationMessage.

use account::{DenialRecord, denial};
use wire::{Structure, Value};

use super::{World, said};

fn seconds(world: &World, answer: &Structure) -> u64 {
    let credentials = answer.structure("Credentials").unwrap();
    let Some(Value::Timestamp(end)) = credentials.member("Expiration") else { panic!("no end") };
    end.since(world.now.get()).as_secs()
}

#[test]
fn everybody_may_know_himself() {
    let world = World::new();
    world.allow("alice", r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    let trust = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"sts:AssumeRole"}"#;
    let arn = world.role("r", trust, r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    let input = Structure::new().with("RoleArn", arn.as_str()).with("RoleSessionName", "s");
    let role = world.holder(&world.sts(&world.user("bob"), "AssumeRole", input).unwrap());
    let session =
        world.holder(&world.sts(&world.user("alice"), "GetSessionToken", Structure::new()).unwrap());
    let directory = world.account.directory();
    let (alice, r) = (&directory.user("alice").unwrap().user_id, &directory.role("r").unwrap().role_id);
    for (caller, arn, user_id) in [
        (world.user("alice"), "arn:aws:iam::111122223333:user/alice", alice.to_string()),
        (session, "arn:aws:iam::111122223333:user/alice", alice.to_string()),
        (world.root(), "arn:aws:iam::111122223333:root", "111122223333".to_owned()),
        (role, "arn:aws:sts::111122223333:assumed-role/r/s", format!("{r}:s")),
    ] {
        let answer = world.sts(&caller, "GetCallerIdentity", Structure::new()).unwrap();
        assert_eq!(answer.text("Arn"), Some(arn));
        assert_eq!(answer.text("UserId"), Some(&*user_id));
        assert_eq!(answer.text("Account"), Some("111122223333"));
    }
}

#[test]
fn sessions_of_users_last_as_they_ask_and_roots_an_hour_at_most() {
    let world = World::new();
    for (caller, asked, given) in [
        (world.user("alice"), None, 43_200),
        (world.user("alice"), Some(900), 900),
        (world.user("alice"), Some(129_600), 129_600),
        (world.root(), None, 3_600),
        (world.root(), Some(900), 900),
        (world.root(), Some(43_200), 3_600),
    ] {
        let input = Structure::new().with_some("DurationSeconds", asked);
        let answer = world.sts(&caller, "GetSessionToken", input).unwrap();
        assert_eq!(seconds(&world, &answer), given, "{asked:?}");
        assert!(answer.member("PackedPolicySize").is_none());
    }
}

#[test]
fn a_session_gets_no_session() {
    let world = World::new();
    for caller in [world.user("alice"), world.root()] {
        let session = world.holder(&world.sts(&caller, "GetSessionToken", Structure::new()).unwrap());
        assert_eq!(
            said(world.sts(&session, "GetSessionToken", Structure::new())),
            "AccessDenied: Cannot call GetSessionToken with session credentials"
        );
        assert_eq!(
            said(world.sts(&session, "GetFederationToken", Structure::new().with("Name", "guest"))),
            "AccessDenied: Cannot call GetFederationToken with session credentials"
        );
    }
}

#[test]
fn tokens_are_as_long_as_is_asked_for() {
    let world = World::new();
    for (asked, least) in [(0, 0), (1500, 1500), (4096, 4096)] {
        let input = Structure::new().with("MinimumSessionTokenSize", asked);
        let answer = world.sts(&world.user("alice"), "GetSessionToken", input).unwrap();
        let token = answer.structure("Credentials").unwrap().text("SessionToken").unwrap();
        let size = answer.integer("SessionTokenSize").unwrap();
        assert_eq!(token.len() as i64, size);
        assert!((least..=4096).contains(&size), "{asked}: {size}");
        assert_eq!(answer.integer("SessionTokenUtilization"), Some((size * 100 + 4095) / 4096));
    }
}

#[test]
fn keys_tell_whose_they_are() {
    let world = World::new();
    world.allow("alice", r#"{"Effect":"Allow","Action":"sts:GetAccessKeyInfo","Resource":"*"}"#);
    let info = |caller, id: &str| {
        let answer = world.sts(caller, "GetAccessKeyInfo", Structure::new().with("AccessKeyId", id));
        answer.map(|answer| answer.text("Account").unwrap().to_owned()).map_err(|error| error.to_string())
    };
    let alice = world.user("alice");
    let session = world.sts(&alice, "GetSessionToken", Structure::new()).unwrap();
    let own = session.structure("Credentials").unwrap().text("AccessKeyId").unwrap();
    assert_eq!(info(&alice, own).as_deref(), Ok("111122223333"));
    // Of another account, as public write-ups on key ids decode it.
    assert_eq!(info(&alice, "ASIAQNZGKIQY56JQ7WML").as_deref(), Ok("029608264753"));
    assert_eq!(
        info(&alice, "AROAQNZGKIQY56JQ7WML").unwrap_err(),
        "ValidationError: AROAQNZGKIQY56JQ7WML is invalid"
    );
    assert!(info(&world.user("bob"), own).unwrap_err().contains("sts:GetAccessKeyInfo on resource: *"));
}

#[test]
fn messages_of_denials_are_read_by_who_may() {
    let world = World::new();
    world.allow("alice", r#"{"Effect":"Allow","Action":"sts:DecodeAuthorizationMessage","Resource":"*"}"#);
    let record = DenialRecord {
        principal_arn: Some("arn:aws:iam::111122223333:user/bob".to_owned()),
        ..DenialRecord::default()
    };
    let message = denial::encode(&world.sessions, &record);
    let (alice, bob) = (world.user("alice"), world.user("bob"));
    let decode = |caller, message: &str| {
        world.sts(caller, "DecodeAuthorizationMessage", Structure::new().with("EncodedMessage", message))
    };
    let answer = decode(&alice, &message).unwrap();
    assert!(answer.text("DecodedMessage").unwrap().contains("user/bob"));
    let refused = said(decode(&alice, "made up"));
    assert!(refused.starts_with("InvalidAuthorizationMessageException"), "{refused}");
    assert!(said(decode(&bob, &message)).contains("sts:DecodeAuthorizationMessage on resource: *"));
}

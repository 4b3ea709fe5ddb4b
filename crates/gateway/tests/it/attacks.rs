//! Somebody who wants one request let through that is not his to make.

use account::iam::inline;
use account::iam::policy::Holder;
use account::{SessionClaims, SessionPrincipal, SessionUser};
use sigv4::PayloadKeyword;
use types::{Credentials, Timestamp};

use crate::draft::Draft;
use crate::world::{WHO, World};

/// A session of the administrator, as GetSessionToken gives it with MFA.
pub(crate) fn session(world: &World) -> Credentials {
    issued(world, world.clock.clock().now(), "2026-11-21T13:00:00Z")
}

pub(crate) fn expired_session(world: &World) -> Credentials {
    issued(world, "2026-11-21T10:00:00Z".parse().unwrap(), "2026-11-21T12:00:00Z")
}

fn issued(world: &World, from: Timestamp, to: &str) -> Credentials {
    let directory = world.account.directory();
    let admin = directory.user("admin").unwrap();
    let by = SessionUser { arn: admin.arn.clone(), id: admin.user_id.clone() };
    let principal = SessionPrincipal::User(by);
    let claims = SessionClaims::new(world.account.account_id(), principal, "", from, to.parse().unwrap());
    world.sessions.issue(&claims, 0, [9; 10]).unwrap().credentials
}

/// What nobody may be let through with, and what is said to it.
#[tokio::test]
async fn nothing_gets_in_that_was_not_signed_by_whom_it_names() {
    let world = World::new();
    let good = || world.form("iam", LIST).signed();
    let session = session(&world);
    let with_session = || world.form("sts", WHO).by(&session).signed();
    assert_eq!(world.send(&good()).await.status, 200);
    assert_eq!(world.send(&with_session()).await.status, 200);
    let in_place_of_body = |keyword: PayloadKeyword| {
        let draft = Draft { keyword: Some(keyword), ..world.form("iam", LIST) };
        draft.signed().with("x-amz-content-sha256", keyword.as_str())
    };
    let other_action = "Action=CreateUser&Version=2010-05-08&UserName=x";
    for (what, draft) in [
        ("no signature", world.form("iam", LIST)),
        ("an empty authorization", world.form("iam", LIST).with("authorization", "")),
        ("another scheme", world.form("iam", LIST).with("authorization", "Bearer x")),
        ("basic", world.form("iam", LIST).with("authorization", "Basic YWRtaW46YWRtaW4=")),
        ("SigV2", world.form("iam", LIST).with("authorization", "AWS AKIA:c2ln")),
        ("an empty signature", good().edited("authorization", |field| cut(field, "Signature=", ""))),
        ("zeros", good().edited("authorization", |field| cut(field, "Signature=", &"0".repeat(64)))),
        ("a replayed signature over another body", good().saying(other_action)),
        ("a body behind the signed one", good().saying(&format!("{LIST}&UserName=x"))),
        ("an action in the query", Draft { target: format!("/?{other_action}"), ..good() }),
        ("another method", Draft { method: "GET", target: format!("/?{LIST}"), ..good() }),
        ("another host", good().edited("host", |_| "iam.amazonaws.com".to_owned())),
        ("another key's id", {
            let (admin, nobody) = (world.admin.access_key_id.clone(), world.nobody.access_key_id.clone());
            world
                .form_by_nobody("iam", LIST)
                .signed()
                .edited("authorization", move |field| field.replace(&nobody, &admin))
        }),
        ("a scope for another service", world.form("sts", LIST).signed()),
        ("a scope for a service that is none of ours", world.form("sqs", LIST).signed()),
        ("a scope for S3, form of IAM", world.form("s3", LIST).signed()),
        ("a scope for EC2, form of IAM", world.form("ec2", LIST).signed()),
        ("an old signature", world.form("iam", LIST).at("2026-11-21T11:40:00Z").signed()),
        ("tomorrow's", world.form("iam", LIST).at("2026-11-22T12:00:00Z").signed()),
        ("a session's key without its token", with_session().without("x-amz-security-token")),
        ("a token that was added", good().with("x-amz-security-token", "x")),
        (
            "a token cut short",
            with_session().edited("x-amz-security-token", |token| token[..token.len() - 4].to_owned()),
        ),
        ("an unsigned payload", in_place_of_body(PayloadKeyword::Unsigned).saying(other_action)),
        ("events", in_place_of_body(PayloadKeyword::StreamingHmacEvents).saying(other_action)),
        ("chunks", in_place_of_body(PayloadKeyword::StreamingUnsignedTrailer).saying(other_action)),
        ("a claim before the good one", {
            let mut draft = good();
            draft
                .headers
                .insert(0, ("authorization".to_owned(), "AWS4-HMAC-SHA256 Credential=a/b/c/d/e".to_owned()));
            draft
        }),
        ("two hosts", good().with("host", "x")),
        (
            "a target beside the form",
            good()
                .saying(LIST)
                .with("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
        ),
        ("an unsigned call of GetCallerIdentity", world.form("sts", WHO)),
        (
            "an unsigned call of AssumeRole",
            world.form("sts", "Action=AssumeRole&Version=2011-06-15&RoleArn=a&RoleSessionName=b"),
        ),
    ] {
        let reply = world.send(&draft).await;
        assert!(matches!(reply.status, 400..=403), "{what}: {reply:?}");
        let told = world.calls.last();
        assert_ne!(told.outcome, gateway::Outcome::Done, "{what}");
    }
    assert!(world.account.directory().user("x").is_err(), "nothing was changed");
}

/// `field` with what follows `name` replaced.
fn cut(field: &str, name: &str, by: &str) -> String {
    let (before, _) = field.split_once(name).unwrap();
    format!("{before}{name}{by}")
}

#[tokio::test]
async fn who_has_nothing_gets_nothing_by_any_way() {
    let world = World::new();
    for draft in [
        world.form_by_nobody("iam", LIST).signed(),
        world.form_by_nobody("iam", "").get(LIST).presigned(),
        world.form_by_nobody("iam", "").get(LIST).signed(),
        world.form_by_nobody("iam", &format!("{LIST}&Action=GetUser")).signed(),
        world.form_by_nobody("iam", "%41ction=ListUsers&Version=2010-05-08").signed(),
    ] {
        let reply = world.send(&draft).await;
        assert_eq!(reply.verdict(), (403, "AccessDenied".to_owned()), "{reply:?}");
    }
    // Of two actions the first is authorised, and it is the first that would be run.
    let twice = "Action=GetCallerIdentity&Action=ListUsers&Version=2011-06-15";
    let reply = world.send(&world.form_by_nobody("sts", twice).signed()).await;
    assert!(reply.body.contains("<GetCallerIdentityResponse"), "{reply:?}");
    let split =
        Draft { target: "/?Action=GetCallerIdentity".to_owned(), ..world.form_by_nobody("sts", LIST) };
    let reply = world.send(&split.signed()).await;
    assert_eq!(reply.verdict(), (400, "InvalidAction".to_owned()), "the version is IAM's: {reply:?}");
}

#[tokio::test]
async fn a_signature_is_good_for_a_quarter_of_an_hour_or_once() {
    let world = World::new();
    let draft = world.form("sts", WHO).signed();
    for _ in 0..2 {
        assert_eq!(world.send(&draft).await.status, 200, "as on AWS");
    }
    world.clock.advance(std::time::Duration::from_secs(15 * 60 + 1));
    assert_eq!(world.send(&draft).await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));

    let world = World::refusing_replays();
    let drafts =
        [WHO, "Action=GetCallerIdentity&Version=2011-06-15&a=b"].map(|body| world.form("sts", body).signed());
    for draft in &drafts {
        assert_eq!(world.send(draft).await.status, 200);
        assert_eq!(world.send(draft).await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));
    }
    let third = world.form("sts", "Action=GetCallerIdentity&Version=2011-06-15&a=c").signed();
    assert_eq!(world.send(&third).await.status, 503, "there is no room for a third");
    world.clock.advance(std::time::Duration::from_secs(15 * 60 + 1));
    let later = world.form("sts", WHO).at("2026-11-21T12:15:01Z").signed();
    assert_eq!(world.send(&later).await.status, 200);
}

#[tokio::test]
async fn a_deleted_or_inactive_key_is_nobodys() {
    let world = World::new();
    let draft = world.form("sts", WHO).signed();
    assert_eq!(world.send(&draft).await.status, 200);
    let id = world.admin.access_key_id.clone();
    world
        .account
        .change(|directory| {
            directory.access_keys.remove(&id);
            Ok::<_, account::ServiceError>(())
        })
        .unwrap();
    assert_eq!(world.send(&draft).await.verdict(), (403, "InvalidClientTokenId".to_owned()));
}

/// Patterns that fit nearly everywhere, held against a name that says little in many words.
#[tokio::test]
async fn nobody_waits_for_anothers_policies() {
    let world = World::new();
    let patterns = vec![format!("\"*{}?b*\"", "a".repeat(61)); 28].join(",");
    let condition = format!("{{\"StringLike\":{{\"aws:UserAgent\":[{patterns}]}}}}");
    let policy = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{condition}}}}}"
    );
    world.account.change(|directory| inline::put(directory, Holder::User("nobody"), "p", &policy)).unwrap();
    let wordy = world.form_by_nobody("iam", LIST).with("user-agent", &"a".repeat(14_000)).signed();
    let mut slow = world.connect().await;
    slow.write(&wordy.bytes()).await;
    assert_eq!(world.send(&world.form("sts", WHO).signed()).await.status, 200);
    assert_eq!(slow.read().await.verdict(), (403, "AccessDenied".to_owned()));
    let first = world.calls.all().remove(0);
    assert_eq!(first.operation.as_deref(), Some("GetCallerIdentity"));
}

const LIST: &str = "Action=ListUsers&Version=2010-05-08";

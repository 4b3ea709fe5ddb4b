//! Forms that browsers post.

use std::time::Duration;

use sigv4::post::PostPolicy;
use sigv4::{FieldChoice, KeyCache, Scope, ServiceRules, SigningParams};

use super::{REGION, ask, draft, send, with_bucket};
use crate::client::Reply;
use crate::world::World;

/// A form with these fields and a file.
fn form(fields: &[(String, String)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    body.extend(b"--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--b0--\r\n");
    body
}

async fn post(world: &World, fields: &[(String, String)], file: &[u8]) -> Reply {
    let mut post = draft(world, "POST", "/bucket").with("content-type", "multipart/form-data; boundary=b0");
    post.body = form(fields, file);
    send(world, post).await
}

fn signed(world: &World, policy: PostPolicy) -> Vec<(String, String)> {
    let now = world.clock.clock().now();
    let scope = Scope::new(now, REGION, "s3");
    let rules = ServiceRules::of("s3");
    let made = policy.sign(&SigningParams {
        access_key_id: &world.admin.access_key_id,
        session_token: None,
        key: &KeyCache::default().key(&world.admin.secret_access_key, &scope),
        scope,
        time: now,
        rules: &rules,
        fields: FieldChoice::default(),
    });
    made.unwrap().fields.into_iter().map(|(name, value)| (name, value.expose().clone())).collect()
}

fn policy(world: &World) -> PostPolicy {
    PostPolicy::new("bucket", world.clock.clock().now() + Duration::from_secs(60)).key("user/${filename}")
}

#[tokio::test]
async fn forms_put_objects_as_their_policies_say() {
    let world = with_bucket().await;
    let made = policy(&world)
        .field("Content-Type", "text/plain")
        .field("x-amz-meta-a", "b")
        .field("success_action_status", "201")
        .content_length(1..=10);
    let fields = signed(&world, made);
    let reply = post(&world, &fields, b"hello").await;
    assert_eq!((reply.status, reply.element("Key").as_deref()), (201, Some("user/f.txt")), "{reply:?}");
    let location = format!("http://{}/bucket/user/f.txt", world.address);
    assert_eq!(
        (reply.element("Location"), reply.header("location")),
        (Some(location.clone()), Some(location.as_str()))
    );
    let told = world.calls.last();
    assert_eq!((told.operation.as_deref(), told.status), (Some("PutObject"), 201));
    assert!(told.shown.contains("HtmlForm"), "{}", told.shown);
    let kept = ask(&world, "GET", "/bucket/user/f.txt", "").await;
    assert_eq!(
        (kept.body.as_str(), kept.header("content-type"), kept.header("x-amz-meta-a")),
        ("hello", Some("text/plain"), Some("b"))
    );

    let long = post(&world, &fields, b"hello world").await;
    assert_eq!(long.verdict(), (400, "EntityTooLarge".to_owned()));
    assert_eq!(post(&world, &fields, b"").await.verdict(), (400, "EntityTooSmall".to_owned()));
    let mut changed = fields.clone();
    changed
        .iter_mut()
        .filter(|(name, _)| name == "x-amz-meta-a")
        .for_each(|(_, value)| "c".clone_into(value));
    assert_eq!(post(&world, &changed, b"hello").await.verdict(), (403, "AccessDenied".to_owned()));
    let mut forged = fields.clone();
    forged
        .iter_mut()
        .filter(|(name, _)| name == "X-Amz-Signature")
        .for_each(|(_, value)| *value = "0".repeat(64));
    assert_eq!(post(&world, &forged, b"hello").await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(post(&world, &fields, b"hello").await.verdict(), (403, "AccessDenied".to_owned()));
}

#[tokio::test]
async fn browsers_are_sent_on() {
    let world = with_bucket().await;
    let made = policy(&world).field("success_action_redirect", "http://localhost/done?a=b");
    let reply = post(&world, &signed(&world, made), b"hello").await;
    let expected = "http://localhost/done?a=b&bucket=bucket&key=user%2Ff.txt&etag=%225d41402abc4b2a76b9719d911017c592%22";
    assert_eq!((reply.status, reply.header("location")), (303, Some(expected)), "{reply:?}");
    let made = policy(&world).field("success_action_redirect", "http://localhost/done#a?b");
    let reply = post(&world, &signed(&world, made), b"hello").await;
    let expected = "http://localhost/done?bucket=bucket&key=user%2Ff.txt&etag=%225d41402abc4b2a76b9719d911017c592%22#a?b";
    assert_eq!(reply.header("location"), Some(expected), "what a page keeps for itself stays at the end");
    let none = post(&world, &signed(&world, policy(&world)), &vec![b'x'; 300_000]).await;
    assert_eq!(none.status, 204);
    assert_eq!(ask(&world, "GET", "/bucket/user/f.txt", "").await.body.len(), 300_000);
}

#[tokio::test]
async fn what_is_no_header_does_not_become_one() {
    let world = with_bucket().await;
    let typed = policy(&world).field("Content-Type", "text/html\r\nX-Other: 1");
    let reply = post(&world, &signed(&world, typed), b"hello").await;
    assert_eq!(reply.verdict(), (400, "InvalidArgument".to_owned()));
    let described = policy(&world)
        .field("x-amz-meta-a", "one\r\nX-Other: 1")
        .field("x-amz-meta-b c", "two")
        .field("x-amz-meta-d", "three");
    assert_eq!(post(&world, &signed(&world, described), b"hello").await.status, 204);
    let reply = ask(&world, "GET", "/bucket/user/f.txt", "").await;
    let fields = ["x-amz-meta-a", "x-amz-meta-d", "x-amz-missing-meta", "x-other"];
    let found = fields.map(|name| reply.header(name));
    assert_eq!(found, [None, Some("three"), Some("2"), None], "{reply:?}");
}

#[tokio::test]
async fn what_is_no_form_and_what_nobody_may_is_refused() {
    let world = with_bucket().await;
    let plain = draft(&world, "POST", "/bucket")
        .with("content-type", "application/x-www-form-urlencoded")
        .saying("a=b");
    let reply = send(&world, plain).await;
    assert_eq!(
        reply.element("Condition").as_deref(),
        Some("Bucket POST must be of the enclosure-type multipart/form-data")
    );
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(post(&world, &[field("key", "k")], b"x").await.verdict(), (403, "AccessDenied".to_owned()));
    assert_eq!(post(&world, &[], b"x").await.verdict(), (400, "InvalidArgument".to_owned()));
    let much = [field("key", "k"), field("x-ignore-much", &"x".repeat(30_000))];
    assert_eq!(post(&world, &much, b"x").await.verdict(), (400, "MaxPostPreDataLengthExceeded".to_owned()));
    let mut broken =
        draft(&world, "POST", "/bucket").with("content-type", "multipart/form-data; boundary=b0");
    broken.body = form(&signed(&world, policy(&world)), b"hello");
    broken.body.truncate(broken.body.len() - 9);
    assert_eq!(send(&world, broken).await.verdict(), (400, "MalformedPOSTRequest".to_owned()));
    assert_eq!(ask(&world, "GET", "/bucket/user/f.txt", "").await.status, 404);
}

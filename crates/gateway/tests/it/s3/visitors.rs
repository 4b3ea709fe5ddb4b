//! Who gets in: by header, by URL, in version 4 and 2, or as nobody; and to which bucket.

use account::directory::PublicAccessBlock;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};

use super::{ask, draft, send, with_bucket};
use crate::draft::Draft;
use crate::world::World;

async fn with_object() -> World {
    let world = with_bucket().await;
    assert_eq!(ask(&world, "PUT", "/bucket/key", "hello").await.status, 200);
    world
}

async fn put_policy(world: &World, policy: &str) {
    let sum = objects::ChecksumAlgorithm::Crc32.of(policy.as_bytes());
    let put =
        draft(world, "PUT", "/bucket?policy").with("x-amz-checksum-crc32", &sum).saying(policy).signed();
    let reply = send(world, put).await;
    assert!(matches!(reply.status, 200 | 204), "{reply:?}");
}

#[tokio::test]
async fn urls_are_good_for_what_they_say_until_they_end() {
    let world = with_object().await;
    let get = || {
        Draft { keyword: Some(sigv4::PayloadKeyword::Unsigned), ..draft(&world, "GET", "/bucket/key") }
            .presigned()
    };
    assert_eq!(send(&world, get()).await.body, "hello");
    let told = world.calls.last();
    assert_eq!(told.operation.as_deref(), Some("GetObject"));
    let elsewhere = Draft { target: get().target.replace("/key", "/other"), ..get() };
    assert_eq!(send(&world, elsewhere).await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));
    let put = Draft {
        keyword: Some(sigv4::PayloadKeyword::Unsigned),
        ..draft(&world, "PUT", "/bucket/new").with("content-type", "text/plain")
    }
    .presigned();
    let other = put.clone().edited("content-type", |_| "text/html".to_owned());
    assert_eq!(send(&world, put.saying("by a URL")).await.status, 200);
    assert_eq!(ask(&world, "GET", "/bucket/new", "").await.body, "by a URL");
    assert_eq!(send(&world, other.saying("x")).await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));
    let url = get();
    world.clock.advance(std::time::Duration::from_secs(61));
    let late = send(&world, url).await;
    assert_eq!(late.verdict(), (403, "AccessDenied".to_owned()));
    assert_eq!(late.element("Message").as_deref(), Some("Request has expired"));
}

/// A URL as boto3 signs it where an endpoint is named.
fn url_of_version_2(world: &World, method: &'static str, path: &str, end: i64) -> Draft {
    let text = format!("{method}\n\n\n{end}\n{path}");
    let secret = world.admin.secret_access_key.expose();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = STANDARD
        .encode(mac.finalize().into_bytes())
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let id = &world.admin.access_key_id;
    draft(world, method, &format!("{path}?AWSAccessKeyId={id}&Signature={signature}&Expires={end}"))
}

#[tokio::test]
async fn version_2_is_verified_and_told_apart() {
    let world = with_object().await;
    let end = world.clock.clock().now().secs() + 60;
    let get = || url_of_version_2(&world, "GET", "/bucket/key", end);
    assert_eq!(send(&world, get()).await.body, "hello");
    let told = world.calls.last();
    assert!(told.shown.contains("SigV2") && told.shown.contains("QueryString"), "{}", told.shown);
    assert!(told.caller.is_some());
    for (name, draft, code) in [
        (
            "a later end",
            Draft { target: get().target.replace(&end.to_string(), &(end + 1).to_string()), ..get() },
            "SignatureDoesNotMatch",
        ),
        (
            "another key",
            Draft { target: get().target.replace("/key", "/other"), ..get() },
            "SignatureDoesNotMatch",
        ),
        (
            "an operation beside",
            Draft { target: format!("{}&acl", get().target), ..get() },
            "SignatureDoesNotMatch",
        ),
        ("another method", Draft { method: "DELETE", ..get() }, "SignatureDoesNotMatch"),
        (
            "nobody's key",
            Draft {
                target: get().target.replace(&world.admin.access_key_id, "AKIAIOSFODNN7EXAMPLE"),
                ..get()
            },
            "InvalidAccessKeyId",
        ),
        ("two signatures", get().with("authorization", "AWS a:b"), "InvalidArgument"),
    ] {
        assert_eq!(send(&world, draft).await.code(), code, "{name}");
        assert!(world.calls.last().caller.is_none(), "{name}");
    }
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringEquals":{"s3:signatureversion":"AWS"}}}]}"#;
    put_policy(&world, policy).await;
    assert_eq!(send(&world, get()).await.verdict(), (403, "AccessDenied".to_owned()), "policies can tell");
    assert_eq!(ask(&world, "GET", "/bucket/key", "").await.body, "hello");
    world.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(send(&world, get()).await.element("Message").as_deref(), Some("Request has expired"));
}

#[tokio::test]
async fn nobody_gets_what_is_public_and_no_more() {
    let world = with_object().await;
    let anonymous = |method, target: &str| draft(&world, method, target);
    assert_eq!(
        send(&world, anonymous("GET", "/bucket/key")).await.verdict(),
        (403, "AccessDenied".to_owned())
    );
    world
        .account
        .change(|directory| {
            let bucket = directory.buckets.get_mut("bucket").unwrap();
            bucket.public_access_block = None::<PublicAccessBlock>;
            Ok::<_, account::ServiceError>(())
        })
        .unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket/*"}]}"#;
    put_policy(&world, policy).await;
    assert_eq!(send(&world, anonymous("GET", "/bucket/key")).await.body, "hello");
    assert_eq!(send(&world, anonymous("PUT", "/bucket/theirs").saying("x")).await.status, 200);
    for (draft, verdict) in [
        (anonymous("GET", "/bucket"), (403, "AccessDenied")),
        (anonymous("DELETE", "/bucket/key"), (403, "AccessDenied")),
        (anonymous("GET", "/bucket/nothing"), (403, "AccessDenied")),
        (anonymous("POST", "/bucket/key?uploads"), (403, "AccessDenied")),
        (anonymous("PUT", "/bucket/copy").with("x-amz-copy-source", "bucket/key"), (403, "AccessDenied")),
        (anonymous("PUT", "/another"), (403, "AccessDenied")),
        (anonymous("GET", "/bucket/key?response-content-type=text/html"), (400, "InvalidRequest")),
        (anonymous("GET", "/bucket/key?%72esponse-content-type=text/html"), (400, "InvalidRequest")),
        (anonymous("GET", "/bucket/key?response%2Dexpires=x"), (400, "InvalidRequest")),
        (
            anonymous("GET", "/bucket/key").with("authorization", "AWS4-HMAC-SHA256 x"),
            (400, "InvalidRequest"),
        ),
    ] {
        let target = draft.target.clone();
        assert_eq!(send(&world, draft).await.verdict(), (verdict.0, verdict.1.to_owned()), "{target}");
    }
    assert_eq!(send(&world, anonymous("GET", "/")).await.status, 307);
    let tagged = draft(&world, "PUT", "/bucket/key").with("x-amz-tagging", "a=b").saying("hello").signed();
    assert_eq!(send(&world, tagged).await.status, 200);
    assert_eq!(ask(&world, "GET", "/bucket/key", "").await.header("x-amz-tagging-count"), Some("1"));
    let reply = send(&world, anonymous("GET", "/bucket/key")).await;
    assert_eq!((reply.body.as_str(), reply.header("x-amz-tagging-count")), ("hello", None));
}

#[tokio::test]
async fn clients_are_told_where_a_bucket_is() {
    let world = with_object().await;
    let elsewhere =
        |method| Draft { region: "eu-west-1".to_owned(), ..draft(&world, method, "/bucket/key") }.signed();
    let reply = send(&world, elsewhere("GET")).await;
    assert_eq!(reply.verdict(), (400, "AuthorizationHeaderMalformed".to_owned()));
    assert_eq!(
        (reply.element("Region").as_deref(), reply.header("x-amz-bucket-region")),
        (Some("us-east-1"), Some("us-east-1"))
    );
    assert_eq!(send(&world, elsewhere("HEAD")).await.header("x-amz-bucket-region"), Some("us-east-1"));
    let buckets = Draft { region: "eu-west-1".to_owned(), ..draft(&world, "GET", "/") }.signed();
    assert_eq!(send(&world, buckets).await.status, 200);
    // What s3cmd signs for at first.
    let buckets = Draft { region: "US".to_owned(), ..draft(&world, "GET", "/") }.signed();
    let reply = send(&world, buckets).await;
    assert_eq!(reply.verdict(), (400, "AuthorizationHeaderMalformed".to_owned()));
    assert_eq!(reply.element("Region").as_deref(), Some("us-east-1"));
}

#[tokio::test]
async fn a_host_names_a_bucket_and_is_signed_as_it_is() {
    let world = with_object().await;
    let of_host = |host: &str, target: &str| draft(&world, "GET", target).edited("host", |_| host.to_owned());
    for (host, target, body) in [
        ("bucket.localhost:4566", "/key", "hello"),
        ("bucket.s3.localhost", "/key", "hello"),
        ("bucket.s3.us-east-1.amazonaws.com", "/key", "hello"),
        ("s3.localhost", "/bucket/key", "hello"),
    ] {
        let reply = send(&world, of_host(host, target).signed()).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, body), "{host}: {reply:?}");
    }
    let confused =
        of_host("bucket.localhost", "/key").signed().edited("host", |_| "other.localhost".to_owned());
    assert_eq!(send(&world, confused).await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));
    let rewritten = of_host("localhost", "/bucket/key").signed();
    let rewritten =
        Draft { target: "/key".to_owned(), ..rewritten }.edited("host", |_| "bucket.localhost".to_owned());
    assert_eq!(send(&world, rewritten).await.verdict(), (403, "SignatureDoesNotMatch".to_owned()));
}

#[tokio::test]
async fn who_may_not_list_does_not_learn_what_is_missing() {
    let world = with_object().await;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/nobody"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}"#;
    put_policy(&world, policy).await;
    let by_nobody = |target: &str| {
        let own = draft(&world, "GET", target);
        own.by_key(&world.nobody.access_key_id, world.nobody.secret_access_key.expose()).signed()
    };
    assert_eq!(send(&world, by_nobody("/bucket/key")).await.body, "hello");
    assert_eq!(send(&world, by_nobody("/bucket/nothing")).await.verdict(), (403, "AccessDenied".to_owned()));
    assert_eq!(ask(&world, "GET", "/bucket/nothing", "").await.verdict(), (404, "NoSuchKey".to_owned()));
}

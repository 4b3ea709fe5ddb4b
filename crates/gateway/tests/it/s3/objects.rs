//! Objects as clients ask for them: heads, ranges, conditions, copies.

use super::{ask, draft, send, with_bucket};
use crate::world::World;

async fn with_object() -> World {
    let world = with_bucket().await;
    let put = draft(&world, "PUT", "/bucket/dir/a%20key")
        .with("content-type", "text/plain")
        .with("x-amz-meta-Colour", "red")
        .with("x-amz-tagging", "a=1&b=2")
        .with("cache-control", "no-store")
        .saying("0123456789")
        .signed();
    let reply = send(&world, put).await;
    assert_eq!(
        (reply.status, reply.header("etag")),
        (200, Some("\"781e5e245d69b566979b86e28d23f2c7\"")),
        "{reply:?}"
    );
    world
}

#[tokio::test]
async fn heads_say_what_was_said_of_an_object() {
    let world = with_object().await;
    for method in ["GET", "HEAD"] {
        let reply = send(&world, draft(&world, method, "/bucket/dir/a%20key").signed()).await;
        assert_eq!(reply.status, 200);
        for (name, value) in [
            ("content-length", "10"),
            ("content-type", "text/plain"),
            ("x-amz-meta-colour", "red"),
            ("x-amz-tagging-count", "2"),
            ("cache-control", "no-store"),
            ("accept-ranges", "bytes"),
            ("etag", "\"781e5e245d69b566979b86e28d23f2c7\""),
            ("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT"),
            ("x-amz-server-side-encryption", "AES256"),
            ("server", "AmazonS3"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{method} {name}");
        }
        assert_eq!(reply.body, if method == "GET" { "0123456789" } else { "" });
    }
    let told = world.calls.last();
    assert_eq!((told.operation.as_deref(), told.status), (Some("HeadObject"), 200));
}

#[tokio::test]
async fn ranges_and_conditions_decide_what_is_given() {
    let world = with_object().await;
    let etag = "\"781e5e245d69b566979b86e28d23f2c7\"";
    for (name, value, status, body, range) in [
        ("range", "bytes=2-4", 206, "234", Some("bytes 2-4/10")),
        ("range", "bytes=-3", 206, "789", Some("bytes 7-9/10")),
        ("range", "bytes=8-100", 206, "89", Some("bytes 8-9/10")),
        ("range", "bytes=0-1,4-5", 200, "0123456789", None),
        ("if-match", etag, 200, "0123456789", None),
        ("if-none-match", "\"other\"", 200, "0123456789", None),
        ("if-modified-since", "Sat, 21 Nov 2026 11:59:59 GMT", 200, "0123456789", None),
    ] {
        let reply =
            send(&world, draft(&world, "GET", "/bucket/dir/a%20key").with(name, value).signed()).await;
        assert_eq!(
            (reply.status, reply.body.as_str(), reply.header("content-range")),
            (status, body, range),
            "{name}: {value}"
        );
    }
    for (name, value, status) in [
        ("if-none-match", etag, 304),
        ("if-modified-since", "Sat, 21 Nov 2026 12:00:00 GMT", 304),
        ("if-match", "\"other\"", 412),
        ("if-unmodified-since", "Sat, 21 Nov 2026 11:59:59 GMT", 412),
        ("range", "bytes=10-", 416),
    ] {
        let mut client = world.connect().await;
        for method in ["HEAD", "GET"] {
            client
                .write(&draft(&world, method, "/bucket/dir/a%20key").with(name, value).signed().bytes())
                .await;
            let has_body = method == "GET" && status != 304;
            let reply = if has_body { client.read().await } else { client.read_head().await };
            assert_eq!(reply.status, status, "{method} {name}: {value}");
            assert_eq!(reply.header("etag"), (status == 304).then_some(etag));
        }
    }
}

#[tokio::test]
async fn answers_are_headed_as_whoever_signed_wants_it() {
    let world = with_object().await;
    let target = "/bucket/dir/a%20key?response-content-type=text%2Fhtml&response-content-disposition=inline";
    let reply = ask(&world, "GET", target, "").await;
    assert_eq!(
        (reply.header("content-type"), reply.header("content-disposition")),
        (Some("text/html"), Some("inline"))
    );
    let anonymous = send(&world, draft(&world, "GET", target)).await;
    assert_eq!(anonymous.verdict(), (400, "InvalidRequest".to_owned()));
}

#[tokio::test]
async fn writes_may_require_what_is_there() {
    let world = with_object().await;
    let put = |name: &str, value: &str, key: &str| {
        draft(&world, "PUT", &format!("/bucket/{key}")).with(name, value).saying("new").signed()
    };
    for (name, value, key, status, code) in [
        ("if-none-match", "*", "dir/a%20key", 412, "PreconditionFailed"),
        ("if-match", "\"other\"", "dir/a%20key", 412, "PreconditionFailed"),
        ("if-match", "\"other\"", "nothing", 404, "NoSuchKey"),
        ("if-none-match", "\"e\"", "nothing", 501, "NotImplemented"),
        ("if-match", "\"781e5e245d69b566979b86e28d23f2c7\"", "dir/a%20key", 200, ""),
        ("if-none-match", "*", "fresh", 200, ""),
    ] {
        let reply = send(&world, put(name, value, key)).await;
        assert_eq!(reply.verdict(), (status, code.to_owned()), "{name}: {value}");
    }
}

#[tokio::test]
async fn copies_take_along_what_they_are_not_told_to_leave() {
    let world = with_object().await;
    let copy = |target: &str, with: &[(&str, &str)]| {
        let copy = draft(&world, "PUT", target).with("x-amz-copy-source", "/bucket/dir/a%20key");
        with.iter().fold(copy, |copy, (name, value)| copy.with(name, value)).signed()
    };
    let reply = send(&world, copy("/bucket/copy", &[])).await;
    assert_eq!(
        (reply.status, reply.element("ETag").as_deref()),
        (200, Some("\"781e5e245d69b566979b86e28d23f2c7\"")),
        "{reply:?}"
    );
    let kept = ask(&world, "GET", "/bucket/copy", "").await;
    assert_eq!(
        (kept.body.as_str(), kept.header("x-amz-meta-colour"), kept.header("x-amz-tagging-count")),
        ("0123456789", Some("red"), Some("2"))
    );

    let replaced = [
        ("x-amz-metadata-directive", "REPLACE"),
        ("x-amz-meta-size", "big"),
        ("x-amz-tagging-directive", "REPLACE"),
    ];
    assert_eq!(send(&world, copy("/bucket/copy", &replaced)).await.status, 200);
    let kept = ask(&world, "GET", "/bucket/copy", "").await;
    assert_eq!(
        (
            kept.header("x-amz-meta-colour"),
            kept.header("x-amz-meta-size"),
            kept.header("x-amz-tagging-count")
        ),
        (None, Some("big"), None)
    );
    assert_eq!(kept.header("content-type"), Some("binary/octet-stream"));

    for (target, with, status, code) in [
        ("/bucket/dir/a%20key", &[][..], 400, "InvalidRequest"),
        ("/bucket/copy", &[("x-amz-copy-source-if-match", "\"other\"")], 412, "PreconditionFailed"),
        ("/bucket/copy", &[("x-amz-metadata-directive", "MERGE")], 400, "InvalidArgument"),
        ("/bucket/dir/a%20key", &[("x-amz-metadata-directive", "REPLACE")], 200, ""),
    ] {
        let reply = send(&world, copy(target, with)).await;
        assert_eq!(reply.verdict(), (status, code.to_owned()), "{target} {with:?}");
    }
    let absent = draft(&world, "PUT", "/bucket/copy").with("x-amz-copy-source", "bucket/nothing").signed();
    assert_eq!(send(&world, absent).await.verdict(), (404, "NoSuchKey".to_owned()));
}

#[tokio::test]
async fn what_is_not_built_is_refused_by_its_name() {
    let world = with_bucket().await;
    for (name, value) in [
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-object-lock-mode", "GOVERNANCE"),
        ("x-amz-object-lock-legal-hold", "ON"),
        ("x-amz-write-offset-bytes", "5"),
    ] {
        let put = draft(&world, "PUT", "/bucket/key").with(name, value).saying("x").signed();
        let reply = send(&world, put).await;
        assert_eq!(reply.verdict(), (501, "NotImplemented".to_owned()), "{name}");
        assert_eq!(reply.element("Header").as_deref(), Some(name));
    }
    assert_eq!(ask(&world, "PUT", "/bucket/key", "x").await.status, 200);
    for (name, value) in [
        ("x-amz-if-match-size", "-1"),
        ("x-amz-if-match-size", "1"),
        ("x-amz-if-match-last-modified-time", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ] {
        let reply = send(&world, draft(&world, "DELETE", "/bucket/key").with(name, value).signed()).await;
        assert_eq!(reply.verdict(), (501, "NotImplemented".to_owned()), "{name}");
    }
    assert_eq!(ask(&world, "GET", "/bucket/key", "").await.status, 200, "and nothing was removed");
    let version = ask(&world, "GET", "/bucket/key?versionId=other", "").await;
    assert_eq!(version.verdict(), (400, "InvalidArgument".to_owned()));
}

/// Nothing is broken where descriptors are used up: clients are asked to come again, and what needs no file goes on.
#[tokio::test]
async fn whoever_comes_when_no_file_can_be_opened_is_asked_to_come_again() {
    let world = World::with_files(1);
    assert_eq!(ask(&world, "PUT", "/bucket", "").await.status, 200);
    let long = "x".repeat(10_000);
    assert_eq!(ask(&world, "PUT", "/bucket/long", &long).await.status, 200);
    for (method, target, body) in
        [("GET", "/bucket/long", ""), ("PUT", "/bucket/other", long.as_str()), ("GET", "/bucket/long", "")]
    {
        let reply = ask(&world, method, target, body).await;
        assert_eq!((reply.status, reply.code().as_str()), (503, "SlowDown"), "{method}: {reply:?}");
        assert_eq!(reply.element("Message").as_deref(), Some("Please reduce your request rate."));
    }
    assert_eq!(ask(&world, "GET", "/bucket/other", "").await.status, 404);
    assert_eq!(ask(&world, "PUT", "/bucket/short", "hello").await.status, 200);
    assert_eq!(ask(&world, "GET", "/bucket/short", "").await.body, "hello");
    assert_eq!(ask(&world, "HEAD", "/bucket/long", "").await.header("content-length"), Some("10000"));
}

/// Whoever may not read is told so, also where what he asks for could not be opened.
#[tokio::test]
async fn who_may_not_read_is_told_so_before_anything_is_opened() {
    let world = World::with_files(1);
    assert_eq!(ask(&world, "PUT", "/bucket", "").await.status, 200);
    assert_eq!(ask(&world, "PUT", "/bucket/long", &"x".repeat(10_000)).await.status, 200);
    let reply = send(&world, draft(&world, "GET", "/bucket/long")).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, "AccessDenied"), "{reply:?}");
}

/// Nobody has what no object can be called looked up.
#[tokio::test]
async fn keys_are_as_long_as_keys_can_be() {
    let world = with_object().await;
    let long = "k".repeat(1025);
    for (method, tail) in [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "?tagging"),
        ("GET", "?acl"),
        ("POST", "?uploads"),
        ("DELETE", "?tagging"),
    ] {
        let reply = ask(&world, method, &format!("/bucket/{long}{tail}"), "").await;
        assert_eq!(reply.verdict(), (400, "KeyTooLongError".to_owned()), "{method} {tail}");
        assert_eq!(reply.element("MaxSizeAllowed").as_deref(), Some("1024"));
    }
    let head = send(&world, draft(&world, "HEAD", &format!("/bucket/{long}")).signed()).await;
    assert_eq!(head.status, 400);
    let longest = ask(&world, "GET", &format!("/bucket/{}", &long[1..]), "").await;
    assert_eq!(longest.verdict(), (404, "NoSuchKey".to_owned()));
}

/// What is in an archive is not to be read, by copies neither.
#[tokio::test]
async fn what_is_archived_is_not_copied() {
    let world = with_bucket().await;
    let begin = send(&world, draft(&world, "POST", "/bucket/parts?uploads").signed()).await;
    let part = format!("/bucket/parts?partNumber=1&uploadId={}", begin.element("UploadId").unwrap());
    for class in ["GLACIER", "DEEP_ARCHIVE"] {
        let put = draft(&world, "PUT", "/bucket/key").with("x-amz-storage-class", class).saying("x").signed();
        assert_eq!(send(&world, put).await.status, 200);
        for target in ["/bucket/copy", part.as_str()] {
            let copy = draft(&world, "PUT", target).with("x-amz-copy-source", "bucket/key").signed();
            let reply = send(&world, copy).await;
            assert_eq!(reply.verdict(), (403, "InvalidObjectState".to_owned()), "{class} {target}");
            let message = "Operation is not valid for the source object's storage class";
            assert_eq!(reply.element("Message").as_deref(), Some(message));
        }
    }
}

/// Another file is not to be had here: whoever is refused for what he requires of the target is so before his copy is made.
#[tokio::test]
async fn what_is_refused_is_not_copied_first() {
    let world = World::with_files(2);
    assert_eq!(ask(&world, "PUT", "/bucket", "").await.status, 200);
    assert_eq!(ask(&world, "PUT", "/bucket/there", "x").await.status, 200);
    assert_eq!(ask(&world, "PUT", "/bucket/long", &"x".repeat(10_000)).await.status, 200);
    for (name, value, verdict) in
        [("if-match", "*", (501, "NotImplemented")), ("if-none-match", "*", (412, "PreconditionFailed"))]
    {
        let copy = draft(&world, "PUT", "/bucket/there").with("x-amz-copy-source", "bucket/long");
        let reply = send(&world, copy.with(name, value).signed()).await;
        assert_eq!(reply.verdict(), (verdict.0, verdict.1.to_owned()), "{name}: {reply:?}");
    }
}

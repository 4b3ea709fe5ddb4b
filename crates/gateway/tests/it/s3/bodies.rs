//! Bodies in every form that today's clients send, whole and spoilt.

use sigv4::PayloadKeyword;

use super::{Chunked, ask, chunked, draft, send, with_bucket};
use crate::client::Reply;
use crate::draft::Draft;
use crate::world::World;

const HELLO: &str = "hello";
const CRC32: &str = "NhCmhg==";
const CRC64: &str = "M3eFcAZSQlc=";

#[tokio::test]
async fn every_form_of_a_body_is_taken() {
    let world = with_bucket().await;
    let long = vec![b'x'; 9000];
    let put = || draft(&world, "PUT", "/bucket/key");
    let chunks: &[&[u8]] = &[&long, HELLO.as_bytes()];
    let of = |keyword, trailer| chunked(put(), &Chunked { keyword, chunks, trailer });
    let crc = sum(&[&long[..], HELLO.as_bytes()].concat());
    let trailer: &[(&str, &str)] = &[("x-amz-checksum-crc32", &crc)];
    for (name, draft, length) in [
        ("a hash", put().saying(HELLO).signed(), 5),
        ("nothing", put().signed(), 0),
        ("no hash", Draft { keyword: Some(PayloadKeyword::Unsigned), ..put().saying(HELLO) }.signed(), 5),
        ("a checksum", put().saying(HELLO).with("x-amz-checksum-crc32", CRC32).signed(), 5),
        ("its MD5", put().saying(HELLO).with("content-md5", "XUFAKrxLKna5cZ2REBfFkg==").signed(), 5),
        ("signed chunks", of(PayloadKeyword::StreamingHmac, &[]), 9005),
        ("signed chunks and a trailer", of(PayloadKeyword::StreamingHmacTrailer, trailer), 9005),
        ("unsigned chunks and a trailer", of(PayloadKeyword::StreamingUnsignedTrailer, trailer), 9005),
    ] {
        let reply = send(&world, draft).await;
        assert_eq!((reply.status, reply.header("connection")), (200, None), "{name}: {reply:?}");
        let kept = ask(&world, "GET", "/bucket/key", "").await;
        assert_eq!((kept.status, kept.body.len()), (200, length), "{name}");
        assert_eq!(kept.header("content-encoding"), None, "{name}");
        assert_eq!(kept.header("etag"), reply.header("etag"), "{name}");
    }
}

#[tokio::test]
async fn what_is_computed_is_told_to_whoever_wants_it() {
    let world = with_bucket().await;
    let put = send(&world, draft(&world, "PUT", "/bucket/key").saying(HELLO).signed()).await;
    assert_eq!(put.header("x-amz-checksum-crc64nvme"), Some(CRC64), "where the client chose none");
    assert_eq!(put.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
    let get = |mode| {
        let get = draft(&world, "GET", "/bucket/key");
        if mode { get.with("x-amz-checksum-mode", "ENABLED") } else { get }.signed()
    };
    assert_eq!(send(&world, get(true)).await.header("x-amz-checksum-crc64nvme"), Some(CRC64));
    assert_eq!(send(&world, get(false)).await.header("x-amz-checksum-crc64nvme"), None);
    let part = send(
        &world,
        draft(&world, "GET", "/bucket/key")
            .with("x-amz-checksum-mode", "ENABLED")
            .with("range", "bytes=0-1")
            .signed(),
    );
    assert_eq!(part.await.header("x-amz-checksum-crc64nvme"), None, "it is of the whole");
}

#[tokio::test]
async fn a_body_that_is_another_is_refused_and_leaves_nothing() {
    let world = with_bucket().await;
    let put = || draft(&world, "PUT", "/bucket/key");
    let long = vec![b'x'; 9000];
    let chunks: &[&[u8]] = &[&long, HELLO.as_bytes()];
    let signed = || chunked(put(), &Chunked { keyword: PayloadKeyword::StreamingHmac, chunks, trailer: &[] });
    let crc = sum(&[&long[..], HELLO.as_bytes()].concat());
    let trailer: &[(&str, &str)] = &[("x-amz-checksum-crc32", &crc)];
    let of = |keyword| chunked(put(), &Chunked { keyword, chunks, trailer });
    let edit = |mut draft: Draft, from: &str, to: &str| {
        let text = String::from_utf8(std::mem::take(&mut draft.body)).unwrap();
        assert!(text.contains(from), "{from}");
        Draft { body: text.replacen(from, to, 1).into_bytes(), ..draft }
    };
    let wrong: &[(&str, &str)] = &[("x-amz-checksum-crc32", CRC32)];
    let wrong = chunked(
        put(),
        &Chunked { keyword: PayloadKeyword::StreamingUnsignedTrailer, chunks, trailer: wrong },
    );
    let small: &[&[u8]] = &[HELLO.as_bytes()];
    let small =
        chunked(put(), &Chunked { keyword: PayloadKeyword::StreamingHmac, chunks: small, trailer: &[] });
    for (name, draft, status, code) in [
        ("another body", put().saying(HELLO).signed().saying("hallo"), 400, "XAmzContentSHA256Mismatch"),
        (
            "another checksum",
            put().saying(HELLO).with("x-amz-checksum-crc32", "AAAAAA==").signed(),
            400,
            "BadDigest",
        ),
        (
            "no checksum",
            put().saying(HELLO).with("x-amz-checksum-crc32", "AAAA").signed(),
            400,
            "InvalidRequest",
        ),
        (
            "another MD5",
            put().saying(HELLO).with("content-md5", "Q3uTDbhLgHnC3YBKcZNrXw==").signed(),
            400,
            "BadDigest",
        ),
        ("no MD5", put().saying(HELLO).with("content-md5", "__invalid__").signed(), 400, "InvalidDigest"),
        ("a chunk changed", edit(signed(), HELLO, "hallo"), 403, "SignatureDoesNotMatch"),
        (
            "a chunk's signature changed",
            edit(signed(), "signature=", "signature=0"),
            403,
            "SignatureDoesNotMatch",
        ),
        ("a chunk without signature", edit(signed(), ";chunk-signature=", ";c="), 400, "IncompleteBody"),
        ("a size that is none", edit(signed(), "2328;", "zz28;"), 400, "IncompleteBody"),
        ("a size beyond all", edit(signed(), "2328;", "fffffffffffffffff;"), 400, "IncompleteBody"),
        ("a chunk left out", edit(small, "5;chunk", "0;chunk"), 400, "IncompleteBody"),
        (
            "a trailer changed",
            edit(of(PayloadKeyword::StreamingHmacTrailer), &crc, CRC32),
            403,
            "SignatureDoesNotMatch",
        ),
        (
            "a trailer's signature gone",
            edit(of(PayloadKeyword::StreamingHmacTrailer), "x-amz-trailer-signature", "x-amz-other"),
            400,
            "MalformedTrailerError",
        ),
        (
            "a trailer left out",
            edit(of(PayloadKeyword::StreamingUnsignedTrailer), "x-amz-checksum-crc32", "x-amz-checksum-sha1"),
            400,
            "MalformedTrailerError",
        ),
        ("a trailer of another body", wrong, 400, "BadDigest"),
        ("an encoding that ends early", cut(signed(), 40), 400, "IncompleteBody"),
        ("more than the end", more(signed()), 400, "IncompleteBody"),
    ] {
        let reply = send(&world, draft).await;
        assert_eq!(reply.verdict(), (status, code.to_owned()), "{name}: {reply:?}");
        let kept = ask(&world, "GET", "/bucket/key", "").await;
        assert_eq!(kept.verdict(), (404, "NoSuchKey".to_owned()), "{name}");
    }
}

#[tokio::test]
async fn a_length_must_be_said_and_kept() {
    let world = with_bucket().await;
    let put = draft(&world, "PUT", "/bucket/key");
    let unsigned = Draft { keyword: Some(PayloadKeyword::Unsigned), ..put };
    let signed = unsigned.clone().signed();
    for (further, body, verdict) in [
        ("", "", (411, "MissingContentLength")),
        ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", (501, "NotImplemented")),
        ("content-length: 5368709121\r\n", "", (400, "EntityTooLarge")),
    ] {
        let bytes = [signed.head(further), body.as_bytes().to_vec()].concat();
        let reply = world.send_bytes(&bytes).await;
        assert_eq!(reply.verdict(), (verdict.0, verdict.1.to_owned()), "{further:?}");
    }
    let few = Draft { keyword: Some(PayloadKeyword::StreamingUnsignedTrailer), ..unsigned };
    let none = few.with("x-amz-trailer", "x-amz-checksum-crc32").signed();
    assert_eq!(send(&world, none).await.verdict(), (411, "MissingContentLength".to_owned()));
}

#[tokio::test]
async fn nobody_is_asked_for_a_body_before_he_may() {
    let world = with_bucket().await;
    let put = |draft: Draft| {
        Draft { keyword: Some(PayloadKeyword::Unsigned), ..draft }.with("expect", "100-continue").signed()
    };
    let by_nobody = Draft {
        headers: draft(&world, "PUT", "/bucket/key").headers,
        method: "PUT",
        target: "/bucket/key".to_owned(),
        region: super::REGION.to_owned(),
        ..world.form_by_nobody("s3", "")
    };
    let mut client = world.connect().await;
    client.write(&put(by_nobody).head("content-length: 5\r\n")).await;
    let refused = client.read().await;
    assert_eq!(refused.verdict(), (403, "AccessDenied".to_owned()), "{refused:?}");
    assert_eq!(refused.header("connection"), Some("close"));
    assert!(client.is_at_end().await);

    let mut client = world.connect().await;
    client.write(&put(draft(&world, "PUT", "/bucket/key")).head("content-length: 5\r\n")).await;
    assert_eq!(client.read_head().await.status, 100);
    client.write(b"hel").await;
    client.write(b"lo").await;
    assert_eq!(client.read().await.status, 200);
    assert_eq!(ask(&world, "GET", "/bucket/key", "").await.body, HELLO);
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let world = with_bucket().await;
    let signed = draft(&world, "PUT", "/bucket/key").saying(HELLO).signed();
    let mut client = world.connect().await;
    client.write(&signed.head("content-length: 5\r\n")).await;
    client.write(b"hel").await;
    client.finish().await;
    assert_eq!(missing(&world).await.status, 404);
    let twice = send(&world, signed).await;
    assert_eq!((twice.status, ask(&world, "GET", "/bucket/key", "").await.body), (200, HELLO.to_owned()));
}

#[tokio::test]
async fn who_was_let_into_a_bucket_puts_nothing_into_the_next_of_its_name() {
    let world = with_bucket().await;
    let signed = draft(&world, "PUT", "/bucket/key").saying(HELLO).signed();
    let mut client = world.connect().await;
    client.write(&signed.head("content-length: 5\r\nexpect: 100-continue\r\n")).await;
    assert_eq!(client.read_head().await.status, 100, "let in");
    assert_eq!(ask(&world, "DELETE", "/bucket", "").await.status, 204);
    assert_eq!(ask(&world, "PUT", "/bucket", "").await.status, 200);
    client.write(HELLO.as_bytes()).await;
    let refused = client.read().await;
    assert_eq!((refused.status, refused.element("Code")), (404, Some("NoSuchBucket".to_owned())));
    assert_eq!(missing(&world).await.status, 404);
    assert_eq!(send(&world, signed).await.status, 200);
}

#[tokio::test]
async fn long_objects_go_through_whole_and_the_connection_goes_on() {
    let world = with_bucket().await;
    // What looks like an answer within an answer is none.
    let line = "HTTP/1.1 404 Not Found\r\n\r\n";
    let body = line.repeat((3 << 20) / line.len());
    let mut client = world.connect().await;
    client.write(&draft(&world, "PUT", "/bucket/key").saying(&body).signed().bytes()).await;
    assert_eq!(client.read().await.status, 200);
    for (range, expected) in [(None, body.as_str()), (Some("bytes=26-2000025"), &body[26..2_000_026])] {
        let get = draft(&world, "GET", "/bucket/key");
        let get = range.map_or_else(|| get.clone(), |range| get.clone().with("range", range)).signed();
        client.write(&get.bytes()).await;
        let reply = client.read().await;
        assert_eq!(reply.status, if range.is_some() { 206 } else { 200 });
        assert!(reply.body == expected, "{} bytes of {}", reply.body.len(), expected.len());
    }
    client.write(&draft(&world, "HEAD", "/bucket/key").signed().bytes()).await;
    let head = client.read_head().await;
    assert_eq!(head.header("content-length"), Some(body.len().to_string().as_str()));
    client.write(&draft(&world, "DELETE", "/bucket/key").signed().bytes()).await;
    assert_eq!(client.read_head().await.status, 204);
    client.write(b"no request\r\n\r\n").await;
    assert_eq!(client.read().await.status, 400, "what is no head is refused as ever");
}

async fn missing(world: &World) -> Reply {
    ask(world, "GET", "/bucket/key", "").await
}

fn cut(mut draft: Draft, bytes: usize) -> Draft {
    draft.body.truncate(draft.body.len() - bytes);
    draft
}

fn more(mut draft: Draft) -> Draft {
    draft.body.extend_from_slice(b"more");
    draft
}

fn sum(bytes: &[u8]) -> String {
    ::objects::ChecksumAlgorithm::Crc32.of(bytes)
}

/// Nobody has a document read for a bucket that is not there, nor a long one where none is wanted.
#[tokio::test]
async fn documents_are_read_for_buckets_that_are_there_and_not_beyond_what_they_hold() {
    let world = with_bucket().await;
    for (target, length, status, code) in [
        ("/nowhere?tagging", 4 << 20, 404, "NoSuchBucket"),
        ("/nowhere?cors", 1, 404, "NoSuchBucket"),
        ("/bucket?cors", (64 << 10) + 1, 400, "MaxMessageLengthExceeded"),
        ("/bucket?tagging", (256 << 10) + 1, 400, "MaxMessageLengthExceeded"),
        ("/bucket?policy", 4 << 20, 400, "MaxMessageLengthExceeded"),
    ] {
        let put = Draft { keyword: Some(PayloadKeyword::Unsigned), ..draft(&world, "PUT", target) };
        let mut client = world.connect().await;
        client.write(&put.signed().head(&format!("content-length: {length}\r\n"))).await;
        assert_eq!(client.read().await.verdict(), (status, code.to_owned()), "{target}");
    }
}

#[tokio::test]
async fn documents_of_too_many_elements_are_none() {
    let world = with_bucket().await;
    let body = format!("<Delete>{}</Delete>", "<a/>".repeat(1 << 19));
    let post = draft(&world, "POST", "/bucket?delete").with("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
    let reply = send(&world, post.saying(&body).signed()).await;
    assert_eq!(reply.verdict(), (400, "BadDigest".to_owned()), "what was promised comes first");
    let sum = objects::ChecksumAlgorithm::Crc32.of(body.as_bytes());
    let post = draft(&world, "POST", "/bucket?delete").with("x-amz-checksum-crc32", &sum);
    let reply = send(&world, post.saying(&body).signed()).await;
    assert_eq!(reply.verdict(), (400, "MalformedXML".to_owned()));
}

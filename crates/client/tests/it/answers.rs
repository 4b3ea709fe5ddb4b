//! What comes down: piece by piece, slowly, broken off, framed badly; and the connections that are kept for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use client::{Body, Client, ClientError, Limits, Phase, Streaming};
use http::Request;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use crate::raw::{Peer, RawServer};
use crate::{client, get, patient, request};

async fn open(client: &Client, url: &str, limits: &Limits) -> Result<Streaming, ClientError> {
    client.stream(Request::get(url).body(Body::empty()).unwrap(), limits).await
}

/// Says `answer` to every request and leaves the connection open.
async fn sayer(answer: &'static str) -> RawServer {
    RawServer::start(move |mut peer| async move {
        loop {
            peer.head().await?;
            peer.say(answer).await?;
        }
    })
    .await
}

#[tokio::test]
async fn bodies_are_read_to_their_end_however_they_are_framed() {
    let cases = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", "abcde", Some(5)),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            "abcde",
            None,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-a\r\n\r\n5\r\nabcde\r\n0\r\nx-a: b\r\n\r\n",
            "abcde",
            None,
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", "", Some(0)),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", Some(0)),
        (
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            "a",
            Some(1),
        ),
    ];
    for (answer, expected, length) in cases {
        let server = sayer(answer).await;
        let client = client();
        for _ in 0..3 {
            let answer = open(&client, &server.url("/"), &patient()).await.unwrap();
            assert_eq!(answer.remaining(), length);
            assert_eq!(answer.collect(100).await.unwrap().body(), expected.as_bytes());
        }
        assert_eq!(server.connections(), 1, "{expected}");
    }
}

#[tokio::test]
async fn answers_that_break_off_or_mean_nothing_are_errors() {
    let cases = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "end of file before message length reached"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", "chunk"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabcde\r\n0\r\n\r\n", "chunk size"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "overflow"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n", "CR"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "content-length"),
        ("HTTP/1.1 2x0 OK\r\n\r\n", "status"),
        ("\u{16}\u{3}\u{1}", "version"),
    ];
    for (answer, words) in cases {
        let server = RawServer::start(move |mut peer| async move {
            peer.head().await?;
            peer.say(answer).await
        })
        .await;
        let error = match open(&client(), &server.url("/"), &patient()).await {
            Ok(answer) => answer.collect(100).await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.code(), error.retry()), ("protocol", client::Retry::Later), "{}", error.chain());
        assert!(error.chain().to_lowercase().contains(&words.to_lowercase()), "{words}: {}", error.chain());
    }
}

#[tokio::test]
async fn heads_are_bounded() {
    let fields: String = (0..1000).map(|number| format!("x-{number}: y\r\n")).collect();
    let floods = [
        format!("HTTP/1.1 200 OK\r\n{fields}\r\n"),
        format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(70_000)),
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: {}\r\n\r\n",
            "y".repeat(70_000)
        ),
    ];
    for flood in floods {
        let flood = Arc::new(flood);
        let server = RawServer::start(move |mut peer| {
            let flood = Arc::clone(&flood);
            async move {
                peer.head().await?;
                peer.say(&flood).await
            }
        })
        .await;
        let error = get(&client(), &server.url("/"), &patient()).await.unwrap_err();
        assert_eq!(error.code(), "protocol", "{}", error.chain());
    }
}

#[tokio::test]
async fn whoever_never_comes_to_the_answer_is_left() {
    let server = RawServer::start(async |mut peer: Peer| {
        peer.head().await?;
        loop {
            peer.say("HTTP/1.1 102 Processing\r\n\r\n").await?;
        }
    })
    .await;
    let error = get(&client(), &server.url("/"), &patient()).await.unwrap_err();
    let text = error.chain().replace(&server.address.to_string(), "HOST");
    assert_eq!(text, "http://HOST says more and more before its answer");
}

/// One byte, and one more whenever the client has read the last: never silent for long, and never done.
#[tokio::test]
async fn slow_bodies_end_by_silence_and_by_the_clock() {
    let more = Arc::new(Notify::new());
    let told = Arc::clone(&more);
    let server = RawServer::start(move |mut peer| {
        let told = Arc::clone(&told);
        async move {
            peer.head().await?;
            peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n").await?;
            loop {
                peer.say("x").await?;
                told.notified().await;
            }
        }
    })
    .await;
    let url = server.url("/");
    let limits = Limits { idle: Duration::from_secs(1), total: None, ..patient() };
    let mut answer = open(&client(), &url, &limits).await.unwrap();
    for _ in 0..5 {
        assert_eq!(answer.next().await.unwrap().unwrap(), "x");
        more.notify_one();
    }
    assert_eq!(answer.next().await.unwrap().unwrap(), "x");
    let error = answer.next().await.unwrap().unwrap_err();
    let text = error.chain().replace(&server.address.to_string(), "HOST");
    assert_eq!(text, "http://HOST did not send more of its answer within 1000 ms");

    let limits = Limits { total: Some(Duration::from_millis(300)), ..patient() };
    let error = match open(&client(), &url, &limits).await {
        Ok(mut answer) => loop {
            match answer.next().await.unwrap() {
                Ok(_) => more.notify_one(),
                Err(error) => break error,
            }
        },
        // On a machine under load not even the head may come in time.
        Err(error) => error,
    };
    assert!(matches!(error, ClientError::Timeout { phase: Phase::Whole, .. }), "{}", error.chain());
}

/// Whoever reads nothing is sent what fits into the buffers on the way.
#[tokio::test]
async fn what_nobody_reads_is_not_taken() {
    let said = Arc::<AtomicUsize>::default();
    let (count, full) = (Arc::clone(&said), Arc::new(Notify::new()));
    let blocked = Arc::clone(&full);
    let server = RawServer::start(move |mut peer| {
        let (count, blocked) = (Arc::clone(&count), Arc::clone(&blocked));
        async move {
            peer.head().await?;
            peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n").await?;
            let piece = vec![0; 100_000];
            loop {
                let write = peer.stream.write_all(&piece);
                match tokio::time::timeout(Duration::from_millis(300), write).await {
                    Ok(written) => written.ok()?,
                    Err(_) => blocked.notify_one(),
                }
                count.fetch_add(piece.len(), Ordering::SeqCst);
            }
        }
    })
    .await;
    let answer = open(&client(), &server.url("/"), &patient()).await.unwrap();
    full.notified().await;
    assert_eq!(answer.remaining(), Some(1_000_000_000));
    let said = said.load(Ordering::SeqCst);
    assert!(said < 64 << 20, "{said} bytes were taken for nobody");
}

#[tokio::test]
async fn thousand_requests_go_over_one_connection() {
    let server = sayer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let client = client();
    for _ in 0..1000 {
        assert_eq!(get(&client, &server.url("/"), &patient()).await.unwrap().body(), b"ok");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_read_to_its_end_closes_its_connection() {
    let server = sayer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome").await;
    let client = client();
    for _ in 0..3 {
        let mut answer = open(&client, &server.url("/"), &patient()).await.unwrap();
        assert_eq!(answer.next().await.unwrap().unwrap(), "some");
    }
    assert_eq!(server.connections(), 3);
}

/// The server closes while the connection waits. A POST cannot be repeated, so it must not go there in the first place.
#[tokio::test]
async fn what_was_closed_meanwhile_is_not_used() {
    let closed = Arc::new(Notify::new());
    let tell = Arc::clone(&closed);
    let server = RawServer::start(move |mut peer| {
        let tell = Arc::clone(&tell);
        async move {
            peer.head().await?;
            peer.body(1).await?;
            peer.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await?;
            peer.stream.shutdown().await.ok()?;
            tell.notify_one();
            // Whatever comes is a request that should have gone elsewhere.
            assert_eq!(peer.head().await, None);
            Some(())
        }
    })
    .await;
    let client = client();
    for _ in 0..10 {
        let post = client.send(request("POST", &server.url("/"), "x"), &patient()).await;
        assert_eq!(post.unwrap().body(), b"ok");
        closed.notified().await;
    }
}

#[tokio::test]
async fn redirects_are_followed_where_asked_and_tell_nobody_else_what_was_private() {
    let other = crate::server::Server::start(|_| crate::server::ok("there")).await;
    let at = other.url("/there");
    let first = crate::server::Server::start(move |text| {
        let target = if text.contains("/away") { at.as_str() } else { "elsewhere?x#y" };
        let status = if text.contains("/see") { "303 See Other" } else { "307 Temporary" };
        match text.contains("/elsewhere") {
            true => crate::server::ok("here"),
            false => crate::server::Act::Say(
                format!("HTTP/1.1 {status}\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n").into_bytes(),
            ),
        }
    })
    .await;
    let ask = |path: &str, authorization: &'static str| {
        let request = Request::post(first.url(path)).header("authorization", authorization);
        request.header("cookie", "hunter2").header("accept", "x").body(Body::from("body")).unwrap()
    };
    let client = client();
    let (answer, from) = client.follow(ask("/a/b", "Bearer hunter2"), &patient(), 1).await.unwrap();
    assert_eq!((answer.status(), from.to_string()), (200, first.url("/a/elsewhere?x")));
    let (_, text) = first.requests().pop().unwrap();
    assert!(text.starts_with("POST /a/elsewhere?x ") && text.ends_with("body"), "{text}");
    assert!(text.contains("authorization: Bearer hunter2"), "{text}");

    client.follow(ask("/see", "Bearer hunter2"), &patient(), 1).await.unwrap();
    let (_, text) = first.requests().pop().unwrap();
    assert!(text.starts_with("GET /elsewhere?x ") && text.ends_with("\r\n\r\n"), "{text}");

    client.follow(ask("/away", "Bearer hunter2"), &patient(), 1).await.unwrap();
    let (_, text) = other.requests().pop().unwrap();
    assert!(text.contains("accept: x") && !text.contains("hunter2"), "{text}");
    assert!(text.contains(&format!("host: {}", other.address)), "{text}");

    let before = other.requests().len();
    let signed = client.follow(ask("/away", "AWS4-HMAC-SHA256 Credential=x"), &patient(), 5).await;
    assert_eq!(signed.unwrap_err().code(), "redirect");
    let none = client.follow(ask("/away", "x"), &patient(), 0).await;
    assert_eq!(none.unwrap_err().code(), "redirect");
    assert_eq!(other.requests().len(), before);
}

//! What goes up: in memory and in files, asked for and refused, as often as there are attempts.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{Body, Limits, Signer};
use http::Request;
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use types::Secret;

use crate::raw::{Peer, RawServer, field};
use crate::{client, patient};

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Heads and bodies, as they came.
type Taken = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Reads every request to its end, saying 100 where that is asked for, and keeps heads and bodies.
async fn taker(kept: Taken) -> RawServer {
    RawServer::start(move |mut peer| {
        let kept = Arc::clone(&kept);
        async move {
            loop {
                let head = peer.head().await?;
                if field(&head, "expect").is_some() {
                    assert_eq!(peer.early(), 0, "nothing is sent before it is asked for");
                    peer.say("HTTP/1.1 100 Continue\r\n\r\n").await?;
                }
                let length = field(&head, "content-length").map_or(0, |text| text.parse().unwrap());
                let body = peer.body(length).await?;
                kept.lock().unwrap().push((head, body));
                peer.say(FINE).await?;
            }
        }
    })
    .await
}

/// As long as nothing goes wrong, the question is answered, however slow this machine is.
fn asking() -> Limits {
    Limits { expect: Duration::from_secs(10), ..patient() }
}

fn put(url: &str, body: impl Into<Body>) -> Request<Body> {
    Request::put(url).body(body.into()).unwrap()
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|number| u8::try_from(number % 251).unwrap()).collect()
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

#[tokio::test]
async fn every_kind_of_body_arrives_as_it_is_as_often_as_it_is_sent() {
    let kept = Arc::default();
    let server = taker(Arc::clone(&kept)).await;
    let long = pattern(3_000_000);
    let (short_file, long_file) = (file(b"in a file"), file(&long));
    let (reader, mut writer) = std::io::pipe().unwrap();
    let pipe = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
    let given = long.clone();
    let written = std::thread::spawn(move || writer.write_all(&given));
    let bodies: Vec<(Body, &[u8])> = vec![
        (Body::empty(), b""),
        (Body::from("in memory"), b"in memory"),
        (Body::from(long.clone()), &long),
        (Body::file(short_file.path()).unwrap(), b"in a file"),
        (Body::file(long_file.path()).unwrap(), &long),
        (Body::file(Path::new("/dev/null")).unwrap(), b""),
        (Body::file(Path::new(&pipe)).unwrap(), &long),
        (Body::spool(&b"from a pipe"[..], 11).unwrap(), b"from a pipe"),
        (Body::spool(&long[..], 3_000_000).unwrap(), &long),
    ];
    written.join().unwrap().unwrap();
    let client = client();
    for (body, expected) in &bodies {
        assert_eq!((body.len(), body.is_empty()), (expected.len() as u64, expected.is_empty()));
        assert_eq!(body.sha256().await.unwrap(), <[u8; 32]>::from(Sha256::digest(expected)));
        for _ in 0..2 {
            let answer = client.stream(put(&server.url("/"), body.clone()), &asking()).await.unwrap();
            assert_eq!(answer.collect(10).await.unwrap().body(), b"ok");
            let (head, body) = kept.lock().unwrap().pop().unwrap();
            assert_eq!(field(&head, "content-length"), Some(expected.len().to_string().as_str()));
            assert_eq!(field(&head, "transfer-encoding"), None);
            assert_eq!(field(&head, "expect").is_some(), expected.len() >= 1 << 20);
            assert!(body == *expected);
        }
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_body_that_is_not_wanted_is_not_sent() {
    let server = RawServer::start(async |mut peer: Peer| {
        let head = peer.head().await?;
        assert_eq!(field(&head, "expect"), Some("100-continue"));
        peer.say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").await?;
        // What comes now is the end of the connection: the body was neither sent nor can it be told from a request.
        assert_eq!(peer.head().await, None);
        assert_eq!(peer.early(), 0);
        Some(())
    })
    .await;
    let client = client();
    for _ in 0..2 {
        let answer = client.stream(put(&server.url("/"), pattern(2 << 20)), &asking()).await.unwrap();
        assert_eq!(answer.status(), 403);
        assert_eq!(answer.collect(10).await.unwrap().body(), b"no");
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_is_sent_the_body() {
    let server = RawServer::start(async |mut peer: Peer| {
        loop {
            let head = peer.head().await?;
            if field(&head, "expect").is_some() {
                peer.say("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n").await?;
            } else {
                peer.body(2 << 20).await?;
                peer.say(FINE).await?;
            }
        }
    })
    .await;
    let answer = client().stream(put(&server.url("/"), pattern(2 << 20)), &patient()).await.unwrap();
    assert_eq!((answer.status(), server.connections()), (200, 2));
}

/// Below the size from which is asked, the body is on its way when the refusal comes; the connection is then reset, because the
/// server has not read everything.
#[tokio::test]
async fn an_early_refusal_is_read_although_the_connection_breaks() {
    let server = RawServer::start(async |mut peer: Peer| {
        peer.head().await?;
        peer.say("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig").await
    })
    .await;
    let client = client();
    for _ in 0..20 {
        let answer = client.stream(put(&server.url("/"), pattern(1_000_000)), &patient()).await.unwrap();
        assert_eq!(answer.status(), 413);
        assert_eq!(answer.collect(10).await.unwrap().body(), b"big");
    }
}

#[tokio::test]
async fn a_file_that_changes_is_never_sent_as_a_whole() {
    let (asked, answered) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (ask, answer) = (Arc::clone(&asked), Arc::clone(&answered));
    let server = RawServer::start(move |mut peer| {
        let (ask, answer) = (Arc::clone(&ask), Arc::clone(&answer));
        async move {
            let head = peer.head().await?;
            ask.notify_one();
            answer.notified().await;
            peer.say("HTTP/1.1 100 Continue\r\n\r\n").await?;
            let length: usize = field(&head, "content-length")?.parse().unwrap();
            assert_eq!(peer.body(length).await, None);
            Some(())
        }
    })
    .await;
    let mut file = file(&pattern(2 << 20));
    let body = Body::file(file.path()).unwrap();
    let sent = tokio::spawn(async move { client().stream(put(&server.url("/"), body), &patient()).await });
    asked.notified().await;
    file.write_all(b"more").unwrap();
    answered.notify_one();
    let error = sent.await.unwrap().unwrap_err();
    assert_eq!(error.code(), "body");
    assert!(error.chain().contains("was changed while it was being sent"), "{}", error.chain());
    assert_eq!(error.retry(), client::Retry::Never);
}

#[tokio::test]
async fn signature_is_of_the_body_unless_it_is_told_otherwise() {
    let kept = Arc::default();
    let server = taker(Arc::clone(&kept)).await;
    let secret = Secret::new("s3cret".to_owned());
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: &secret,
        session_token: None,
        region: "eu-west-1",
        service: "s3",
        time: "2026-11-21T08:22:00Z".parse().unwrap(),
    };
    let hash: String = Sha256::digest(b"body").iter().map(|byte| format!("{byte:02x}")).collect();
    let file = file(b"body");
    let body = Body::file(file.path()).unwrap();
    for (body, expected) in [(body.clone(), hash.as_str()), (body.unsigned(), "UNSIGNED-PAYLOAD")] {
        let mut request = put(&server.url("/key"), body);
        signer.sign(&mut request).await.unwrap();
        client().stream(request, &patient()).await.unwrap();
        let (head, _) = kept.lock().unwrap().pop().unwrap();
        assert_eq!(field(&head, "x-amz-content-sha256"), Some(expected));
        assert!(field(&head, "authorization").unwrap().contains("SignedHeaders=host;x-amz-content-sha256"));
    }
}

/// Whoever reads nothing is sent what fits into the buffers on the way, and no more is held for it.
#[tokio::test]
async fn what_nobody_takes_is_not_read() {
    let server = RawServer::start(async |mut peer: Peer| {
        peer.head().await?;
        peer.say("HTTP/1.1 100 Continue\r\n\r\n").await?;
        std::future::pending().await
    })
    .await;
    let taken = Arc::<AtomicU64>::default();
    let told = Arc::clone(&taken);
    let file = file(b"");
    file.as_file().set_len(256 << 20).unwrap();
    let body = Body::file(file.path()).unwrap().watched(move |count| {
        assert!(told.swap(count, Ordering::SeqCst) < count);
    });
    let limits = Limits { send: Duration::from_millis(300), ..patient() };
    let error = client().stream(put(&server.url("/"), body), &limits).await.unwrap_err();
    let text = error.chain().replace(&server.address.to_string(), "HOST");
    assert_eq!(text, "http://HOST did not take more of the request within 300 ms");
    let taken = taken.load(Ordering::SeqCst);
    assert!(taken > 0 && taken < 32 << 20, "{taken} bytes were read for a server that takes none");
}

#[tokio::test]
async fn lengths_are_the_body_s_own() {
    for (name, value) in [("content-length", "5"), ("transfer-encoding", "chunked")] {
        let mut request = put("http://127.0.0.1:9/", "four");
        request.headers_mut().insert(name, value.parse().unwrap());
        let error = client().stream(request, &patient()).await.unwrap_err();
        assert_eq!(error.code(), "url", "{}", error.chain());
    }
    let kept = Arc::default();
    let server = taker(Arc::clone(&kept)).await;
    let mut request = put(&server.url("/"), "four");
    request.headers_mut().insert("content-length", "4".parse().unwrap());
    client().stream(request, &patient()).await.unwrap();
    let (head, _) = kept.lock().unwrap().pop().unwrap();
    assert_eq!(head.to_lowercase().matches("content-length").count(), 1, "{head}");
}

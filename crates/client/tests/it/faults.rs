//! Servers that redirect, never answer, say too much or speak something else: each a precise error, and nothing of what the
//! request or the answer held in it.

use std::time::Duration;

use client::Limits;
use tokio::net::TcpListener;

use crate::server::{Act, Server};
use crate::{client, get, patient, request, short};

/// The error of a request whose path and header are secrets.
async fn error(url: &str, limits: &Limits) -> (String, &'static str) {
    let error = get(&client(), url, limits).await.unwrap_err();
    let text = format!("{} {} {error:?}", error.chain(), error.hint());
    assert!(!text.contains("hunter2"), "{text}");
    (error.chain(), error.code())
}

fn without_port(text: &str, server: &Server) -> String {
    text.replace(&server.address.to_string(), "HOST")
}

#[tokio::test]
async fn bad_answers_are_told_apart() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "HTTP/1.1 302 Found\r\nLocation: https://evil.example:8443/hunter2?hunter2\r\nContent-Length: 0\r\n\r\n",
            "redirect",
            "http://HOST redirects (302) to https://evil.example:8443, which is not followed",
        ),
        (
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://hunter2@evil.example/\r\nContent-Length: 0\r\n\r\n",
            "redirect",
            "http://HOST redirects (307) to https://evil.example, which is not followed",
        ),
        (
            "HTTP/1.1 301 Moved\r\nLocation: /hunter2\r\nContent-Length: 0\r\n\r\n",
            "redirect",
            "http://HOST redirects (301) to another path of the same host, which is not followed",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
            "too-large",
            "answer of http://HOST is larger than 1048576 bytes",
        ),
        (
            "SSH-2.0-OpenSSH_9.2p1 hunter2\r\n",
            "protocol",
            "http://HOST does not speak HTTP, or closed the connection in the middle: invalid HTTP version parsed",
        ),
        (
            "",
            "protocol",
            "http://HOST does not speak HTTP, or closed the connection in the middle: connection closed before message completed",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhunter2",
            "protocol",
            "http://HOST does not speak HTTP, or closed the connection in the middle: error reading a body from connection: end of file before message length reached",
        ),
    ];
    for (answer, code, expected) in cases {
        let server = Server::start(|_| Act::SayAndClose(answer.as_bytes().to_vec())).await;
        let (text, found) = error(&server.url("/hunter2"), &patient()).await;
        assert_eq!((without_port(&text, &server).as_str(), found), (*expected, *code));
    }
}

#[tokio::test]
async fn endless_body_is_cut_off() {
    let mut answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..40 {
        answer.extend_from_slice(b"8000\r\n");
        answer.extend(std::iter::repeat_n(b'x', 0x8000));
        answer.extend_from_slice(b"\r\n");
    }
    let server = Server::start(move |_| Act::Say(answer.clone())).await;
    assert_eq!(error(&server.url("/"), &patient()).await.1, "too-large");
}

#[tokio::test]
async fn silence_ends_by_phase() {
    let mute = Server::start(|_| Act::Hang).await;
    let (text, code) = error(&mute.url("/hunter2"), &short()).await;
    assert_eq!(
        (without_port(&text, &mute).as_str(), code),
        ("http://HOST did not answer within 200 ms", "timeout")
    );

    let half =
        Server::start(|_| Act::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec())).await;
    let limits = Limits { total: Some(Duration::from_millis(300)), ..patient() };
    let (text, code) = error(&half.url("/"), &limits).await;
    assert_eq!(
        (without_port(&text, &half).as_str(), code),
        ("http://HOST did not answer in full within 300 ms", "timeout")
    );
}

#[tokio::test]
async fn nobody_there_is_told_from_nobody_known() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(error(&format!("http://{free}/"), &patient()).await.1, "unreachable");
    // No resolver asks anybody about a label of more than 63 characters.
    let nobody = format!("http://{}.invalid/", "x".repeat(64));
    assert_eq!(error(&nobody, &patient()).await.1, "unknown-host");
}

#[tokio::test]
async fn urls_that_cannot_be_asked_are_refused() {
    for url in ["/hunter2", "ftp://host/hunter2", "http://user:hunter2@host/"] {
        assert_eq!(error(url, &patient()).await.1, "url", "{url}");
    }
}

#[tokio::test]
async fn post_is_not_repeated_on_a_connection_that_took_it() {
    let server = Server::start(|text| match text.starts_with("GET") {
        true => Act::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
        false => Act::SayAndClose(Vec::new()),
    })
    .await;
    let client = client();
    get(&client, &server.url("/"), &patient()).await.unwrap();
    let post = client.send(request("POST", &server.url("/"), "x"), &patient()).await;
    assert_eq!(post.unwrap_err().code(), "protocol");
    assert_eq!(server.requests().len(), 2);
}

//! What goes over the wire when all goes well.

use client::{Limits, Signer};
use types::{Secret, Timestamp};

use crate::server::{Act, Server, ok};
use crate::{client, get, patient, request};

#[tokio::test]
async fn request_is_sent_in_origin_form_with_host_and_agent() {
    let server = Server::start(|_| ok("fine")).await;
    let answer = get(&client(), &server.url("/a?b=c"), &patient()).await.unwrap();
    assert_eq!((answer.status(), answer.body()), (200, &b"fine"[..]));
    let (_, text) = &server.requests()[0];
    assert!(text.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{text}");
    assert!(text.contains(&format!("host: {}\r\n", server.address)), "{text}");
    assert!(text.contains("user-agent: linklocal/"), "{text}");
}

#[tokio::test]
async fn connection_is_kept_for_the_next_request_and_replaced_when_it_was_closed() {
    let server = Server::start(|text| match text.contains("/last") {
        true => Act::SayAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".to_vec()),
        false => ok("fine"),
    });
    let (server, client) = (server.await, client());
    for path in ["/one", "/two", "/last", "/three", "/last", "/four"] {
        assert_eq!(get(&client, &server.url(path), &patient()).await.unwrap().status(), 200, "{path}");
    }
    let connections: Vec<usize> = server.requests().iter().map(|(number, _)| *number).collect();
    assert_eq!(connections, [0, 0, 0, 1, 1, 2]);
}

#[tokio::test]
async fn server_s_time_is_told() {
    let answer = "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    let server = Server::start(|_| Act::Say(answer.into())).await;
    let answer = get(&client(), &server.url("/"), &patient()).await.unwrap();
    assert_eq!(answer.date(), Some("1994-11-06T08:49:37Z".parse().unwrap()));
}

#[tokio::test]
async fn signature_is_that_of_what_is_sent() {
    let server = Server::start(|_| ok("")).await;
    let (secret, token) = (Secret::new("s3cret".to_owned()), Secret::new("t0ken".to_owned()));
    let time: Timestamp = "2026-11-21T08:22:00Z".parse().unwrap();
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: &secret,
        session_token: Some(&token),
        region: "eu-west-1",
        service: "sts",
        time,
    };
    let post = request("POST", &server.url("/"), "Action=GetCallerIdentity");
    client().send_signed(post, &signer, &Limits::default()).await.unwrap();

    let (_, text) = &server.requests()[0];
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let lines: Vec<(&str, &str)> = head.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let find = |name: &str| lines.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).unwrap().1;
    assert_eq!((find("x-amz-date"), find("x-amz-security-token")), ("20261121T082200Z", "t0ken"));
    let scope = sigv4::Scope::new(time, "eu-west-1", "sts");
    let params = sigv4::SigningParams {
        access_key_id: "AKIDEXAMPLE",
        session_token: Some(&token),
        key: &sigv4::SigningKey::derive(&secret, &scope),
        scope,
        time,
        rules: &sigv4::ServiceRules::of("sts"),
        fields: sigv4::FieldChoice::default(),
    };
    let headers = [("host", find("host").as_bytes()), ("user-agent", find("user-agent").as_bytes())];
    let twin = sigv4::Request { method: "POST", target: b"/", headers: &headers };
    let signed = sigv4::sign(&twin, sigv4::Payload::Body(body.as_bytes()), &params).unwrap();
    let expected = signed.headers().find(|(name, _)| *name == "authorization").unwrap().1.to_owned();
    assert_eq!(find("authorization"), expected);
}

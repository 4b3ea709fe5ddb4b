//! Oversized, slow, malformed and hostile requests: each gets its answer promptly, and others keep being served.

use std::time::Duration;

use net::Limits;
use tokio::time::Instant;

use crate::world::{PUT_TOKEN, World, instance};

#[test]
fn unreadable_heads_get_an_answer_like_any_other_error() {
    let world = World::start(&[instance(1)]);
    let long_value = "v".repeat(17 * 1024);
    let many = "a: b\r\n".repeat(101);
    let cases: &[(&str, String, &str)] = &[
        (
            "head over 16 KiB",
            format!("GET / HTTP/1.1\r\nA: {long_value}\r\n\r\n"),
            "431 Request Header Fields Too Large",
        ),
        (
            "more than 100 fields",
            format!("GET / HTTP/1.1\r\n{many}\r\n"),
            "431 Request Header Fields Too Large",
        ),
        (
            "target over 16 KiB",
            format!("GET /{long_value} HTTP/1.1\r\n\r\n"),
            "431 Request Header Fields Too Large",
        ),
        ("target of 8,192 bytes", format!("GET /{} HTTP/1.1\r\n\r\n", "p".repeat(8191)), "414 URI Too Long"),
        ("bad percent-encoding", "GET /latest/%zz HTTP/1.1\r\n\r\n".into(), "400 Bad Request"),
        ("cut percent-encoding", "GET /latest/%6 HTTP/1.1\r\n\r\n".into(), "400 Bad Request"),
        ("NUL in the target", "GET /lat\0est HTTP/1.1\r\n\r\n".into(), "400 Bad Request"),
        ("control byte in the target", "GET /lat\x07est HTTP/1.1\r\n\r\n".into(), "400 Bad Request"),
        ("NUL in a field", "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n".into(), "400 Bad Request"),
        ("space in a field name", "GET / HTTP/1.1\r\nA b: c\r\n\r\n".into(), "400 Bad Request"),
        ("no version", "GET /\r\n\r\n".into(), "400 Bad Request"),
        ("target that is no path", "GET latest/meta-data HTTP/1.1\r\n\r\n".into(), "400 Bad Request"),
        (
            "two hosts",
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: 127.0.0.1\r\n\r\n".into(),
            "400 Bad Request",
        ),
        (
            "two lengths",
            "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".into(),
            "400 Bad Request",
        ),
    ];
    for (what, request, status) in cases {
        let reply = world.ask(request);
        let expected = format!(
            "HTTP/1.1 {status}\r\nContent-Length: 0\r\nDate: Sat, 21 Nov 2026 08:00:00 GMT\r\nServer: EC2ws\r\n\
             Connection: close\r\nContent-Type: text/plain\r\n\r\n"
        );
        assert_eq!((reply.head, reply.body.as_str()), (expected, ""), "{what}");
    }
    assert_eq!(world.get("/latest/meta-data/instance-id").body, "i-0123456789abcde01");
}

#[test]
fn odd_but_harmless_requests_are_served() {
    let world = World::start(&[instance(1)]);
    for (what, request, status) in [
        ("mapped port", "GET /latest/meta-data/mac HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", 200),
        ("no host", "GET /latest/meta-data/mac HTTP/1.1\r\n\r\n", 200),
        ("equal hosts", "GET /latest/meta-data/mac HTTP/1.1\r\nHost: [::1]\r\nHost: [::1]\r\n\r\n", 200),
        ("above the root", "GET /../../latest/meta-data/mac HTTP/1.1\r\n\r\n", 200),
        ("above the root, encoded", "GET /%2e%2e/latest/meta-data/mac HTTP/1.1\r\n\r\n", 200),
        ("NUL, encoded", "GET /latest/meta-data/mac%00 HTTP/1.1\r\n\r\n", 404),
        ("upgrade", "GET /latest/meta-data/mac HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 200),
        ("CONNECT", "CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n", 403),
        ("absolute form", "GET http://169.254.169.254/latest/meta-data/mac HTTP/1.1\r\n\r\n", 200),
        ("double slash", "GET //latest/meta-data/mac HTTP/1.1\r\n\r\n", 200),
        ("OPTIONS *", "OPTIONS * HTTP/1.1\r\n\r\n", 400),
        ("empty lines first", "\r\n\r\nGET /latest/meta-data/mac HTTP/1.1\r\n\r\n", 200),
    ] {
        let reply = world.ask(request);
        assert_eq!((reply.status(), reply.header("Location")), (status, None), "{what}: {reply:?}");
    }
}

#[test]
fn bad_tokens_of_any_size_are_refused() {
    let world = World::start(&[instance(1)]);
    let token = world.token();
    for (what, lines, status) in [
        ("10 KB", format!("X-aws-ec2-metadata-token: {}", "A".repeat(10_240)), 401),
        ("not ASCII", "X-aws-ec2-metadata-token: é".to_owned(), 401),
        ("twice", format!("X-aws-ec2-metadata-token: {token}\r\nX-aws-ec2-metadata-token: {token}"), 401),
        ("white space around", format!("X-aws-ec2-metadata-token:\t {token} \t"), 200),
        ("any case", format!("x-AWS-ec2-METADATA-token: {token}"), 200),
    ] {
        let reply = world.ask(format!("GET /latest/meta-data/ HTTP/1.1\r\n{lines}\r\n\r\n"));
        assert_eq!(reply.status(), status, "{what}");
    }
    let twice = PUT_TOKEN.replace("\r\n\r\n", "\r\nX-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\r\n");
    assert_eq!(world.ask(twice).status(), 400);
}

#[test]
fn bodies_are_neither_read_nor_waited_for() {
    let world = World::start(&[instance(1)]);
    for head in [
        "GET /latest/meta-data/mac HTTP/1.1\r\nContent-Length: 1000000000\r\n",
        "GET /latest/meta-data/mac HTTP/1.1\r\nContent-Length: 10\r\nExpect: 100-continue\r\n",
        "GET /latest/meta-data/mac HTTP/1.1\r\nTransfer-Encoding: chunked\r\n",
        "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\nContent-Length: 3\r\n",
    ] {
        let reply = world.ask(format!("{head}Connection: keep-alive\r\n\r\n"));
        assert_eq!((reply.status(), reply.header("Connection")), (200, Some("close")), "{head}");
    }
}

#[test]
fn an_answer_survives_the_body_that_follows_its_request() {
    let world = World::start(&[instance(1)]);
    for _ in 0..20 {
        let mut client = world.connect();
        let body = "b".repeat(100_000);
        client.send(format!(
            "GET /latest/meta-data/mac HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        client.shut_write();
        assert_eq!(client.rest().body, "0e:49:61:0f:c3:01");
    }
}

#[test]
fn a_body_too_long_to_be_read_away_does_not_hold_the_connection() {
    let world = World::start(&[instance(1)]);
    let mut client = world.connect();
    client.send("GET /latest/meta-data/mac HTTP/1.1\r\nContent-Length: 9000000000\r\n\r\n");
    let chunk = vec![b'b'; 64 * 1024];
    // Ends with an error once the server has had enough.
    let sent = (0..10_000).take_while(|_| std::io::Write::write_all(&mut client.0, &chunk).is_ok()).count();
    assert!(sent < 10_000, "the server took {sent} chunks");
}

#[test]
fn slow_heads_are_cut_off() {
    let limits = Limits { head: Duration::from_millis(200), ..Limits::default() };
    let world = World::start_with(&[instance(1)], limits, "127.0.0.1:0");
    for begun in ["", "G", "GET / HTTP/1.1\r\nA: b\r\n"] {
        let start = Instant::now();
        let mut client = world.connect();
        client.send(begun);
        client.expect_close();
        let took = start.elapsed();
        assert!((150..5_000).contains(&took.as_millis()), "{begun:?} was cut off after {took:?}");
    }
}

#[test]
fn dribbling_does_not_prolong_a_head() {
    let limits = Limits { head: Duration::from_millis(300), ..Limits::default() };
    let world = World::start_with(&[instance(1)], limits, "127.0.0.1:0");
    let mut client = world.connect();
    client.0.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    client.send("GET / HTTP/1.1\r\nA: ");
    let start = Instant::now();
    while std::io::Write::write_all(&mut client.0, b"b").is_ok() {
        if matches!(std::io::Read::read(&mut client.0, &mut [0]), Ok(0)) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "a dribbled head is never cut off");
    }
}

#[test]
fn idle_connections_are_closed() {
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let world = World::start_with(&[instance(1)], limits, "127.0.0.1:0");
    let mut client = world.connect();
    client.send("GET /latest/meta-data/mac HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
    client.reply();
    client.expect_close();
}

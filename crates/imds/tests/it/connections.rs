//! Keep-alive, pipelining, HTTP/1.0, half-closed and many connections (facts/imds.md section 1.7).

use std::time::Duration;

use net::Limits;

use crate::world::{Client, PUT_TOKEN, World, instance, wait_until};

#[test]
fn connections_close_unless_the_client_asks_otherwise() {
    let world = World::start(&[instance(1)]);
    for (version, connection, expected) in [
        ("1.1", None, Some("close")),
        ("1.1", Some("close"), Some("close")),
        ("1.1", Some("keep-alive"), None),
        ("1.1", Some("TE, Keep-Alive"), None),
        ("1.1", Some("keep-alive, close"), Some("close")),
        ("1.0", None, Some("close")),
        ("1.0", Some("keep-alive"), Some("keep-alive")),
    ] {
        let line = connection.map_or_else(String::new, |c| format!("Connection: {c}\r\n"));
        let mut client = world.connect();
        let request = format!("GET /latest/meta-data/mac HTTP/{version}\r\n{line}\r\n");
        client.send(&request);
        let reply = client.reply();
        assert_eq!(reply.header("Connection"), expected, "{request:?}");
        assert!(reply.head.starts_with(&format!("HTTP/{version} 200 OK\r\n")), "{request:?}: {reply:?}");
        if expected == Some("close") {
            client.expect_close();
        } else {
            client.send(&request);
            assert_eq!(client.reply(), reply, "{request:?}");
        }
    }
}

#[test]
fn every_status_keeps_the_connection_that_is_to_be_kept() {
    let world = World::start(&[instance(1)]);
    let mut client = world.connect();
    for (line, status) in [
        ("GET /latest/meta-data/mac", 200),
        ("HEAD /latest/meta-data/mac", 200),
        ("GET /latest/nothing", 404),
        ("HEAD /latest/nothing", 404),
        ("POST /latest/meta-data/", 403),
        ("GET /latest/api/token", 405),
        ("PUT /latest/api/token", 400),
        ("OPTIONS /latest/meta-data/", 200),
        ("GET /%zz", 400),
        ("GET /latest/meta-data/mac", 200),
    ] {
        client.send(format!("{line} HTTP/1.1\r\nConnection: keep-alive\r\n\r\n"));
        let reply = if line.starts_with("HEAD") { head_reply(&mut client) } else { client.reply() };
        assert_eq!((reply.status(), reply.header("Connection")), (status, None), "{line}");
    }
}

/// The answer to HEAD: it has a length, and no body.
fn head_reply(client: &mut Client) -> crate::world::Reply {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut client.0, &mut byte).unwrap();
        head.push(byte[0]);
    }
    crate::world::Reply { head: String::from_utf8(head).unwrap(), body: String::new() }
}

#[test]
fn headers_stand_in_the_order_of_ec2() {
    let world = World::start(&[instance(1)]);
    let token = world.token();
    const DATE: &str = "Date: Sat, 21 Nov 2026 08:00:00 GMT\r\nServer: EC2ws\r\nConnection: close\r\n";
    const CHANGED: &str = "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT\r\n";
    let value = format!(
        "Content-Type: text/plain\r\nAccept-Ranges: none\r\n{CHANGED}Content-Length: 17\r\n{DATE}\r\n"
    );
    for (request, head) in [
        (
            format!("GET /latest/meta-data/mac HTTP/1.1\r\nX-aws-ec2-metadata-token: {token}\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\nX-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600\r\n{value}"),
        ),
        ("GET /latest/meta-data/mac HTTP/1.1\r\n\r\n".into(), format!("HTTP/1.1 200 OK\r\n{value}")),
        ("HEAD /latest/meta-data/mac HTTP/1.1\r\n\r\n".into(), format!("HTTP/1.1 200 OK\r\n{value}")),
        (
            PUT_TOKEN.into(),
            format!(
                "HTTP/1.1 200 OK\r\nX-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600\r\nContent-Length: 56\r\n\
                 {DATE}Content-Type: text/plain\r\n\r\n"
            ),
        ),
        (
            "GET /latest/meta-data/mac HTTP/1.1\r\nX-aws-ec2-metadata-token: x\r\n\r\n".into(),
            format!(
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n{DATE}Content-Type: text/plain\r\n\r\n"
            ),
        ),
        (
            "GET /latest/api/token HTTP/1.1\r\n\r\n".into(),
            format!(
                "HTTP/1.1 405 Not Allowed\r\nAllow: OPTIONS, PUT\r\nContent-Length: 0\r\n{DATE}\
                 Content-Type: text/plain\r\n\r\n"
            ),
        ),
        (
            "HEAD /nothing HTTP/1.1\r\n\r\n".into(),
            format!("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 339\r\n{DATE}\r\n"),
        ),
    ] {
        assert_eq!(world.ask(&request).head, head, "{request}");
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let world = World::start(&[instance(1)]);
    let mut client = world.connect();
    let paths = ["mac", "instance-id", "ami-id", "nothing", "local-ipv4"];
    let requests =
        paths.map(|p| format!("GET /latest/meta-data/{p} HTTP/1.1\r\nConnection: keep-alive\r\n\r\n"));
    client.send(requests.concat().repeat(20));
    for _ in 0..20 {
        let replies = paths.map(|_| client.reply());
        assert_eq!(replies.each_ref().map(super::world::Reply::status), [200, 200, 200, 404, 200]);
        assert_eq!(replies[1].body, "i-0123456789abcde01");
    }
}

#[test]
fn what_is_pipelined_behind_the_last_answer_does_not_destroy_it() {
    let world = World::start(&[instance(1)]);
    for _ in 0..50 {
        let mut client = world.connect();
        client.send("GET /latest/meta-data/mac HTTP/1.1\r\n\r\n".repeat(100));
        client.shut_write();
        assert_eq!(client.rest().body, "0e:49:61:0f:c3:01");
    }
}

#[test]
fn a_half_closed_connection_gets_its_answer() {
    let world = World::start(&[instance(1)]);
    for connection in ["close", "keep-alive"] {
        let mut client = world.connect();
        client.send(format!("GET /latest/meta-data/mac HTTP/1.1\r\nConnection: {connection}\r\n\r\n"));
        client.shut_write();
        assert_eq!(client.rest().body, "0e:49:61:0f:c3:01", "{connection}");
    }
    let mut client = world.connect();
    client.send("GET /latest/meta");
    client.shut_write();
    client.expect_close();
}

#[test]
fn a_head_may_come_byte_by_byte() {
    let world = World::start(&[instance(1)]);
    let mut client = world.connect();
    for byte in PUT_TOKEN.bytes() {
        client.send([byte]);
    }
    assert_eq!(client.rest().status(), 200);
}

#[test]
fn thousands_of_idle_connections_hold_up_nobody() {
    // None is closed for its silence while others are opened.
    let hour = Duration::from_secs(3600);
    let limits = Limits { head: hour, idle: hour, ..Limits::default() };
    let world = World::start_with(&[instance(1)], limits, "127.0.0.1:0");
    let mut idle: Vec<Client> = (0..2_000).map(|_| world.connect()).collect();
    for client in idle.iter_mut().step_by(2) {
        client.send("GET /latest/meta-data/mac HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
    }
    for client in idle.iter_mut().step_by(2) {
        client.reply();
    }
    for _ in 0..100 {
        assert_eq!(world.get("/latest/meta-data/mac").status(), 200);
    }
    assert!(world.service.connections().open() >= 2_000);
}

#[test]
fn at_the_limit_the_connection_that_waits_longest_makes_room() {
    let limits = Limits { connections: 10, ..Limits::default() };
    let world = World::start_with(&[instance(1)], limits, "127.0.0.1:0");
    let mut first = world.connect();
    first.send("GET /latest/meta-data/mac HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
    first.reply();
    let mut others: Vec<Client> = (0..50).map(|_| world.connect()).collect();
    first.expect_close();
    let last = others.last_mut().unwrap();
    last.send("GET /latest/meta-data/mac HTTP/1.1\r\n\r\n");
    assert_eq!(last.rest().status(), 200);
    assert!(world.service.connections().open() <= 11);
}

#[test]
fn a_client_that_takes_no_answers_is_dropped() {
    let limits = Limits { stuck: Duration::from_millis(300), ..Limits::default() };
    let mut instance = instance(1);
    instance.user_data = Some(vec![b'u'; 16 * 1024]);
    let world = World::start_with(&[instance], limits, "127.0.0.1:0");
    let mut client = world.connect();
    let requests = "GET /latest/user-data HTTP/1.1\r\nConnection: keep-alive\r\n\r\n".repeat(2_000);
    // 32 MB of answers: more than loopback's buffers take. Sending fails once the server has had enough.
    let _ = std::io::Write::write_all(&mut client.0, requests.as_bytes());
    assert_eq!(world.get("/latest/meta-data/mac").status(), 200);
    wait_until(|| world.service.connections().open() == 0);
}

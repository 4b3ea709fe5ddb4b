//! HTTPS by the installation's own authority, and the memory that strangers can make the endpoints hold.

use std::io::Write as _;
use std::net::TcpStream;

use super::house::House;
use crate::world::{eventually, said};

#[test]
fn https_is_trusted_by_the_authority_and_by_nothing_else() {
    let house = House::new();
    let port = house.api().port();
    let bundle = house.server().banner["Account"]["CaBundle"].as_str().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost"] {
        let ask = |bundle: Option<&str>| {
            let mut command =
                house.world.command(&["request", "--max-attempts", "1", "sts:GetCallerIdentity"]);
            command.env("AWS_ENDPOINT_URL", format!("https://{host}:{port}"));
            command.env("AWS_PROFILE", "linklocal").envs(bundle.map(|bundle| ("AWS_CA_BUNDLE", bundle)));
            said(&mut command)
        };
        let trusted = ask(Some(&bundle));
        assert_eq!(trusted.code, 0, "{host}: {}", trusted.stderr);
        assert!(trusted.stdout.contains("GetCallerIdentityResult"), "{}", trusted.stdout);
        let stranger = ask(None);
        assert_ne!(stranger.code, 0, "{}", stranger.stdout);
        assert!(stranger.stderr.contains("certificate"), "{}", stranger.stderr);
    }
}

/// Strangers who begin bodies of the greatest length and go no further: what they send is held, what they announce is not.
#[test]
fn a_connection_holds_no_more_than_it_has_sent() {
    let house = House::new();
    assert_eq!(house.ask(&house.administrator, "sts:GetCallerIdentity", &[]).status, 200);
    let before = house.server().resident_kib();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {ANNOUNCED}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20300101/us-east-1/iam/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={:064}\r\nX-Amz-Date: 20300101T000000Z\r\n\r\n",
        house.api(),
        0
    );
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(house.api()).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // An end of a connection that the server would not wait for is as good.
        let _ = stream.write_all(&[b'a'; SENT]);
        held.push(stream);
    }
    // All of them have been read when one that came after them is answered.
    assert_eq!(house.ask(&house.administrator, "sts:GetCallerIdentity", &[]).status, 200);
    let each = || house.server().resident_kib().saturating_sub(before) / CONNECTIONS;
    assert!(eventually(|| each() <= STATED_KIB), "{} KiB for each of {CONNECTIONS} connections", each());
}

const CONNECTIONS: u64 = 200;
const ANNOUNCED: usize = 60_000;
const SENT: usize = 16 * 1024;
/// What was sent, 16 KiB of head, 4 KiB of state (`net`), and what an allocator loses in between.
const STATED_KIB: u64 = 64;

//! HTTPS by the installation's own authority, and the memory that strangers can make the endpoints hold.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

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

/// Strangers who send the longest body that is read as it comes, but for its last byte.
#[test]
fn a_connection_holds_no_more_than_is_stated() {
    let house = House::new();
    let before = settled(&house);
    let _held: Vec<TcpStream> = (0..CONNECTIONS).map(|_| began(&house, SMALL, SMALL - 1)).collect();
    let grown = || house.server().resident_kib().saturating_sub(before) / CONNECTIONS;
    assert!(eventually(|| grown() >= 8), "none of it was read: {} KiB", grown());
    let before_last = settled(&house);
    let each = before_last.saturating_sub(before) / CONNECTIONS;
    assert!(each <= STATED_KIB, "{each} KiB for each of {CONNECTIONS} connections");
}

/// Long bodies wait until there is room, and those who send short ones do not wait with them.
#[test]
fn all_long_bodies_together_have_a_room_that_is_stated() {
    let house = House::new();
    let before = settled(&house);
    let _held: Vec<TcpStream> = (0..LONG_BODIES).map(|_| began(&house, LONG, LONG - 1)).collect();
    let grown = || house.server().resident_kib().saturating_sub(before) / 1024;
    assert!(eventually(|| grown() >= ROOM_MIB / 2), "none of it was read: {} MiB", grown());
    settled(&house);
    let grown = grown();
    assert!(
        grown <= ROOM_MIB + LONG_BODIES * STATED_KIB / 1024,
        "{grown} MiB for {LONG_BODIES} bodies of 1 MiB"
    );
}

/// Memory once a call was answered.
fn settled(house: &House) -> u64 {
    assert_eq!(house.ask(&house.administrator, "sts:GetCallerIdentity", &[]).status, 200);
    house.server().resident_kib()
}

/// A connection with a body of this length, so much of it sent as is taken.
fn began(house: &House, length: usize, sent: usize) -> TcpStream {
    let mut stream = TcpStream::connect(house.api()).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n",
        house.api()
    )
    .unwrap();
    // The server does not read what it has no room for.
    stream.set_write_timeout(Some(Duration::from_millis(20))).unwrap();
    let _ = stream.write_all(&vec![b'a'; sent]);
    stream
}

const CONNECTIONS: u64 = 300;
const SMALL: usize = 16 * 1024;
/// 16 KiB of body, as much again of what is read at once, 4 KiB of state (`net`), and what an allocator loses in between.
const STATED_KIB: u64 = 48;
const LONG_BODIES: u64 = 100;
const LONG: usize = 1024 * 1024;
const ROOM_MIB: u64 = 64;

//! The memory that strangers can make the server hold.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::world::World;

/// Each connection sends the longest head that is read, gets the longest answer that there is, and begins another such
/// head.
#[test]
fn a_connection_holds_no_more_than_is_stated() {
    let world = World::new();
    let user_data = "x".repeat(16 * 1024);
    let config = world.write("linklocal.toml", &format!("[[instance]]\nuser-data = \"{user_data}\"\n"));
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--config", config.to_str().unwrap()]);
    assert_eq!(server.get("/latest/user-data").1, user_data);
    let before = server.resident_kib();

    let filler = "x".repeat(15_000);
    let head = format!("GET /latest/user-data HTTP/1.1\r\nConnection: keep-alive\r\nX-Filler: {filler}");
    let mut held: Vec<TcpStream> = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(server.endpoint).unwrap();
        write!(stream, "{head}\r\n\r\n").unwrap();
        let mut answer = vec![0; user_data.len()];
        stream.read_exact(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
        stream.write_all(head.as_bytes()).unwrap();
        held.push(stream);
    }
    assert_eq!(server.get("/latest/user-data").0, 200);
    let each = server.resident_kib().saturating_sub(before) / CONNECTIONS;
    assert!(each <= STATED_KIB, "{each} KiB for each of {CONNECTIONS} connections");
}

const CONNECTIONS: u64 = 300;

/// 16 KiB of head, 17 KiB of answer, 4 KiB of state (`net`), and what an allocator loses in between.
const STATED_KIB: u64 = 48;

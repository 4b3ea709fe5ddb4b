//! Shutdown: idle connections end at once, running requests get their answer, and all is over in time.

use std::time::Duration;

use net::Limits;
use tokio::time::Instant;

use crate::world::{World, instance};

#[test]
fn idle_connections_do_not_hold_up_the_end() {
    let mut world = World::start_with(&[instance(1)], patient(), "127.0.0.1:0");
    let mut fresh = world.connect();
    let mut idle = world.connect();
    idle.send("GET /latest/meta-data/mac HTTP/1.1\r\nConnection: keep-alive\r\n\r\n");
    idle.reply();
    world.shutdown.start();
    world.join();
    fresh.expect_close();
    idle.expect_close();
    assert!(std::net::TcpStream::connect(world.addr).is_err(), "still listening");
}

#[test]
fn a_request_under_way_is_answered_and_its_connection_closed() {
    let mut world = World::start(&[instance(1)]);
    let mut client = world.connect();
    client.send("GET /latest/meta-data/mac HTTP/1.1\r\nConnection: keep-alive\r\n");
    // Another round trip: the server has seen the first half by then.
    world.get("/latest/meta-data/mac");
    world.shutdown.start();
    while std::net::TcpStream::connect(world.addr).is_ok() {}
    client.send("\r\n");
    let reply = client.rest();
    assert_eq!((reply.status(), reply.header("Connection")), (200, Some("close")));
    world.join();
}

#[test]
fn the_limit_ends_what_does_not_end_by_itself() {
    let limits = Limits { drain: Duration::from_millis(300), ..Limits::default() };
    let mut world = World::start_with(&[instance(1)], limits, "127.0.0.1:0");
    let mut client = world.connect();
    client.send("GET /latest");
    world.get("/latest/meta-data/mac");
    let start = Instant::now();
    world.shutdown.start();
    world.join();
    let took = start.elapsed();
    assert!((200..4_000).contains(&took.as_millis()), "took {took:?}");
    client.expect_close();
}

/// Whoever waits for the limit does not end while a test runs.
fn patient() -> Limits {
    Limits { drain: Duration::from_secs(3600), ..Limits::default() }
}

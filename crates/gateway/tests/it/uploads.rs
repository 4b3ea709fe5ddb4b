//! Bodies: long, slow, in chunks, and such as never come.

use std::time::Duration;

use net::Limits;

use crate::world::{WHO, World, patient};

#[tokio::test]
async fn bodies_in_chunks_are_signed_as_a_whole() {
    let world = World::new();
    let draft = world.form("sts", WHO).signed();
    let (one, other) = WHO.split_at(10);
    let chunked = |parts: &[&str]| {
        let mut bytes = draft.head("transfer-encoding: chunked\r\n");
        for part in parts {
            bytes.extend_from_slice(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes());
        }
        bytes.extend_from_slice(b"0\r\ntrailer: x\r\n\r\n");
        bytes
    };
    let mut client = world.connect().await;
    for (parts, status) in [
        (&[WHO][..], 200),
        (&[one, other], 200),
        (&[one, other, "&a=b"], 403),
        (&[other, one], 400),
        (&[], 400),
    ] {
        client.write(&chunked(parts)).await;
        let reply = client.read().await;
        assert_eq!(reply.status, status, "{parts:?} {reply:?}");
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_not_read() {
    let world = World::with(patient(), None);
    let mut client = world.connect().await;
    client.write(&world.form("sts", WHO).signed().head("content-length: 1048577\r\n")).await;
    let reply = client.read().await;
    assert_eq!(reply.verdict(), (413, "RequestEntityTooLarge".to_owned()));
    assert_eq!(reply.header("connection"), Some("close"));
    assert!(client.is_at_end().await);
}

#[tokio::test]
async fn a_body_that_becomes_too_long_is_read_no_further() {
    let world = World::with(patient(), None);
    let mut client = world.connect().await;
    client.write(&world.form("sts", WHO).signed().head("transfer-encoding: chunked\r\n")).await;
    let part = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        client.write(part.as_bytes()).await;
    }
    let reply = client.read().await;
    assert_eq!(
        (reply.verdict(), reply.header("connection")),
        ((413, "RequestEntityTooLarge".to_owned()), Some("close"))
    );
}

#[tokio::test]
async fn a_body_of_the_greatest_length_is_taken() {
    let world = World::with(patient(), None);
    let body = format!("{WHO}&Nothing={}", "x".repeat(1024 * 1024 - WHO.len() - 9));
    let reply = world.send(&world.form("sts", &body).signed()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn a_slow_body_is_told_so_and_holds_no_seat() {
    let world = World::with(Limits { body: Duration::from_millis(300), ..patient() }, None);
    let mut client = world.connect().await;
    client.write(&world.form("sts", WHO).signed().head("content-length: 43\r\n")).await;
    client.write(b"Action=").await;
    let reply = client.read().await;
    assert_eq!(
        (reply.verdict(), reply.header("connection")),
        ((408, "RequestTimeout".to_owned()), Some("close"))
    );
    assert!(client.is_at_end().await);
}

#[tokio::test]
async fn long_bodies_wait_for_room_and_short_ones_do_not() {
    let world = World::with(Limits { body: Duration::from_millis(600), ..patient() }, None);
    let mut holders = Vec::new();
    for _ in 0..64 {
        let mut holder = world.connect().await;
        holder.write(&world.form("sts", WHO).signed().head("content-length: 1048576\r\n")).await;
        holder.write(b"A").await;
        holders.push(holder);
    }
    assert_eq!(world.send(&world.form("sts", WHO).signed()).await.status, 200);
    for mut holder in holders {
        assert_eq!(holder.read().await.status, 408);
    }
    let body = format!("{WHO}&Nothing={}", "x".repeat(100_000));
    assert_eq!(world.send(&world.form("sts", &body).signed()).await.status, 200, "the room is free again");
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on_only_where_somebody_reads() {
    let world = World::with(patient(), None);
    let mut client = world.connect().await;
    let draft = world.form("sts", WHO).signed();
    let further = format!("expect: 100-continue\r\ncontent-length: {}\r\n", WHO.len());
    for _ in 0..2 {
        client.write(&draft.head(&further)).await;
        assert_eq!(client.read_head().await.status, 100);
        client.write(WHO.as_bytes()).await;
        assert_eq!(client.read().await.status, 200, "and what follows is an answer of ours");
    }
    // An error after the promise is ours as well, not one of HTTP's own.
    let unsigned = world.form("sts", WHO);
    client.write(&unsigned.head(&further)).await;
    assert_eq!(client.read_head().await.status, 100);
    client.write(WHO.as_bytes()).await;
    assert_eq!(client.read().await.verdict(), (403, "MissingAuthenticationToken".to_owned()));
    client.write(&draft.head("expect: 100-continue\r\ncontent-length: 1048577\r\n")).await;
    assert_eq!(client.read().await.status, 413, "without having been sent");
    assert!(client.is_at_end().await);
}

#[tokio::test]
async fn whoever_leaves_within_a_body_leaves_no_trace() {
    let world = World::with(patient(), None);
    let mut client = world.connect().await;
    client.write(&world.form("iam", "").signed().head("content-length: 100\r\n")).await;
    client.write(b"Action=CreateUser").await;
    drop(client);
    while world.gateway.connections().open() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(world.calls.all().iter().all(|call| call.outcome != gateway::Outcome::Done));
}

//! Several requests on one connection.

use std::time::Duration;

use net::Limits;

use crate::draft::Draft;
use crate::world::{WHO, World, patient};

#[tokio::test]
async fn one_connection_serves_two_services_whatever_came_of_the_request_before() {
    let world = World::new();
    let mut client = world.connect().await;
    let iam = "Action=ListUsers&Version=2010-05-08";
    for _ in 0..3 {
        for (draft, status) in [
            (world.form("sts", WHO).signed(), 200),
            (world.form("iam", iam).signed(), 200),
            (world.form("iam", iam), 403),
            (world.form_by_nobody("iam", iam).signed(), 403),
            (world.form("iam", "Action=Nothing").signed(), 400),
            (world.form("sts", "").get(WHO).presigned(), 200),
        ] {
            client.write(&draft.bytes()).await;
            let reply = client.read().await;
            assert_eq!(reply.status, status, "{reply:?}");
            assert_eq!(reply.header("connection"), None);
        }
    }
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_their_order_each_by_its_own_signature() {
    let world = World::new();
    let mut client = world.connect().await;
    let drafts = [
        world.form("sts", WHO).signed(),
        world.form_by_nobody("sts", WHO).signed(),
        world.form("sts", WHO),
        world.form("iam", "Action=CreateGroup&Version=2010-05-08&GroupName=g").signed(),
        world.form("iam", "Action=GetGroup&Version=2010-05-08&GroupName=g").signed(),
    ];
    client.write(&drafts.iter().flat_map(Draft::bytes).collect::<Vec<_>>()).await;
    let mut replies = Vec::new();
    for _ in &drafts {
        replies.push(client.read().await);
    }
    let statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 200, 403, 200, 200], "{replies:?}");
    let arns = [0, 1].map(|at: usize| replies[at].element("Arn").unwrap());
    assert!(arns[0].ends_with("user/admin") && arns[1].ends_with("user/nobody"), "{arns:?}");
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let world = World::new();
    let mut client = world.connect().await;
    for byte in world.form("sts", WHO).signed().bytes() {
        client.write(&[byte]).await;
    }
    assert_eq!(client.read().await.status, 200);
}

#[tokio::test]
async fn an_old_client_gets_its_answer_and_the_end() {
    let world = World::new();
    let mut client = world.connect().await;
    let bytes = world.form("sts", WHO).signed().bytes();
    let old = String::from_utf8(bytes).unwrap().replace("HTTP/1.1", "HTTP/1.0");
    client.write(old.as_bytes()).await;
    assert_eq!(client.read().await.status, 200);
    assert!(client.is_at_end().await);
}

#[tokio::test]
async fn heads_that_cannot_be_read_are_refused_and_nothing_behind_them_is_heard() {
    let world = World::with(patient(), None);
    let long = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(200));
    for (head, status) in [
        ("nonsense\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n", 400),
        (&long, 431),
        (&many, 431),
    ] {
        let mut client = world.connect().await;
        client.write(head.as_bytes()).await;
        client.write(&world.form("sts", WHO).signed().bytes()).await;
        let reply = client.read().await;
        assert_eq!((reply.status, reply.header("connection")), (status, Some("close")), "{head:.60}");
        assert!(client.is_at_end().await, "{head:.60}");
    }
    assert_eq!(world.calls.all(), []);
}

#[tokio::test]
async fn length_and_chunks_together_are_read_in_one_way() {
    let world = World::with(patient(), None);
    let draft = world.form("sts", WHO).signed();
    let inner = String::from_utf8(world.form("sts", WHO).signed().bytes()).unwrap();
    let chunk = format!("{:x}\r\n{WHO}\r\n0\r\n\r\n", WHO.len());
    let mut bytes =
        draft.head(&format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", chunk.len() + 5));
    bytes.extend_from_slice(chunk.as_bytes());
    let mut client = world.connect().await;
    client.write(&bytes).await;
    client.write(inner.as_bytes()).await;
    let statuses = (client.read().await.status, world.calls.all().len());
    assert!(matches!(statuses, (400, 0) | (200, _)), "{statuses:?}");
}

#[tokio::test]
async fn whoever_is_silent_is_let_go_and_running_requests_are_answered_at_the_end() {
    let limits =
        Limits { idle: Duration::from_millis(200), head: Duration::from_millis(400), ..Limits::default() };
    let world = World::with(limits, None);
    let mut client = world.connect().await;
    client.write(&world.form("sts", WHO).signed().bytes()).await;
    client.read().await;
    assert!(client.is_at_end().await, "idle for too long");
    let mut slow = world.connect().await;
    slow.write(b"POST / HTTP/1.1\r\nhost: x\r\n").await;
    assert!(slow.is_at_end().await, "a head that does not end");
    let mut last = world.connect().await;
    world.shutdown.start();
    assert!(last.is_at_end().await, "nothing was asked");
}

//! The socket of `linklocal run`, played by hand: what a session may do, and what it cannot.

use std::io::{IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt as _;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::world::{World, eventually};

struct Session(Socket);

impl Session {
    fn open(world: &World) -> Self {
        let socket = Socket::new(Domain::UNIX, Type::SEQPACKET, None).unwrap();
        socket.connect(&SockAddr::unix(world.data().join("run.sock")).unwrap()).unwrap();
        let mut greeting = [0; 64];
        let length = (&socket).read(&mut greeting).unwrap();
        assert_eq!(&greeting[..length], b"linklocal introductions 1\n");
        Self(socket)
    }

    fn send(&self, text: &[u8], descriptors: &[BorrowedFd<'_>]) {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(64))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() {
            assert!(ancillary.push(SendAncillaryMessage::ScmRights(descriptors)));
        }
        rustix::net::sendmsg(&self.0, &[IoSlice::new(text)], &mut ancillary, SendFlags::NOSIGNAL).unwrap();
    }
}

fn message(instance: &str, process: u32) -> Vec<u8> {
    serde_json::json!({
        "Destination": "169.254.169.254:80", "ProcessId": process, "SupervisorId": std::process::id(),
        "InstanceId": instance,
    })
    .to_string()
    .into_bytes()
}

/// Both ends of a connection over loopback.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

/// Hands a connection over and asks on it for the instance id.
fn asked(session: &Session, instance: &str) -> String {
    let (mut near, far) = pair();
    session.send(&message(instance, std::process::id()), &[far.as_fd()]);
    drop(far);
    near.write_all(b"GET /latest/meta-data/instance-id HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n").unwrap();
    let mut answer = String::new();
    near.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_connection_is_answered_for_the_instance_that_its_introduction_names() {
    let world = World::new();
    let _server = world.up();
    let second = world.done(&["instance", "launch"]);
    let session = Session::open(&world);
    let answer = asked(&session, second.trim());
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(second.trim()), "{answer}");
    let unknown = asked(&session, "i-0123456789abcdef0");
    assert!(unknown.starts_with("HTTP/1.1 404 "), "{unknown}");
}

#[test]
fn what_is_no_introduction_costs_its_connection_alone() {
    let world = World::new();
    let server = world.up();
    let id = server.banner["Instances"][0]["InstanceId"].as_str().unwrap().to_owned();
    let session = Session::open(&world);
    let good = message(&id, 1);
    let (mut near, far) = pair();
    let (_other_near, other) = pair();
    let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
    datagrams.connect("127.0.0.1:9").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let unconnected = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let (local, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
    let file = std::fs::File::open(world.data().join("lock")).unwrap();
    let many = [other.as_fd(); 60];
    let long = [good.as_slice(), &[b' '; 4096]].concat();
    let cases: [(&[u8], &[BorrowedFd<'_>]); 11] = [
        (&good, &[]),
        (&good, &[other.as_fd(), other.as_fd()]),
        (&good, &many),
        (&good, &[datagrams.as_fd()]),
        (&good, &[listener.as_fd()]),
        (&good, &[unconnected.as_fd()]),
        (&good, &[local.as_fd()]),
        (&good, &[file.as_fd()]),
        (&long, &[other.as_fd()]),
        (b"\xff", &[other.as_fd()]),
        (b"{}", &[far.as_fd()]),
    ];
    for (text, descriptors) in cases {
        session.send(text, descriptors);
    }
    drop(far);
    // Closed without a word.
    assert_eq!(near.read(&mut [0]).unwrap(), 0);
    assert!(asked(&session, &id).starts_with("HTTP/1.1 200 "));
    assert!(eventually(|| server.stderr().lines().count() == 11), "{}", server.stderr());
    assert!(server.stderr().lines().all(|line| line.contains("no introduction: ")), "{}", server.stderr());
}

#[test]
fn the_socket_is_for_its_owner() {
    let world = World::new();
    let server = world.up();
    let mode = world.data().join("run.sock").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let _session = Session::open(&world);
    // A session that stays open holds up nobody's end.
    assert_eq!(server.end(rustix::process::Signal::TERM).code(), Some(0));
    assert!(!world.data().join("run.sock").exists());
}

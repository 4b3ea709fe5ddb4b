//! One socket of the kernel's table, asked for by both its ends: sock_diag(7), `struct inet_diag_req_v2`.
//!
//! Rule: no privilege, no file, and no more than a few microseconds whatever the number of sockets, so it may be asked on
//! the event loop.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

use super::sockets::{self, Sighting};
use crate::Peer;

/// A way to ask.
#[derive(Debug)]
pub(super) struct SockDiag {
    socket: OwnedFd,
    /// Of the last question: an answer to an earlier one is passed over.
    sequence: u32,
}

impl SockDiag {
    pub(super) fn open() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let protocol = Some(netlink::SOCK_DIAG);
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, protocol)?;
        Ok(Self { socket, sequence: 0 })
    }

    /// The client's socket. An error is the kernel's, not the connection's.
    pub(super) fn find(&mut self, peer: Peer) -> io::Result<Option<Sighting>> {
        for destination in sockets::destinations(peer) {
            if let Some(found) = self.ask(peer.remote, destination)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The established socket whose own end is `source` and whose other end is `destination`.
    fn ask(&mut self, source: SocketAddr, destination: SocketAddr) -> io::Result<Option<Sighting>> {
        self.sequence = self.sequence.wrapping_add(1);
        send(&self.socket, &question(source, destination, self.sequence), SendFlags::empty())?;
        let mut buffer = [0; ANSWER];
        for _ in 0..ANSWERS {
            // The kernel has answered by the time that the question is sent.
            let (filled, _) = recv(&self.socket, &mut buffer[..], RecvFlags::DONTWAIT)?;
            match answer(&buffer[..filled], source, destination, self.sequence) {
                Answer::Other => {}
                Answer::Socket(sighting) => return Ok(sighting),
                Answer::Error(NO_ENTRY) => return Ok(None),
                Answer::Error(errno) => return Err(io::Error::from_raw_os_error(errno)),
            }
        }
        Ok(None)
    }
}

/// What a message says.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// The socket, if it is one that a process holds.
    Socket(Option<Sighting>),
    Error(i32),
    /// Nothing that was asked.
    Other,
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
fn question(source: SocketAddr, destination: SocketAddr, sequence: u32) -> Vec<u8> {
    let mut message = Vec::with_capacity(QUESTION);
    message.extend((QUESTION as u32).to_ne_bytes());
    message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    message.extend(NLM_F_REQUEST.to_ne_bytes());
    message.extend(sequence.to_ne_bytes());
    message.extend(0_u32.to_ne_bytes());
    // Family, protocol, extensions, padding; then all states.
    let family = if source.is_ipv4() { AF_INET } else { AF_INET6 };
    message.extend([family, IPPROTO_TCP, 0, 0]);
    message.extend(u32::MAX.to_ne_bytes());
    // struct inet_diag_sockid
    message.extend(source.port().to_be_bytes());
    message.extend(destination.port().to_be_bytes());
    message.extend(address(source.ip()));
    message.extend(address(destination.ip()));
    message.extend(interface(source).to_ne_bytes());
    message.extend(NO_COOKIE.to_ne_bytes());
    debug_assert_eq!(message.len(), QUESTION);
    message
}

/// Four words; an address of IPv4 is the first.
fn address(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(v4) => {
            let mut words = [0; 16];
            words[..4].copy_from_slice(&v4.octets());
            words
        }
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// Link-local addresses of IPv6 belong to an interface.
fn interface(end: SocketAddr) -> u32 {
    match end {
        SocketAddr::V4(_) => 0,
        SocketAddr::V6(v6) => v6.scope_id(),
    }
}

/// `struct nlmsghdr` and `struct inet_diag_msg`, or an error. Whatever stands there is looked at within bounds.
fn answer(message: &[u8], source: SocketAddr, destination: SocketAddr, sequence: u32) -> Answer {
    let at = |offset: usize| word(message, offset);
    if message.len() < HEADER + 4 || at(8) != Some(sequence) {
        return Answer::Other;
    }
    match u16::from_ne_bytes([message[4], message[5]]) {
        NLMSG_ERROR => Answer::Error(at(HEADER).map_or(NO_ENTRY, |errno| (errno as i32).saturating_neg())),
        SOCK_DIAG_BY_FAMILY => Answer::Socket(sighting(&message[HEADER..], source, destination)),
        _ => Answer::Other,
    }
}

/// Where there is no such connection the kernel answers with a listener on the same port.
fn sighting(message: &[u8], source: SocketAddr, destination: SocketAddr) -> Option<Sighting> {
    let port = |offset: usize| Some(u16::from_be_bytes(message.get(offset..offset + 2)?.try_into().ok()?));
    let is_it = *message.get(1)? != TCP_LISTEN
        && (port(4), port(6)) == (Some(source.port()), Some(destination.port()));
    let (user, inode) = (word(message, UID)?, word(message, INODE)?);
    (is_it && inode != 0).then_some(Sighting { user, inode: inode.into() })
}

fn word(message: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(message.get(offset..offset + 4)?.try_into().ok()?))
}

/// `struct nlmsghdr`
const HEADER: usize = 16;
const QUESTION: usize = HEADER + 56;
/// The kernel's answer has 124 bytes, with what it may add in later versions.
const ANSWER: usize = 1024;
/// Messages looked at for one question.
const ANSWERS: usize = 8;
/// Offsets in `struct inet_diag_msg`.
const UID: usize = 64;
const INODE: usize = 68;

// linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h, netinet/tcp.h
const NLM_F_REQUEST: u16 = 1;
const NLMSG_ERROR: u16 = 2;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NO_COOKIE: u64 = u64::MAX;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;
const TCP_LISTEN: u8 = 10;
/// ENOENT
const NO_ENTRY: i32 = 2;

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_families_and_mapped_addresses_are_found() {
        let mut diag = SockDiag::open().unwrap();
        for (listen, connect) in
            [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1"), ("127.0.0.1:0", "::ffff:127.0.0.1")]
        {
            let listener = TcpListener::bind(listen).unwrap();
            let server = listener.local_addr().unwrap();
            let client = TcpStream::connect((connect.parse::<IpAddr>().unwrap(), server.port())).unwrap();
            let (_accepted, remote) = listener.accept().unwrap();
            let peer = Peer { local: server, remote };
            let found = diag.find(peer).unwrap().unwrap();
            assert_eq!(found.user, rustix::process::geteuid().as_raw(), "{connect}");
            assert_ne!(found.inode, 0);
            // The server's end is another socket.
            let turned = Peer { local: remote, remote: server };
            assert_ne!(diag.find(turned).unwrap().unwrap().inode, found.inode);
            drop(client);
            assert_eq!(diag.find(peer).unwrap(), None, "nobody holds it any more: {connect}");
        }
    }

    #[test]
    fn a_listener_is_no_client() {
        let mut diag = SockDiag::open().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Peer { remote: listener.local_addr().unwrap(), local: "127.0.0.1:9".parse().unwrap() };
        assert_eq!(diag.find(peer).unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_answer_is_taken(bytes in prop::collection::vec(any::<u8>(), 0..200), sequence in any::<u32>()) {
            let end = "127.0.0.1:1".parse().unwrap();
            let mut message = bytes.clone();
            if message.len() > 12 {
                message[8..12].copy_from_slice(&sequence.to_ne_bytes());
                message[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
            }
            let _ = (answer(&bytes, end, end, sequence), answer(&message, end, end, sequence));
        }
    }
}

//! Doors: one listening socket on loopback for each destination that is answered.
//!
//! Rule: a connection's peer address alone tells which destination it was asked for, so that nothing has to be kept for
//! a connection, and `getpeername` stays true however long it lives. Only connections that the supervisor itself made
//! come through; strangers that find a door are dropped.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;

use super::socket::Said;
use super::{address, socket};

#[derive(Debug, Default)]
pub(super) struct Doors {
    open: Vec<Door>,
}

#[derive(Debug)]
pub(super) struct Door {
    destination: SocketAddr,
    loopback: SocketAddr,
    listener: TcpListener,
}

impl Doors {
    /// The door for connections to `destination`.
    pub(super) fn door(&mut self, destination: SocketAddr) -> Result<&Door, Errno> {
        let at = match self.open.iter().position(|door| door.destination == destination) {
            Some(at) => at,
            None => self.add(Door::open(destination)?),
        };
        Ok(&self.open[at])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Where a program believes that it is connected to, by what the kernel says.
    pub(super) fn destination(&self, peer: SocketAddr) -> Option<SocketAddr> {
        let peer = address::canonical(peer);
        if !peer.ip().is_loopback() {
            return None;
        }
        self.open.iter().find(|door| door.loopback == peer).map(|door| door.destination)
    }

    /// Beyond the bound the oldest door is closed: what came through it goes on, and is seen with its true peer.
    fn add(&mut self, door: Door) -> usize {
        if self.open.len() == MOST_DOORS {
            self.open.remove(0);
        }
        self.open.push(door);
        self.open.len() - 1
    }
}

impl Door {
    /// On machines without IPv6 loopback the door is an IPv4 one, which IPv6 sockets reach as well.
    fn open(destination: SocketAddr) -> Result<Self, Errno> {
        let v4 = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = match destination {
            SocketAddr::V4(_) => v4(),
            SocketAddr::V6(_) => TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).or_else(|_| v4()),
        };
        let ready = |listener: TcpListener| {
            listener.set_nonblocking(true)?;
            Ok((listener.local_addr()?, listener))
        };
        let (loopback, listener) = listener.and_then(ready).map_err(|error| number_of(&error))?;
        // A longer queue than the library asks for, against strangers; the system's bound applies.
        let _ = rustix::net::listen(&listener, BACKLOG);
        Ok(Self { destination, loopback, listener })
    }

    /// Where a socket of this family finds the door.
    pub(super) fn address(&self, on_ipv6: bool) -> SocketAddr {
        match self.loopback {
            SocketAddr::V4(v4) if on_ipv6 => SocketAddr::from((v4.ip().to_ipv6_mapped(), v4.port())),
            other => other,
        }
    }

    /// Connects `near` through the door. Returns the far end, and what the kernel said of the near one.
    pub(super) fn connect(&self, near: &OwnedFd, on_ipv6: bool) -> Result<(TcpStream, Said), Errno> {
        self.turn_away_strangers();
        let said = socket::connect(near, &self.address(on_ipv6))?;
        let far = self.accept(near).inspect_err(|_| socket::disconnect(near))?;
        Ok((far, said))
    }

    /// What waits before our own connection is not ours.
    fn turn_away_strangers(&self) {
        for _ in 0..MOST_STRANGERS {
            if self.listener.accept().is_err() {
                break;
            }
        }
    }

    fn accept(&self, near: &OwnedFd) -> Result<TcpStream, Errno> {
        let expected = socket::local(near).map(address::canonical).ok_or(Errno::CONNREFUSED)?;
        for _ in 0..MOST_STRANGERS {
            match self.listener.accept() {
                Ok((far, peer)) if peer == expected => return Ok(far),
                Ok(_stranger) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    if !socket::wait_readable_unless_failed(&self.listener, near, ACCEPT_LIMIT) {
                        break;
                    }
                    socket::failure(near)?;
                }
                Err(error) => return Err(number_of(&error)),
            }
        }
        Err(Errno::TIMEDOUT)
    }
}

fn number_of(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::CONNREFUSED)
}

const MOST_DOORS: usize = 256;
const BACKLOG: i32 = 4096;
const MOST_STRANGERS: usize = 10_000;
/// Loopback connects within microseconds; a firewall that swallows the packets must not hold everybody else.
const ACCEPT_LIMIT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rustix::net::{AddressFamily, SocketType};

    use super::*;

    fn socket(family: AddressFamily) -> OwnedFd {
        rustix::net::socket(family, SocketType::STREAM, None).unwrap()
    }

    #[test]
    fn strangers_are_turned_away_and_our_own_come_through() {
        let mut doors = Doors::default();
        let destination = "169.254.169.254:80".parse().unwrap();
        let loopback = doors.door(destination).unwrap().loopback;
        let mut strangers: Vec<_> = (0..20).map(|_| TcpStream::connect(loopback).unwrap()).collect();
        let near = socket(AddressFamily::INET);
        let (mut far, said) = doors.door(destination).unwrap().connect(&near, false).unwrap();
        assert_eq!(said, Said::UnderWay);
        far.write_all(b"ours").unwrap();
        let mut heard = [0; 4];
        TcpStream::from(near).read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"ours");
        for stranger in &mut strangers {
            assert!(matches!(stranger.read(&mut heard), Ok(0) | Err(_)), "a stranger heard something");
        }
    }

    #[test]
    fn the_peer_tells_the_destination_until_its_door_is_closed() {
        let mut doors = Doors::default();
        let first: SocketAddr = "169.254.0.1:80".parse().unwrap();
        let peer = doors.door(first).unwrap().loopback;
        let mapped = doors.door(first).unwrap().address(true);
        assert_eq!((doors.destination(peer), doors.destination(mapped)), (Some(first), Some(first)));
        assert_eq!(doors.destination("10.0.0.1:80".parse().unwrap()), None);
        for port in 1000..1000 + u16::try_from(MOST_DOORS).unwrap() {
            doors.door(SocketAddr::from((Ipv4Addr::new(169, 254, 0, 2), port))).unwrap();
        }
        assert_eq!((doors.open.len(), doors.destination(peer)), (MOST_DOORS, None));
    }

    #[test]
    fn a_socket_of_ipv6_reaches_either_kind_of_door() {
        let mut doors = Doors::default();
        for destination in ["169.254.169.254:80", "[fd00:ec2::254]:80"] {
            let door = doors.door(destination.parse().unwrap()).unwrap();
            let near = socket(AddressFamily::INET6);
            assert!(door.connect(&near, true).is_ok(), "{destination}");
        }
    }
}

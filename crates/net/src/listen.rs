//! Listening sockets.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

/// A bound, listening TCP socket. Connections queue up from here on, though nobody accepts them yet.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: tokio::net::TcpListener,
    addr: SocketAddr,
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("{addr} is already in use: stop the program that listens there, or choose another address")]
    InUse { addr: SocketAddr },
    #[error(
        "{addr} may not be listened on by this user: choose a port above 1023, or grant cap_net_bind_service"
    )]
    NotAllowed { addr: SocketAddr },
    #[error("{addr} is not an address of this machine: add it first (`ip addr add {ip} dev lo`), or choose another", ip = addr.ip())]
    NotLocal { addr: SocketAddr },
    #[error("{addr} cannot be listened on")]
    Io { addr: SocketAddr, source: io::Error },
}

impl Listener {
    /// Listens on `addr`; port 0 takes a free one. An IPv6 socket takes IPv6 alone, so that `0.0.0.0` and `::` can both
    /// be bound and an address always shows its family. Must be called within a tokio runtime.
    pub fn bind(addr: SocketAddr) -> Result<Self, BindError> {
        listen(addr).map_err(|error| BindError::new(addr, error))
    }

    /// Where it listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }
}

fn listen(addr: SocketAddr) -> io::Result<Listener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Connections of a server that just ended must not hold its port for a minute.
    socket.set_reuse_address(true)?;
    // Accepted sockets inherit it (tcp(7) and measured by this crate's tests): one system call less per connection.
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    let socket = tokio::net::TcpListener::from_std(socket.into())?;
    let addr = socket.local_addr()?;
    Ok(Listener { socket, addr })
}

impl BindError {
    fn new(addr: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::InUse { addr },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { addr },
            io::ErrorKind::AddrNotAvailable => Self::NotLocal { addr },
            _ => Self::Io { addr, source },
        }
    }
}

/// Connections that wait for accept; the kernel caps it at `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let first = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let addr = first.local_addr();
        let error = Listener::bind(addr).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{addr} is already in use: stop the program that listens there, or choose another address"
            )
        );
    }

    #[tokio::test]
    async fn a_foreign_address_is_named() {
        // 192.0.2.0/24 is for documentation (RFC 5737): nobody's machine has it.
        let error = Listener::bind(SocketAddr::from(([192, 0, 2, 1], 0))).unwrap_err();
        assert!(error.to_string().contains("`ip addr add 192.0.2.1 dev lo`"), "{error}");
    }

    #[tokio::test]
    async fn both_families_share_a_port() {
        let v6 = Listener::bind("[::1]:0".parse().unwrap()).unwrap();
        let port = v6.local_addr().port();
        let wild = Listener::bind(SocketAddr::from(([0, 0, 0, 0], port)));
        assert!(wild.is_ok(), "{wild:?}");
    }

    #[tokio::test]
    async fn accepted_sockets_inherit_nodelay() {
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let _client = std::net::TcpStream::connect(listener.local_addr()).unwrap();
        let (accepted, _) = listener.socket.accept().await.unwrap();
        assert!(accepted.nodelay().unwrap());
    }
}

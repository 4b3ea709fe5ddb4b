//! How `linklocal run` hands a program's connections to the server: a session on a Unix socket in the data directory, a
//! message with one descriptor per connection.
//!
//! Rule: a message is whole or it is nothing (SOCK_SEQPACKET keeps their bounds), and as long as one session is open the
//! server is in use.

mod line;
mod message;

pub(crate) use line::{Line, LineError};
pub(crate) use message::{GREETING, MAX_MESSAGE, Message};

use std::io;
use std::path::Path;

use socket2::{Domain, SockAddr, Socket, Type};

/// A socket for sessions and its address.
fn socket(path: &Path) -> io::Result<(Socket, SockAddr)> {
    Ok((Socket::new(Domain::UNIX, KIND, None)?, SockAddr::unix(path)?))
}

/// A listening socket for sessions, which is not to wait.
pub(crate) fn listener(path: &Path) -> io::Result<std::os::unix::net::UnixListener> {
    let (socket, address) = socket(path)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address)?;
    socket.listen(BACKLOG)?;
    Ok(std::os::fd::OwnedFd::from(socket).into())
}

/// Apple's systems have no SEQPACKET for Unix sockets. No connection is handed over there: all that a session says is
/// that the server is in use.
const KIND: Type = if cfg!(target_os = "linux") { Type::SEQPACKET } else { Type::STREAM };
/// Sessions that wait to be accepted.
const BACKLOG: i32 = 128;

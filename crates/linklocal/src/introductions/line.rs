//! The side of `linklocal run`: a session that is kept, and messages on it.
//!
//! Rule: a server that is gone, stopped or full costs the program that connects an error after [`PATIENCE`], never a
//! hang. One that was started again is found again.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use socket2::Socket;

use super::message::{GREETING, MAX_MESSAGE, Message};
use crate::admin;

/// A session with a server.
#[derive(Debug)]
pub(crate) struct Line {
    path: PathBuf,
    session: Mutex<Socket>,
    server_user: u32,
}

/// There is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    /// Nobody listens, or whoever did is about to end.
    #[error("{}: no server takes connections of programs here", .0.display())]
    NoServer(PathBuf),
    #[error("{}: the server cannot be reached", path.display())]
    Connect { path: PathBuf, source: io::Error },
    #[error("{}: the server there is user {user}'s, who could answer whatever they like", path.display())]
    Stranger { path: PathBuf, user: u32 },
    #[error("{}: the server speaks in a form that this version does not know", .0.display())]
    Foreign(PathBuf),
}

impl Line {
    /// Opens a session. From here on the server stays.
    pub(crate) fn open(path: &Path) -> Result<Self, LineError> {
        let (session, server_user) = session(path)?;
        Ok(Self { path: path.to_owned(), session: Mutex::new(session), server_user })
    }

    /// The user whose server it is.
    pub(crate) fn server_user(&self) -> u32 {
        self.server_user
    }

    /// Hands the far end of a connection to the server.
    pub(crate) fn introduce(&self, message: &Message, far_end: &TcpStream) -> io::Result<()> {
        let bytes = message.encode();
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        match send(&session, &bytes, far_end) {
            Err(error) if is_gone(&error) => {
                *session = again(&self.path, self.server_user)?;
                send(&session, &bytes, far_end)
            }
            sent => sent,
        }
    }
}

/// A session, and whose server it is with.
fn session(path: &Path) -> Result<(Socket, u32), LineError> {
    let failed = |source: io::Error| match source.kind() {
        // A refusal is the socket of a server that died.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => LineError::NoServer(path.to_owned()),
        _ => LineError::Connect { path: path.to_owned(), source },
    };
    let connect = || {
        let (socket, address) = super::socket(path)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.connect(&address)?;
        let user = server_user(&socket)?;
        Ok((socket, user))
    };
    let (socket, user) = connect().map_err(failed)?;
    if !admin::may_answer(user) {
        return Err(LineError::Stranger { path: path.to_owned(), user });
    }
    match greeting(&socket) {
        Ok(words) if words == GREETING => Ok((socket, user)),
        Ok(words) if words.is_empty() => Err(LineError::NoServer(path.to_owned())),
        Ok(_) => Err(LineError::Foreign(path.to_owned())),
        Err(error) if is_gone(&error) => Err(LineError::NoServer(path.to_owned())),
        Err(error) => Err(failed(error)),
    }
}

/// A server that was started again. One that is not there any more refuses, and another user's is another server.
fn again(path: &Path, before: u32) -> io::Result<Socket> {
    let refused = |error| io::Error::new(io::ErrorKind::ConnectionRefused, error);
    match session(path).map_err(refused)? {
        (socket, user) if user == before => Ok(socket),
        (_, user) => Err(refused(LineError::Stranger { path: path.to_owned(), user })),
    }
}

/// The user that began to listen, as the kernel noted it then.
#[cfg(target_os = "linux")]
fn server_user(socket: &Socket) -> io::Result<u32> {
    Ok(rustix::net::sockopt::socket_peercred(socket)?.uid.as_raw())
}

/// Elsewhere a session hands nothing over, and the admin socket tells whose the server is.
#[cfg(not(target_os = "linux"))]
fn server_user(_: &Socket) -> io::Result<u32> {
    Ok(rustix::process::geteuid().as_raw())
}

/// Empty where the server closed the session.
fn greeting(socket: &Socket) -> io::Result<Vec<u8>> {
    let mut bytes = [0; MAX_MESSAGE];
    let mut reader = socket;
    let length = io::Read::read(&mut reader, &mut bytes)?;
    Ok(bytes[..length].to_vec())
}

fn send(session: &Socket, bytes: &[u8], far_end: &TcpStream) -> io::Result<()> {
    let descriptors = [far_end.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fits = ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    debug_assert!(fits, "the space is for one descriptor");
    rustix::net::sendmsg(session, &[IoSlice::new(bytes)], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::BrokenPipe | Kind::ConnectionReset | Kind::NotConnected)
}

/// Far above what a server under load takes to make room for a message.
const PATIENCE: Duration = Duration::from_secs(2);

//! Where sessions of `linklocal run` come in, and their connections.
//!
//! Rule: whoever opens a session is the owner of the data directory or root, and still nothing it sends can do more than
//! end its own connections. A message that is no introduction costs the connection that came with it.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use imds::Service;
use net::{Introduction, Shutdown};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags};
use tokio::io::Interest;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use crate::admin;
use crate::introductions::{self, GREETING, MAX_MESSAGE, Message};

/// The open door.
#[derive(Debug)]
pub(crate) struct Introductions {
    listener: UnixListener,
    owner: u32,
}

/// The socket cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntroductionsError {
    #[error("{}: the socket for `linklocal run` cannot be opened", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Stale(#[from] sys::fs::ReplaceError),
}

/// A message that is no introduction.
#[derive(Debug, thiserror::Error)]
enum IntroductionError {
    #[error("its text")]
    Text(#[from] serde_json::Error),
    #[error("longer than {MAX_MESSAGE} bytes, or with more than one descriptor")]
    TooMuch,
    #[error("no descriptor came with it")]
    NoDescriptor,
    #[error("its descriptor is not a connected TCP socket")]
    NotConnected(#[source] io::Error),
}

impl Introductions {
    /// Opens the socket. The caller holds the data directory's lock, so one that is there belongs to a dead server.
    pub(crate) fn listen(path: &Path) -> Result<Self, IntroductionsError> {
        sys::fs::remove(path)?;
        let open = || {
            let listener = introductions::listener(path)?;
            admin::keep_private(path)?;
            UnixListener::from_std(listener)
        };
        let listener = open().map_err(|source| IntroductionsError::Open { path: path.to_owned(), source })?;
        Ok(Self { listener, owner: rustix::process::geteuid().as_raw() })
    }

    /// Takes sessions until `shutdown` starts. With `while_used` it starts the shutdown itself, when the last session has
    /// ended or none has come.
    pub(crate) async fn serve(self, service: Arc<Service>, while_used: bool, shutdown: Shutdown) {
        let mut sessions = JoinSet::new();
        let mut came = false;
        loop {
            tokio::select! {
                // First what has come, then what has ended: a session that waits to be accepted counts.
                biased;
                accepted = self.listener.accept(), if sessions.len() < MAX_SESSIONS => match accepted {
                    Ok((stream, _)) if admin::may_call(&stream, self.owner) => {
                        came = true;
                        sessions.spawn(session(stream, Arc::clone(&service)));
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "a session of `linklocal run` was not accepted");
                        tokio::time::sleep(PAUSE).await;
                    }
                },
                Some(_) = sessions.join_next() => {
                    if while_used && sessions.is_empty() {
                        break;
                    }
                }
                () = tokio::time::sleep(FIRST_SESSION), if while_used && !came => break,
                () = shutdown.started() => break,
            }
        }
        // Closed before the end begins: whoever comes now sees that nobody is here, and starts a server.
        drop(self);
        if while_used {
            shutdown.start();
        }
        // Connections that were handed over end with the others; a session says nothing any more.
        sessions.shutdown().await;
    }
}

async fn session(stream: UnixStream, service: Arc<Service>) {
    let peer = stream.peer_cred().ok().and_then(|peer| u32::try_from(peer.pid()?).ok());
    if stream.try_write(GREETING).is_err() {
        return;
    }
    loop {
        let mut bytes = [0; MAX_MESSAGE];
        let received = stream.async_io(Interest::READABLE, || receive(&stream, &mut bytes)).await;
        let (length, parcel) = match received {
            Ok(Some(received)) => received,
            Ok(None) => return,
            Err(error) => {
                tracing::debug!(%error, "a session of `linklocal run` broke");
                return;
            }
        };
        let introduced = introduction(&bytes[..length], parcel, peer).and_then(|(socket, it)| {
            imds::adopt(socket, it, &service).map_err(IntroductionError::NotConnected)
        });
        if let Err(error) = introduced {
            tracing::warn!("no introduction: {}", crate::failure::Failure::of(&error).message);
        }
    }
}

/// What came with a message: its one descriptor.
type Parcel = Result<OwnedFd, IntroductionError>;

/// The next message; `None` at the end of the session.
fn receive(stream: &UnixStream, bytes: &mut [u8]) -> io::Result<Option<(usize, Parcel)>> {
    // Room for one more than is allowed; what is above that the kernel closes and says so.
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(bytes)];
    let received = rustix::net::recvmsg(stream, &mut slices, &mut ancillary, FLAGS)?;
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(those) = message {
            descriptors.extend(those);
        }
    }
    if received.bytes == 0 && descriptors.is_empty() {
        return Ok(None);
    }
    let cut = received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC);
    let parcel = match (descriptors.pop(), descriptors.is_empty()) {
        (Some(only), true) if !cut => Ok(only),
        (None, _) if !cut => Err(IntroductionError::NoDescriptor),
        _ => Err(IntroductionError::TooMuch),
    };
    Ok(Some((received.bytes, parcel)))
}

fn introduction(
    bytes: &[u8],
    parcel: Parcel,
    peer: Option<u32>,
) -> Result<(tokio::net::TcpStream, Introduction), IntroductionError> {
    let socket = connected(parcel?).map_err(IntroductionError::NotConnected)?;
    let Message { destination, process_id, supervisor_id, instance_id } = Message::decode(bytes)?;
    // Where the two count processes differently the number is another's here. The supervisor stands for its programs
    // then: it has their user and their container.
    let process_id = if peer == Some(supervisor_id) { process_id } else { peer.unwrap_or(0) };
    Ok((socket, Introduction { destination, process_id, instance_id: Some(instance_id) }))
}

/// The descriptor as what it must be: a TCP socket that is connected.
fn connected(descriptor: OwnedFd) -> io::Result<tokio::net::TcpStream> {
    let socket = socket2::Socket::from(descriptor);
    let unfit = |what| io::Error::new(io::ErrorKind::InvalidInput, what);
    if socket.r#type()? != socket2::Type::STREAM {
        return Err(unfit("it is no stream"));
    }
    if socket.peer_addr()?.as_socket().is_none() {
        return Err(unfit("it is not of IP"));
    }
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    tokio::net::TcpStream::from_std(TcpStream::from(socket))
}

/// Sessions at once; further ones wait.
pub(crate) const MAX_SESSIONS: usize = 1024;
/// After a failed accept, which is most often a lack of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);
/// Whoever had a server started opens a session at once.
const FIRST_SESSION: Duration = Duration::from_secs(10);
/// The server starts no programs, so on systems without the flag nothing can inherit a descriptor either.
#[cfg(target_os = "linux")]
const FLAGS: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const FLAGS: RecvFlags = RecvFlags::empty();

//! A connection as its service sees it.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socket2::{SockRef, Socket};
use tokio::net::TcpStream;
use types::Secret;

use crate::Introduction;
use crate::connections::Pace;
use crate::progress::{Phase, Progress};
use crate::tls::Security;

/// Both ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    /// The address that the client connected to.
    pub local: SocketAddr,
    /// The client's address.
    pub remote: SocketAddr,
}

/// One connection, handed to the service with each of its requests.
#[derive(Debug)]
pub struct Link<M> {
    number: u64,
    peer: Peer,
    introduction: Option<Introduction>,
    /// Boxed, since most connections have none.
    security: Option<Box<Security>>,
    memory: M,
    pub(crate) line: Arc<Line>,
    pub(crate) pace: Arc<Pace>,
    /// What only a client that received the last limited reply can know.
    proof: Mutex<Option<Secret<Vec<u8>>>>,
}

/// What service, stream and sweep know of one connection together.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) progress: Progress,
    /// IP TTL or hop limit that replies are to leave with; 0 is the system's default.
    pub(crate) hops: AtomicU8,
    /// Whether what is written next was said by the service.
    pub(crate) answered: AtomicBool,
    /// Whether more of the body of the answer in hand is to come.
    pub(crate) streams: AtomicBool,
    /// Whether the client may still be sending when the connection closes.
    pub(crate) linger: AtomicBool,
    requests: AtomicU32,
    /// The socket once more, to look at without the stream.
    glass: Mutex<Option<Socket>>,
    /// An [`Ending`].
    ending: AtomicU8,
}

/// How a connection is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With its last answer.
    Answer,
    /// Without an answer, when the client goes.
    Silence,
    /// With a TCP reset, at once.
    Reset,
    /// With a TCP reset after the next answer's head.
    HeadAndReset,
}

impl<M: Default> Link<M> {
    pub(crate) fn new(
        number: u64,
        peer: Peer,
        introduction: Option<Introduction>,
        line: Arc<Line>,
        pace: Arc<Pace>,
    ) -> Self {
        let (security, memory, proof) = (None, M::default(), Mutex::new(None));
        Self { number, peer, introduction, security, memory, line, pace, proof }
    }

    pub(crate) fn secured(self, security: Option<Security>) -> Self {
        Self { security: security.map(Box::new), ..self }
    }
}

impl<M> Link<M> {
    /// Tells connections of one server apart. They are counted from 1 as they come.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many requests have come on this connection, the one that is being answered included.
    pub fn requests(&self) -> u32 {
        self.line.requests.load(Relaxed)
    }

    /// What the service keeps of this connection.
    pub fn memory(&self) -> &M {
        &self.memory
    }

    /// Who asked for this connection, where somebody trusted told it.
    pub fn introduction(&self) -> Option<&Introduction> {
        self.introduction.as_ref()
    }

    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// How TLS protects the connection; `None` where it does not.
    pub fn security(&self) -> Option<&Security> {
        self.security.as_deref()
    }

    /// Whether the server is shutting down: answers then end their connection.
    pub fn is_draining(&self) -> bool {
        self.pace.is_draining()
    }

    /// This reply, which hands `proof` to the client, leaves with `hops` as its IP TTL (hop limit over IPv6), and so
    /// does whatever follows on this connection until [`Link::lift_hop_limit`] is shown the same bytes.
    ///
    /// The limit cannot end with the reply itself: TCP repeats what was not acknowledged with the TTL of that later
    /// moment, so a client out of reach could send a second request and have the limited reply sent to it again in
    /// full. Clients within reach see no difference: what follows reaches them too.
    pub fn limit_hops(&self, hops: u8, proof: &[u8]) {
        self.line.hops.store(hops, Relaxed);
        *self.proof.lock().unwrap_or_else(PoisonError::into_inner) = Some(Secret::new(proof.to_vec()));
    }

    /// Ends the limit if `shown` is the last limited reply's proof: the client has received that reply, and all before
    /// it.
    pub fn lift_hop_limit(&self, shown: &[u8]) {
        if !self.is_hop_limited() {
            return;
        }
        // The constant-time comparison of `Secret` needs both sides to be one.
        let shown = Secret::new(shown.to_vec());
        let mut proof = self.proof.lock().unwrap_or_else(PoisonError::into_inner);
        if proof.as_ref() == Some(&shown) {
            *proof = None;
            self.line.hops.store(0, Relaxed);
        }
    }

    pub fn is_hop_limited(&self) -> bool {
        self.line.hops.load(Relaxed) != 0
    }

    /// Has the client wait: until [`Link::resume`], the answer in the making is late on purpose, and not for being stuck.
    /// After five minutes the connection ends; before that, if its place is needed.
    pub fn hold(&self) {
        self.line.progress.enter(Phase::Held, self.pace.tick());
    }

    /// Ends [`Link::hold`].
    pub fn resume(&self) {
        self.line.progress.enter(Phase::Busy, self.pace.tick());
    }

    /// Whether the client has ended the connection, or its side of it, while it waits for an answer. It is not seen where
    /// [`Connections::watch_clients`](crate::Connections::watch_clients) was off when the request came.
    pub fn has_client_left(&self) -> bool {
        self.line.has_client_left()
    }

    /// Leaves the client without an answer. The connection stays open until the client ends it, for five minutes at
    /// most; the service's promise of an answer is dropped.
    ///
    /// A client that shuts only its sending side down cannot be told from one that is gone, and is let go.
    pub fn silence(&self) {
        self.line.end(Ending::Silence);
    }

    /// Ends the connection with a TCP reset; the service's promise of an answer is dropped.
    pub fn reset(&self) {
        self.line.end(Ending::Reset);
    }

    /// Ends the connection with a TCP reset once the head of the answer that follows has been written.
    pub fn reset_after_head(&self) {
        self.line.end(Ending::HeadAndReset);
    }

    /// Notes that a request's head is complete. With a body that nobody reads, the connection will have to be closed with care.
    pub(crate) fn begin(&self, has_body: bool) {
        self.line.progress.enter(Phase::Busy, self.pace.tick());
        self.line.answered.store(true, Relaxed);
        // A connection's requests come one after the other, so nobody else adds.
        self.line.requests.store(self.requests().saturating_add(1), Relaxed);
        if has_body {
            self.line.linger.store(true, Relaxed);
        }
    }
}

impl Line {
    pub(crate) fn new(tick: u32) -> Self {
        Self {
            progress: Progress::new(tick),
            hops: AtomicU8::new(0),
            answered: AtomicBool::new(false),
            streams: AtomicBool::new(false),
            linger: AtomicBool::new(false),
            requests: AtomicU32::new(0),
            glass: Mutex::new(None),
            ending: AtomicU8::new(Ending::Answer as u8),
        }
    }

    /// Notes that a request's body was read to its end: nothing of it is left to be read away.
    pub(crate) fn end_body(&self, tick: u32) {
        self.progress.enter(Phase::Busy, tick);
        self.linger.store(false, Relaxed);
    }

    /// Takes a second look at the socket from now on, until [`Line::lose_sight`]. Without one, clients never leave.
    pub(crate) fn keep_in_sight(&self, socket: &TcpStream) {
        let mut glass = self.glass();
        if glass.is_none() {
            *glass = SockRef::from(socket).try_clone().ok();
        }
    }

    /// A socket ends with its last descriptor.
    pub(crate) fn lose_sight(&self) {
        *self.glass() = None;
    }

    fn has_client_left(&self) -> bool {
        let glass = self.glass();
        let Some(socket) = glass.as_ref() else { return false };
        match socket.peek(&mut [MaybeUninit::uninit()]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
        }
    }

    fn glass(&self) -> MutexGuard<'_, Option<Socket>> {
        self.glass.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn end(&self, ending: Ending) {
        self.ending.store(ending as u8, Relaxed);
    }

    pub(crate) fn ending(&self) -> Ending {
        match self.ending.load(Relaxed) {
            0 => Ending::Answer,
            1 => Ending::Silence,
            2 => Ending::Reset,
            _ => Ending::HeadAndReset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link<()> {
        let end = SocketAddr::from(([127, 0, 0, 1], 1));
        Link::new(
            1,
            Peer { local: end, remote: end },
            None,
            Arc::new(Line::new(0)),
            Arc::new(Pace::default()),
        )
    }

    #[test]
    fn only_the_last_proof_lifts_the_hop_limit() {
        let link = link();
        link.limit_hops(1, b"first");
        link.limit_hops(2, b"second");
        for shown in [&b""[..], b"first", b"secon", b"second "] {
            link.lift_hop_limit(shown);
            assert!(link.is_hop_limited(), "{shown:?}");
        }
        link.lift_hop_limit(b"second");
        assert!(!link.is_hop_limited());
    }
}

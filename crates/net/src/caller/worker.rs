//! The thread that looks through `/proc`.
//!
//! Rule: the event loop never waits for it. What it does not get done in time is answered without it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use sys::Proc;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::budget::Budget;
use super::describe::{self, Descriptions};
use super::search::{Found, PATIENCE, Search};
use super::sockets::{self, Sighting};
use super::users::Users;
use super::{Caller, Place, Process};
use crate::Peer;

/// A question for the thread.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) peer: Peer,
    pub(super) clue: Clue,
    pub(super) answer: oneshot::Sender<Caller>,
}

/// What is known already.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clue {
    /// Somebody trusted named the process.
    Process(u32),
    /// The kernel named the socket.
    Socket(Sighting),
    /// The kernel knows no such socket in this network namespace.
    NoSocket,
    /// The kernel could not be asked; its tables have to be read.
    Unasked,
}

/// Where questions are put.
#[derive(Debug)]
pub(super) struct Desk(SyncSender<Job>);

impl Desk {
    /// Starts the thread. It ends when the desk is gone.
    pub(super) fn open(budget: Arc<Budget>) -> std::io::Result<Self> {
        let (sender, jobs) = sync_channel(QUEUE);
        let work = move || Worker::new(Proc::system(), budget).work(&jobs);
        std::thread::Builder::new().name("callers".to_owned()).spawn(work)?;
        Ok(Self(sender))
    }

    /// Puts a question, unless too many wait.
    pub(super) fn put(&self, job: Job) -> Result<(), TrySendError<Job>> {
        self.0.try_send(job)
    }
}

struct Worker {
    search: Search,
    descriptions: Descriptions,
    users: Users,
    budget: Arc<Budget>,
    /// Addresses that nobody of this machine had, and when that was.
    strangers: HashMap<IpAddr, Instant>,
}

impl Worker {
    fn new(proc: Proc, budget: Arc<Budget>) -> Self {
        Self {
            search: Search::new(proc),
            descriptions: Descriptions::default(),
            users: Users::default(),
            budget,
            strangers: HashMap::new(),
        }
    }

    fn work(mut self, jobs: &Receiver<Job>) {
        while let Ok(Job { peer, clue, answer }) = jobs.recv() {
            // Nobody waits any more for what waited too long.
            if answer.is_closed() {
                continue;
            }
            let start = Instant::now();
            // Whoever asked may have gone meanwhile.
            let _ = answer.send(self.caller(peer, clue, start));
            self.budget.spend(start.elapsed());
        }
    }

    fn caller(&mut self, peer: Peer, clue: Clue, now: Instant) -> Caller {
        let until = now + PATIENCE;
        let address = peer.remote.ip();
        match clue {
            Clue::Process(id) => self.introduced(id, address, now),
            Clue::Socket(sighting) => self.holder(sighting, address, until),
            Clue::Unasked => match self.in_own_tables(peer) {
                Some(sighting) => self.holder(sighting, address, until),
                None => self.stranger(peer, until),
            },
            Clue::NoSocket => self.stranger(peer, until),
        }
    }

    fn introduced(&mut self, id: u32, address: IpAddr, now: Instant) -> Caller {
        let process = self.process(id, now);
        let user = process.as_ref().and_then(|_| describe::user(self.search.proc(), id));
        let user = user.map(|id| self.users.user(id, now));
        Caller { place: Place::ThisMachine, address, user, process }
    }

    fn holder(&mut self, sighting: Sighting, address: IpAddr, until: Instant) -> Caller {
        let now = Instant::now();
        let process = self.search.holder(sighting, until).and_then(|id| self.process(id, now));
        let user = Some(self.users.user(sighting.user, now));
        Caller { place: Place::ThisMachine, address, user, process }
    }

    fn process(&mut self, id: u32, now: Instant) -> Option<Process> {
        self.descriptions.describe(self.search.proc(), id, now)
    }

    /// Somebody without a socket in this network namespace: in another one, on another machine, or gone.
    fn stranger(&mut self, peer: Peer, until: Instant) -> Caller {
        let (address, now) = (peer.remote.ip(), Instant::now());
        if self.strangers.get(&address).is_some_and(|seen| now.saturating_duration_since(*seen) < FORGET) {
            return Caller::unknown(Place::Elsewhere, address);
        }
        if is_own(peer) {
            return Caller::unknown(Place::ThisMachine, address);
        }
        match self.search.elsewhere(peer, until) {
            Found::Socket(sighting) => {
                Caller { place: Place::Container, ..self.holder(sighting, address, until) }
            }
            Found::Several => Caller::unknown(Place::Container, address),
            Found::Nowhere => {
                if self.strangers.len() >= STRANGERS {
                    self.strangers.clear();
                }
                self.strangers.insert(address, now);
                Caller::unknown(Place::Elsewhere, address)
            }
        }
    }

    fn in_own_tables(&self, peer: Peer) -> Option<Sighting> {
        let read = |table| self.search.proc().read(table, TABLE);
        ["self/net/tcp", "self/net/tcp6"].into_iter().find_map(|table| sockets::find(&read(table)?, peer))
    }
}

/// Whether the client's address is one of this machine's own, in this network namespace: it can be listened on.
fn is_own(peer: Peer) -> bool {
    let address = peer.remote.ip().to_canonical();
    address.is_loopback()
        || address == peer.local.ip().to_canonical()
        || TcpListener::bind(SocketAddr::new(address, 0)).is_ok()
}

/// Questions that may wait.
const QUEUE: usize = 256;
/// How long an address stays a stranger's. A container that is started with it meanwhile is unknown until then.
const FORGET: Duration = Duration::from_secs(2);
const STRANGERS: usize = 4096;
/// Of a socket table: 150 bytes are one socket.
const TABLE: usize = 4 * 1024 * 1024;

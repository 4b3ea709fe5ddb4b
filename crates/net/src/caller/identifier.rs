//! Finds out who calls.
//!
//! Rule: first the user, from the kernel and at once; then the process, on a thread of its own. A client whose process
//! cannot be found in time is answered as what is known of it.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::budget::Budget;
#[cfg(target_os = "linux")]
use super::sock_diag::SockDiag;
use super::worker::{Clue, Desk, Job};
use super::{Caller, Place, User};
use crate::{Introduction, Peer};

/// Names the client of a connection. Clones share what they know.
#[derive(Clone)]
pub struct Identifier(Source);

#[derive(Clone)]
enum Source {
    System(Arc<System>),
    Fake { answer: Arc<dyn Fn(Peer) -> Caller + Send + Sync>, has_time: Arc<dyn Fn() -> bool + Send + Sync> },
    Off,
}

struct System {
    kernel: Mutex<Kernel>,
    /// `None` where no thread can be had.
    desk: Option<Desk>,
    budget: Arc<Budget>,
}

/// The answer to come, within a quarter of a second.
pub type Identification = Pin<Box<dyn Future<Output = Arc<Caller>> + Send>>;

impl Identifier {
    /// Asks the kernel.
    pub fn system() -> Self {
        let budget = Arc::new(Budget::new(Instant::now()));
        let desk = Desk::open(Arc::clone(&budget)).ok();
        if desk.is_none() {
            tracing::warn!("no thread to look for callers: processes stay unknown");
        }
        Self(Source::System(Arc::new(System { kernel: Mutex::new(Kernel::open()), desk, budget })))
    }

    /// Knows nobody.
    pub fn off() -> Self {
        Self(Source::Off)
    }

    /// Says what `answer` says, for tests.
    pub fn fake(answer: impl Fn(Peer) -> Caller + Send + Sync + 'static) -> Self {
        Self::fake_while(answer, || true)
    }

    /// The same, and has time for those who need not be identified while `has_time`.
    pub fn fake_while(
        answer: impl Fn(Peer) -> Caller + Send + Sync + 'static,
        has_time: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Source::Fake { answer: Arc::new(answer), has_time: Arc::new(has_time) })
    }

    /// Whether there is time to identify somebody who need not be.
    pub fn affords(&self) -> bool {
        match &self.0 {
            Source::System(system) => system.budget.affords(Instant::now()),
            Source::Fake { has_time, .. } => has_time(),
            Source::Off => true,
        }
    }

    /// Who is at the other end of `peer`. Must be called within a tokio runtime.
    pub fn identify(&self, peer: Peer, introduction: Option<&Introduction>) -> Identification {
        match &self.0 {
            Source::System(system) => system.identify(peer, introduction),
            Source::Fake { answer, .. } => at_once(answer(peer)),
            Source::Off => at_once(Caller::unknown(Place::ThisMachine, peer.remote.ip())),
        }
    }
}

impl System {
    fn identify(&self, peer: Peer, introduction: Option<&Introduction>) -> Identification {
        let start = Instant::now();
        let clue = self.clue(peer, introduction);
        let known = known(peer, clue);
        let (answer, answered) = oneshot::channel();
        let put = self.desk.as_ref().map(|desk| desk.put(Job { peer, clue, answer }));
        self.budget.spend(start.elapsed());
        match put {
            Some(Ok(())) => Box::pin(async move {
                match tokio::time::timeout(PATIENCE, answered).await {
                    Ok(Ok(caller)) => Arc::new(caller),
                    _ => Arc::new(known),
                }
            }),
            _ => at_once(known),
        }
    }

    /// What can be said without looking through processes.
    fn clue(&self, peer: Peer, introduction: Option<&Introduction>) -> Clue {
        match introduction {
            Some(introduction) => Clue::Process(introduction.process_id),
            None => self.kernel.lock().unwrap_or_else(PoisonError::into_inner).clue(peer),
        }
    }
}

/// The caller as far as the clue goes.
fn known(peer: Peer, clue: Clue) -> Caller {
    let user = match clue {
        Clue::Socket(sighting) => Some(User { id: sighting.user, name: None }),
        Clue::Process(_) | Clue::NoSocket | Clue::Unasked => None,
    };
    // Where that is not settled, the place is the one for which rules are stricter.
    Caller { user, ..Caller::unknown(Place::ThisMachine, peer.remote.ip()) }
}

fn at_once(caller: Caller) -> Identification {
    Box::pin(std::future::ready(Arc::new(caller)))
}

/// The kernel's table of sockets.
struct Kernel {
    #[cfg(target_os = "linux")]
    diag: Option<SockDiag>,
}

#[cfg(target_os = "linux")]
impl Kernel {
    fn open() -> Self {
        Self { diag: SockDiag::open().ok() }
    }

    /// A kernel without sock_diag, or a sandbox that forbids it, is not asked again.
    fn clue(&mut self, peer: Peer) -> Clue {
        match self.diag.as_mut().map(|diag| diag.find(peer)) {
            Some(Ok(Some(sighting))) => Clue::Socket(sighting),
            Some(Ok(None)) => Clue::NoSocket,
            Some(Err(error)) => {
                tracing::debug!(%error, "the kernel's socket table is read as text from now on");
                self.diag = None;
                Clue::Unasked
            }
            None => Clue::Unasked,
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Kernel {
    fn open() -> Self {
        Self {}
    }

    fn clue(&mut self, _peer: Peer) -> Clue {
        Clue::Unasked
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifier")
    }
}

/// How long a request waits for its client's process.
const PATIENCE: Duration = Duration::from_millis(250);

//! Calls that wait for the network: isolated programs connect by our hand, and their waiting must hold nobody else.
//!
//! Rule: an errand ends when its call does, so it looks whether somebody still waits, and whether a signal wants the
//! caller back, as often as a person would notice.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, socket_timeout};

use super::listener::{Listener, Reply, Waiting};
use super::memory::Memory;
use super::message::{Batch, Message};
use super::{caller, socket};

#[derive(Debug, Default)]
pub(super) struct Errands {
    under_way: Arc<AtomicUsize>,
}

/// What to try until it succeeds or fails.
#[derive(Debug)]
pub(super) enum Work {
    Connect(Vec<u8>),
    Send(Message),
    /// The first message of several.
    SendFirst(Batch, Message),
}

impl Errands {
    /// Does the work and answers the call. Returns the answer where there is one already.
    pub(super) fn start(
        &self,
        listener: &Arc<Listener>,
        waiting: &Waiting,
        socket: OwnedFd,
        work: Work,
    ) -> Option<Reply> {
        if self.under_way.fetch_add(1, Ordering::AcqRel) >= MOST_ERRANDS {
            self.under_way.fetch_sub(1, Ordering::AcqRel);
            return Some(Reply::Error(Errno::AGAIN));
        }
        let (under_way, listener) = (Arc::clone(&self.under_way), Arc::clone(listener));
        let (id, thread) = (waiting.id, waiting.thread);
        let run = move || {
            if let Some(reply) = attend(&listener, id, thread, &socket, &work) {
                listener.answer(id, reply);
            }
            under_way.fetch_sub(1, Ordering::AcqRel);
        };
        let started = std::thread::Builder::new().name("errand".to_owned()).stack_size(STACK).spawn(run);
        started.err().map(|_| {
            self.under_way.fetch_sub(1, Ordering::AcqRel);
            Reply::Error(Errno::AGAIN)
        })
    }
}

/// `None` where nobody waits any more.
fn attend(listener: &Listener, id: u64, thread: u32, socket: &OwnedFd, work: &Work) -> Option<Reply> {
    let patience = socket_timeout(socket, Timeout::Send).unwrap_or(None).unwrap_or(Duration::MAX);
    let mut waited = Duration::ZERO;
    loop {
        let unfinished = match work.attempt(thread, socket) {
            Ok(value) => return Some(Reply::Value(value)),
            Err(errno @ (Errno::INPROGRESS | Errno::ALREADY | Errno::AGAIN)) => errno,
            Err(errno) => return Some(Reply::Error(errno)),
        };
        while !socket::wait_writable(socket.as_fd(), LOOK_UP) {
            waited += LOOK_UP;
            if !listener.waits(id) {
                return None;
            }
            if caller::signal_waits(thread) {
                // A limit on the waiting is not begun anew, and so ends the call.
                return Some(if patience == Duration::MAX {
                    Reply::Restart
                } else {
                    Reply::Error(Errno::INTR)
                });
            }
            if waited >= patience {
                return Some(Reply::Error(unfinished));
            }
        }
    }
}

impl Work {
    fn attempt(&self, thread: u32, socket: &OwnedFd) -> Result<i64, Errno> {
        match self {
            Self::Connect(address) => socket::start_connect(socket, address).map(|()| 0),
            Self::Send(message) => message.send(socket),
            Self::SendFirst(batch, message) => {
                let sent = message.send(socket)?;
                batch.tell_sent(Memory::of(thread), 0, sent).map(|()| 1)
            }
        }
    }
}

/// As many calls of one tree as may wait for the network at a time.
const MOST_ERRANDS: usize = 512;
const STACK: usize = 128 * 1024;
const LOOK_UP: Duration = Duration::from_millis(25);

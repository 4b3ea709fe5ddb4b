//! The operator: takes each waiting call and sees that it is answered.
//!
//! Rule: whatever cannot be understood goes to the kernel, which knows what to say to it; under isolation it fails
//! instead, because the kernel would look at memory a second time and may find something else there.

mod answer;
mod isolated;
mod peer_name;
mod records;

use std::os::fd::{OwnedFd, RawFd};
use std::sync::Arc;

use rustix::io::Errno;

use super::address;
use super::doors::Doors;
use super::errand::Errands;
use super::listener::{Listener, Reply, Waiting};
use super::memory::Memory;
use super::message::{Batch, Message};
use super::request::{Range, Request};
use crate::{Isolation, Switchboard};
use answer::Service;
use records::{Bounded, Replaced};

pub(super) struct Operator {
    listener: Arc<Listener>,
    switchboard: Arc<dyn Switchboard>,
    isolation: Isolation,
    doors: Doors,
    errands: Errands,
    /// Connections whose callers were interrupted before they heard of them, by socket cookie.
    unheard: Bounded<u64>,
    /// Sockets that were put in place of others, for callers whose descriptors cannot be looked at.
    replaced: Bounded<Replaced>,
}

/// What is to be told to the caller.
enum Outcome {
    Reply(Reply),
    /// A connection was made on this socket.
    Connected(OwnedFd, Reply),
    /// An errand will answer.
    Later,
}

impl Outcome {
    /// What `sendmmsg` says of a first message that connected.
    fn of_batch(self, memory: Memory, batch: Batch) -> Self {
        match self {
            Self::Connected(near, Reply::Value(sent)) => {
                let told = batch.tell_sent(memory, 0, sent);
                Self::Connected(near, told.map_or_else(Reply::Error, |()| Reply::Value(1)))
            }
            other => other,
        }
    }
}

impl Operator {
    pub(super) fn new(
        listener: Arc<Listener>,
        switchboard: Arc<dyn Switchboard>,
        isolation: Isolation,
    ) -> Self {
        let (doors, errands) = (Doors::default(), Errands::default());
        let (unheard, replaced) = (Bounded::default(), Bounded::default());
        Self { listener, switchboard, isolation, doors, errands, unheard, replaced }
    }

    pub(super) fn handle(&mut self, waiting: &Waiting) {
        let outcome = match Request::of(waiting) {
            Ok(Some(request)) => self.outcome(waiting, request),
            Ok(None) => Outcome::Reply(Reply::Continue),
            Err(errno) => self.kernel_or(errno),
        };
        match outcome {
            Outcome::Reply(reply) => {
                self.listener.answer(waiting.id, reply);
            }
            Outcome::Connected(near, reply) => {
                if !self.listener.answer(waiting.id, reply) {
                    self.note_unheard(&near);
                }
            }
            Outcome::Later => {}
        }
    }

    fn outcome(&mut self, waiting: &Waiting, request: Request) -> Outcome {
        let memory = Memory::of(waiting.thread);
        match (request, self.isolation) {
            (Request::PeerName { socket, address, length }, _) => {
                self.peer_name(waiting, socket, address, length)
            }
            (Request::PeerNameOption { socket, value, length }, _) => {
                self.peer_name_option(waiting, socket, value, length)
            }
            (_, Isolation::On) => self.isolated(waiting, request),
            (Request::Connect { socket, address }, _) => self.connect(waiting, socket, address),
            (Request::SendTo { socket, data, length, flags, address }, _) => {
                self.fast_open(waiting, socket, Message::to(memory, data, length, flags, address))
            }
            (Request::SendMessage { socket, message, flags, layout }, _) => {
                self.fast_open(waiting, socket, Message::read(memory, message, layout, flags))
            }
            (Request::SendMessages { socket, batch }, _) => self.fast_open_batch(waiting, socket, batch),
        }
    }

    fn connect(&mut self, waiting: &Waiting, socket: RawFd, address: Range) -> Outcome {
        let Ok(bytes) = address.read(Memory::of(waiting.thread)) else {
            return Outcome::Reply(Reply::Continue);
        };
        let Some(destination) = address::parse_link_local(&bytes) else {
            self.forget_replaced(waiting.thread, socket);
            return Outcome::Reply(Reply::Continue);
        };
        match self.serve(waiting, socket, destination) {
            Service::NotOurs => Outcome::Reply(Reply::Continue),
            service => service.into(),
        }
    }

    /// A send that connects (`MSG_FASTOPEN`). A connection that is ours gets its first bytes at once.
    fn fast_open(&mut self, waiting: &Waiting, socket: RawFd, message: Result<Message, Errno>) -> Outcome {
        let Ok(message) = message else { return Outcome::Reply(Reply::Continue) };
        let Some(destination) = address::parse_link_local(&message.recipient) else {
            return Outcome::Reply(Reply::Continue);
        };
        match with_first_bytes(self.serve(waiting, socket, destination), message) {
            Service::NotOurs => Outcome::Reply(Reply::Continue),
            service => service.into(),
        }
    }

    /// As [`Self::fast_open`]: of several messages the first connects, and the caller sends the others itself.
    fn fast_open_batch(&mut self, waiting: &Waiting, socket: RawFd, batch: Batch) -> Outcome {
        let memory = Memory::of(waiting.thread);
        let message = if batch.count == 0 { Err(Errno::INVAL) } else { batch.read(memory, 0) };
        self.fast_open(waiting, socket, message).of_batch(memory, batch)
    }

    /// The kernel finds the error by itself, except where it is not to look.
    fn kernel_or(&self, errno: Errno) -> Outcome {
        Outcome::Reply(match self.isolation {
            Isolation::Off => Reply::Continue,
            Isolation::On => Reply::Error(errno),
        })
    }
}

/// Sends what the connecting call had to send, for which it returns as a send does.
fn with_first_bytes(service: Service, message: Message) -> Service {
    match service {
        Service::Connected(near, Reply::Value(_) | Reply::Error(Errno::INPROGRESS)) => {
            let flags = message.flags & !libc::MSG_FASTOPEN;
            let sent = Message { recipient: Vec::new(), flags, ..message }.send(&near);
            Service::Connected(near, sent.map_or_else(Reply::Error, Reply::Value))
        }
        other => other,
    }
}

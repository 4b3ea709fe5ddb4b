//! The operator: takes each waiting call and sees that it is answered.
//!
//! Rule: whatever cannot be understood goes to the kernel, which knows what to say to it; under isolation it fails
//! instead, because the kernel would look at memory a second time and may find something else there.

mod answer;
mod isolated;
mod peer_name;
mod records;

use std::net::SocketAddr;
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
use super::socket::{self, Said};
use crate::{Isolation, Switchboard};
use answer::Service;
use records::{Bounded, Replaced, Unheard};

pub(super) struct Operator {
    listener: Arc<Listener>,
    switchboard: Arc<dyn Switchboard>,
    isolation: Isolation,
    doors: Doors,
    errands: Errands,
    /// Connections whose callers were interrupted before they heard of them.
    unheard: Bounded<Unheard>,
    /// Sockets that were put in place of others, for callers whose descriptors cannot be looked at.
    replaced: Bounded<Replaced>,
}

/// What is to be told to the caller.
enum Outcome {
    Reply(Reply),
    /// A connection stands on this socket, which nobody but us has said yet.
    Connected(OwnedFd, Reply),
    /// An errand will answer.
    Later,
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
                    self.note_unheard(&near, reply);
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
                self.fast_open(waiting, socket, Message::to(memory, data, length, flags, address), None)
            }
            (Request::SendMessage { socket, message, flags, layout }, _) => {
                self.fast_open(waiting, socket, Message::read(memory, message, layout, flags), None)
            }
            (Request::SendMessages { socket, batch }, _) => {
                let first = if batch.count == 0 { Err(Errno::INVAL) } else { batch.read(memory, 0) };
                self.fast_open(waiting, socket, first, Some(batch))
            }
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

    /// A send that connects (`MSG_FASTOPEN`): its message, which may be the first of a batch.
    fn fast_open(
        &mut self,
        waiting: &Waiting,
        socket: RawFd,
        message: Result<Message, Errno>,
        batch: Option<Batch>,
    ) -> Outcome {
        let Ok(message) = message else { return Outcome::Reply(Reply::Continue) };
        let Some(destination) = address::parse_link_local(&message.recipient) else {
            return Outcome::Reply(Reply::Continue);
        };
        match self.serve_first_bytes(waiting, socket, destination, message, batch) {
            Service::NotOurs => Outcome::Reply(Reply::Continue),
            service => service.into(),
        }
    }

    /// Connects, and has the first bytes sent: by the kernel where it may look at them again. Of several messages the
    /// caller sends the others itself.
    fn serve_first_bytes(
        &mut self,
        waiting: &Waiting,
        socket: RawFd,
        destination: SocketAddr,
        message: Message,
        batch: Option<Batch>,
    ) -> Service {
        match self.serve(waiting, socket, destination) {
            Service::Connected(_, Said::UnderWay, _) if self.isolation == Isolation::Off => {
                Service::Said(Reply::Continue)
            }
            Service::Connected(near, said, _) => {
                let sent = send_first_bytes(Memory::of(waiting.thread), &near, message, batch);
                if said == Said::UnderWay {
                    // Whoever asks again hears that it stands.
                    let _ = socket::conclude(&near);
                }
                Service::Answered(near, sent.map_or_else(Reply::Error, Reply::Value))
            }
            other => other,
        }
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
fn send_first_bytes(
    memory: Memory,
    near: &OwnedFd,
    message: Message,
    batch: Option<Batch>,
) -> Result<i64, Errno> {
    let flags = message.flags & !libc::MSG_FASTOPEN;
    let sent = Message { recipient: Vec::new(), flags, ..message }.send(near)?;
    match batch {
        Some(batch) => batch.tell_sent(memory, 0, sent).map(|()| 1),
        None => Ok(sent),
    }
}

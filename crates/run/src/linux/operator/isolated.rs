//! Isolation: link-local destinations that nobody answers are unreachable, by TCP and UDP alike.
//!
//! Rule: the address that was looked at is the address that is used. So connections and addressed sends of Internet
//! sockets are made here, on the caller's own socket, from a copy; the kernel never reads the caller's memory again.
//! Sends of streams that are connected bear no address that counts, and other families lead to no network: both
//! continue.

use std::os::fd::{OwnedFd, RawFd};

use rustix::io::Errno;

use super::{Operator, Outcome, Reply};
use crate::platform::caller::Caller;
use crate::platform::errand::Work;
use crate::platform::listener::Waiting;
use crate::platform::memory::Memory;
use crate::platform::message::{Batch, Message};
use crate::platform::request::Request;
use crate::platform::socket::Kind;
use crate::platform::{address, socket};

/// An Internet socket of a caller.
struct Held {
    descriptor: RawFd,
    own: OwnedFd,
    kind: Kind,
}

impl Operator {
    pub(super) fn isolated(&mut self, waiting: &Waiting, request: Request) -> Outcome {
        let outcome = match hold(waiting, request.socket()) {
            Ok(Some(held)) => self.isolated_internet(waiting, &held, request),
            Ok(None) => Ok(Outcome::Reply(Reply::Continue)),
            Err(errno) => Err(errno),
        };
        outcome.unwrap_or_else(|errno| Outcome::Reply(Reply::Error(errno)))
    }

    fn isolated_internet(
        &mut self,
        waiting: &Waiting,
        held: &Held,
        request: Request,
    ) -> Result<Outcome, Errno> {
        let memory = Memory::of(waiting.thread);
        match request {
            Request::Connect { address, .. } => self.isolated_connect(waiting, held, address.read(memory)?),
            Request::SendTo { data, length, flags, address, .. } => {
                let message = || Message::to(memory, data, length, flags, address);
                self.isolated_send(waiting, held, flags, message)
            }
            Request::SendMessage { message, flags, layout, .. } => {
                let message = || Message::read(memory, message, layout, flags);
                self.isolated_send(waiting, held, flags, message)
            }
            Request::SendMessages { batch, .. } => self.isolated_batch(waiting, held, batch),
            Request::PeerName { .. } | Request::PeerNameOption { .. } => Ok(Outcome::Reply(Reply::Continue)),
        }
    }

    fn isolated_connect(&mut self, waiting: &Waiting, held: &Held, bytes: Vec<u8>) -> Result<Outcome, Errno> {
        match address::parse_link_local(&bytes) {
            // TCP goes nowhere by an address of the other family, and the kernel has an error for each case.
            Some(destination) if held.kind.tcp && held.kind.ipv6 != destination.is_ipv6() => {}
            Some(destination) if held.kind.tcp => {
                return Ok(self.serve(waiting, held.descriptor, destination).into());
            }
            Some(_) => return Err(Errno::NETUNREACH),
            None => {}
        }
        self.still_waits(waiting)?;
        if held.kind.stream && socket::is_blocking(&held.own) {
            return self.errand(waiting, held, Work::Connect(bytes));
        }
        socket::connect_bytes(&held.own, &bytes)?;
        Ok(Outcome::Reply(Reply::Value(0)))
    }

    fn isolated_send(
        &mut self,
        waiting: &Waiting,
        held: &Held,
        flags: i32,
        message: impl Fn() -> Result<Message, Errno>,
    ) -> Result<Outcome, Errno> {
        match (held.kind.tcp, flags & libc::MSG_FASTOPEN != 0) {
            (true, false) => return Ok(Outcome::Reply(Reply::Continue)),
            (true, true) => return self.isolated_fast_open(waiting, held, message()?, None),
            (false, _) => {}
        }
        let message = message()?;
        match self.send_checked(waiting, held, &message) {
            Ok(sent) => Ok(Outcome::Reply(Reply::Value(sent))),
            Err(Errno::AGAIN) if held.may_wait(flags) => self.errand(waiting, held, Work::Send(message)),
            Err(errno) => Err(errno),
        }
    }

    /// To others than us, as on a system that has it switched off: programs connect the usual way then.
    fn isolated_fast_open(
        &mut self,
        waiting: &Waiting,
        held: &Held,
        message: Message,
        batch: Option<Batch>,
    ) -> Result<Outcome, Errno> {
        let Some(destination) = address::parse_link_local(&message.recipient) else {
            return Err(Errno::OPNOTSUPP);
        };
        Ok(self.serve_first_bytes(waiting, held.descriptor, destination, message, batch).into())
    }

    /// Several messages: as many as go out at once, or the first when there is room for it.
    fn isolated_batch(&mut self, waiting: &Waiting, held: &Held, batch: Batch) -> Result<Outcome, Errno> {
        if held.kind.tcp {
            if batch.flags & libc::MSG_FASTOPEN == 0 || batch.count == 0 {
                return Ok(Outcome::Reply(Reply::Continue));
            }
            let first = batch.read(Memory::of(waiting.thread), 0)?;
            return self.isolated_fast_open(waiting, held, first, Some(batch));
        }
        let count = batch.count.min(BATCH_LIMIT);
        for index in 0..count {
            match self.isolated_batch_entry(waiting, held, batch, index) {
                Ok(None) => {}
                Ok(Some(outcome)) => return Ok(outcome),
                Err(errno) if index == 0 => return Err(errno),
                Err(_) => return Ok(Outcome::Reply(Reply::Value(index.into()))),
            }
        }
        Ok(Outcome::Reply(Reply::Value(count.into())))
    }

    /// `None` for a message that went out; the outcome of all, where the first has to wait for room.
    fn isolated_batch_entry(
        &self,
        waiting: &Waiting,
        held: &Held,
        batch: Batch,
        index: u32,
    ) -> Result<Option<Outcome>, Errno> {
        let memory = Memory::of(waiting.thread);
        let message = batch.read(memory, index)?;
        match self.send_checked(waiting, held, &message) {
            Ok(sent) => batch.tell_sent(memory, index, sent).map(|()| None),
            Err(Errno::AGAIN) if index == 0 && held.may_wait(batch.flags) => {
                self.errand(waiting, held, Work::SendFirst(batch, message)).map(Some)
            }
            Err(errno) => Err(errno),
        }
    }

    fn send_checked(&self, waiting: &Waiting, held: &Held, message: &Message) -> Result<i64, Errno> {
        check(message)?;
        self.still_waits(waiting)?;
        message.send(&held.own)
    }

    fn errand(&self, waiting: &Waiting, held: &Held, work: Work) -> Result<Outcome, Errno> {
        let own = held.own.try_clone().map_err(|_| Errno::AGAIN)?;
        Ok(self.errands.start(&self.listener, waiting, own, work).map_or(Outcome::Later, Outcome::Reply))
    }

    /// Fails where what was read may be another's; nobody hears the error then.
    fn still_waits(&self, waiting: &Waiting) -> Result<(), Errno> {
        if self.listener.waits(waiting.id) { Ok(()) } else { Err(Errno::INTR) }
    }
}

impl Held {
    fn may_wait(&self, flags: i32) -> bool {
        flags & libc::MSG_DONTWAIT == 0 && socket::is_blocking(&self.own)
    }
}

/// `None` for what is no Internet socket.
fn hold(waiting: &Waiting, descriptor: RawFd) -> Result<Option<Held>, Errno> {
    let own = Caller::of(waiting.thread)?.share(descriptor)?;
    match socket::kind(&own) {
        Some(kind) if kind.internet => Ok(Some(Held { descriptor, own, kind })),
        Some(_) => Ok(None),
        None => Err(Errno::NOTSOCK),
    }
}

fn check(message: &Message) -> Result<(), Errno> {
    match address::parse_recipient(&message.recipient) {
        Some(recipient) if address::is_link_local(recipient) => Err(Errno::NETUNREACH),
        // The pages would be ours and gone too soon; programs copy instead when there is no room for them.
        _ if message.flags & libc::MSG_ZEROCOPY != 0 => Err(Errno::NOBUFS),
        _ => Ok(()),
    }
}

/// `UIO_MAXIOV`, the kernel's own bound.
const BATCH_LIMIT: u32 = 1024;

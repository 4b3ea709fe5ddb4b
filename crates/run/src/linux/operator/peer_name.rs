//! `getpeername`: a program that asks whom it is connected to hears whom it asked for.
//!
//! Rule: only connections through our doors are spoken for; all else is the kernel's.

use std::os::fd::RawFd;

use rustix::io::Errno;

use super::answer::sharing_forbidden;
use super::{Operator, Outcome, Reply};
use crate::platform::caller::Caller;
use crate::platform::listener::Waiting;
use crate::platform::memory::Memory;
use crate::platform::{address, socket};

impl Operator {
    /// The length is asked for and told in one place, and tells the whole address's even where less was room for.
    pub(super) fn peer_name(&self, waiting: &Waiting, socket: RawFd, at: u64, length: u64) -> Outcome {
        self.tell(waiting, socket, |memory, name| {
            let room = i32::from_ne_bytes(memory.read_array(length)?);
            let room = usize::try_from(room).map_err(|_| Errno::INVAL)?;
            memory.write(at, &name[..room.min(name.len())])?;
            memory.write(length, &u32::try_from(name.len()).unwrap_or(0).to_ne_bytes())
        })
    }

    /// `SO_PEERNAME` gives what was asked for and refuses to give more than there is.
    pub(super) fn peer_name_option(&self, waiting: &Waiting, socket: RawFd, at: u64, length: u64) -> Outcome {
        self.tell(waiting, socket, |memory, name| {
            let room = i32::from_ne_bytes(memory.read_array(length)?);
            let room = usize::try_from(room).map_err(|_| Errno::INVAL)?;
            memory.write(at, name.get(..room).ok_or(Errno::INVAL)?)
        })
    }

    fn tell(
        &self,
        waiting: &Waiting,
        socket: RawFd,
        write: impl Fn(Memory, &[u8]) -> Result<(), Errno>,
    ) -> Outcome {
        let Some(name) = self.name_of_peer(waiting.thread, socket) else {
            return Outcome::Reply(Reply::Continue);
        };
        if !self.listener.waits(waiting.id) {
            return Outcome::Reply(Reply::Continue);
        }
        let told = write(Memory::of(waiting.thread), &name);
        Outcome::Reply(told.map_or_else(Reply::Error, |()| Reply::Value(0)))
    }

    fn name_of_peer(&self, thread: u32, descriptor: RawFd) -> Option<Vec<u8>> {
        if self.doors.is_empty() {
            return None;
        }
        match Caller::of(thread).ok()?.share(descriptor) {
            Ok(shared) => {
                let destination = self.doors.destination(socket::peer(&shared)?)?;
                Some(address::encode(destination, socket::kind(&shared)?.ipv6))
            }
            Err(errno) if sharing_forbidden(errno) => {
                let replaced = self.replaced_before(thread, descriptor)?;
                Some(address::encode(replaced.destination, replaced.ipv6))
            }
            Err(_) => None,
        }
    }
}

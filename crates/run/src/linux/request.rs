//! What a waiting call asks for, read from its registers.
//!
//! Rule: registers are cut to the widths that the kernel gives them before anybody looks at them.

use std::os::fd::RawFd;

use rustix::io::Errno;

use super::calls::{self, Ask, Layout, SOCKET_CALLS};
use super::filter::SO_PEERNAME;
use super::listener::Waiting;
use super::memory::Memory;
use super::message::Batch;

/// A place in the caller's memory and a length that nobody has checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) at: u64,
    pub(super) length: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    Connect { socket: RawFd, address: Range },
    SendTo { socket: RawFd, data: u64, length: u64, flags: i32, address: Range },
    SendMessage { socket: RawFd, message: u64, flags: i32, layout: Layout },
    SendMessages { socket: RawFd, batch: Batch },
    PeerName { socket: RawFd, address: u64, length: u64 },
    PeerNameOption { socket: RawFd, value: u64, length: u64 },
}

impl Request {
    /// `None` where the filter let something through that is none of ours.
    pub(super) fn of(waiting: &Waiting) -> Result<Option<Self>, Errno> {
        let Some((ask, layout)) = calls::ask(waiting.architecture, waiting.number) else { return Ok(None) };
        match ask {
            Ask::SocketCall => Self::of_socket_call(waiting),
            _ => Ok(Self::new(ask, layout, waiting.arguments)),
        }
    }

    /// The arguments of `socketcall` lie in memory, as 32-bit words.
    fn of_socket_call(waiting: &Waiting) -> Result<Option<Self>, Errno> {
        let [call, at, ..] = waiting.arguments;
        let known = SOCKET_CALLS.iter().find(|(number, _, _)| u64::from(*number) == call);
        let Some((_, ask, count)) = known else { return Ok(None) };
        let words = Memory::of(waiting.thread).read_vec(at, count * size_of::<u32>())?;
        let mut arguments = [0; 6];
        for (argument, word) in arguments.iter_mut().zip(words.chunks_exact(size_of::<u32>())) {
            *argument = u64::from(u32::from_ne_bytes(word.try_into().expect("chunks are words")));
        }
        Ok(Self::new(*ask, Layout::Narrow, arguments))
    }

    pub(super) fn socket(self) -> RawFd {
        match self {
            Self::Connect { socket, .. }
            | Self::SendTo { socket, .. }
            | Self::SendMessage { socket, .. }
            | Self::SendMessages { socket, .. }
            | Self::PeerName { socket, .. }
            | Self::PeerNameOption { socket, .. } => socket,
        }
    }

    fn new(ask: Ask, layout: Layout, arguments: [u64; 6]) -> Option<Self> {
        let [first, second, third, fourth, fifth, sixth] = arguments;
        let socket = int(first);
        Some(match ask {
            Ask::Connect => Self::Connect { socket, address: Range { at: second, length: int(third) } },
            Ask::SendTo => Self::SendTo {
                socket,
                data: second,
                length: third,
                flags: int(fourth),
                address: Range { at: fifth, length: int(sixth) },
            },
            Ask::SendMessage => Self::SendMessage { socket, message: second, flags: int(third), layout },
            Ask::SendMessages => Self::SendMessages {
                socket,
                batch: Batch { at: second, count: int(third).cast_unsigned(), flags: int(fourth), layout },
            },
            Ask::PeerName => Self::PeerName { socket, address: second, length: third },
            Ask::SocketOption if int(third).cast_unsigned() == SO_PEERNAME => {
                Self::PeerNameOption { socket, value: fourth, length: fifth }
            }
            Ask::SocketOption | Ask::SocketCall | Ask::Ring => return None,
        })
    }
}

impl Range {
    /// The bytes, with the kernel's errors.
    pub(super) fn read(self, memory: Memory) -> Result<Vec<u8>, Errno> {
        match usize::try_from(self.length) {
            Ok(length @ 0..=ADDRESS_LIMIT) => memory.read_vec(self.at, length),
            _ => Err(Errno::INVAL),
        }
    }
}

/// The kernel takes the lower half of the register.
fn int(register: u64) -> i32 {
    #[allow(clippy::cast_possible_truncation, reason = "what the kernel does to an argument of type int")]
    let lower = register as u32;
    lower.cast_signed()
}

/// `sizeof(struct sockaddr_storage)`.
pub(super) const ADDRESS_LIMIT: usize = 128;

//! A message to send, copied from a caller's memory.
//!
//! Rule: read once and then sent from the copy, so that no other thread changes the recipient between the look and the
//! deed. Source: sendmsg(2), cmsg(3), the kernel's `net/compat.c`.

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::io::Errno;

use super::calls::Layout;
use super::listener::last_error;
use super::memory::Memory;
use super::request::{ADDRESS_LIMIT, Range};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// Empty for none.
    pub(super) recipient: Vec<u8>,
    pub(super) data: Vec<u8>,
    /// Control messages in the layout of this program.
    pub(super) control: Vec<u8>,
    pub(super) flags: i32,
}

/// The messages of `sendmmsg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) at: u64,
    pub(super) count: u32,
    pub(super) flags: i32,
    pub(super) layout: Layout,
}

/// `struct msghdr`, as far as a sender fills it.
#[derive(Clone, Copy, Debug)]
struct Head {
    name: u64,
    name_length: i32,
    vectors: u64,
    vector_count: u64,
    control: u64,
    control_length: u64,
}

impl Message {
    /// The message that `sendmsg` points to.
    pub(super) fn read(memory: Memory, at: u64, layout: Layout, flags: i32) -> Result<Self, Errno> {
        let head = match layout {
            Layout::Wide => Head::wide(memory.read_array(at)?),
            Layout::Narrow => Head::narrow(memory.read_array(at)?),
        };
        Ok(Self {
            recipient: head.recipient(memory)?,
            data: head.data(memory, layout)?,
            control: head.control(memory, layout)?,
            flags,
        })
    }

    /// The message that the arguments of `sendto` make.
    pub(super) fn to(
        memory: Memory,
        at: u64,
        length: u64,
        flags: i32,
        address: Range,
    ) -> Result<Self, Errno> {
        let recipient = address.read(memory)?;
        let data = match usize::try_from(length) {
            Ok(length @ 0..=DATA_LIMIT) => memory.read_vec(at, length)?,
            _ => return Err(Errno::MSGSIZE),
        };
        Ok(Self { recipient, data, control: Vec::new(), flags })
    }

    /// Sends without waiting and without a signal to this process.
    pub(super) fn send(&self, socket: &OwnedFd) -> Result<i64, Errno> {
        let mut data =
            libc::iovec { iov_base: self.data.as_ptr().cast_mut().cast(), iov_len: self.data.len() };
        // SAFETY: integers and pointers, for which all-zero bytes are a value.
        let mut head: libc::msghdr = unsafe { std::mem::zeroed() };
        if !self.recipient.is_empty() {
            head.msg_name = self.recipient.as_ptr().cast_mut().cast();
            head.msg_namelen = libc::socklen_t::try_from(self.recipient.len()).map_err(|_| Errno::INVAL)?;
        }
        head.msg_iov = &raw mut data;
        head.msg_iovlen = 1;
        if !self.control.is_empty() {
            head.msg_control = self.control.as_ptr().cast_mut().cast();
            // `size_t` with one C library, `socklen_t` with another; bounded above.
            head.msg_controllen = self.control.len() as _;
        }
        let flags = self.flags | libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        // SAFETY: name, data and control are lent for the call with their lengths, and the kernel only reads them.
        let sent = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const head, flags) };
        i64::try_from(sent).ok().filter(|sent| *sent >= 0).ok_or_else(last_error)
    }
}

impl Batch {
    pub(super) fn read(self, memory: Memory, index: u32) -> Result<Message, Errno> {
        Message::read(memory, self.entry(index), self.layout, self.flags)
    }

    /// Tells how much of the message was sent.
    pub(super) fn tell_sent(self, memory: Memory, index: u32, sent: i64) -> Result<(), Errno> {
        let (_, place) = self.layout.batch_entry();
        let sent = u32::try_from(sent).unwrap_or(u32::MAX);
        memory.write(self.entry(index).wrapping_add(place), &sent.to_ne_bytes())
    }

    fn entry(self, index: u32) -> u64 {
        let (size, _) = self.layout.batch_entry();
        self.at.wrapping_add(u64::from(index) * size)
    }
}

impl Head {
    fn wide(bytes: [u8; 56]) -> Self {
        let word = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let name_length = i32::from_ne_bytes(bytes[8..12].try_into().expect("four bytes"));
        Self {
            name: word(0),
            name_length,
            vectors: word(16),
            vector_count: word(24),
            control: word(32),
            control_length: word(40),
        }
    }

    fn narrow(bytes: [u8; 28]) -> Self {
        let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        Self {
            name: word(0).into(),
            name_length: word(4).cast_signed(),
            vectors: word(8).into(),
            vector_count: word(12).into(),
            control: word(16).into(),
            control_length: word(20).into(),
        }
    }

    /// A name that is too long is cut, as the kernel does.
    fn recipient(self, memory: Memory) -> Result<Vec<u8>, Errno> {
        if self.name == 0 {
            return Ok(Vec::new());
        }
        let length = usize::try_from(self.name_length).map_err(|_| Errno::INVAL)?;
        memory.read_vec(self.name, length.min(ADDRESS_LIMIT))
    }

    fn data(self, memory: Memory, layout: Layout) -> Result<Vec<u8>, Errno> {
        let count = usize::try_from(self.vector_count).ok().filter(|count| *count <= VECTOR_LIMIT);
        let count = count.ok_or(Errno::MSGSIZE)?;
        let width = layout.word();
        let vectors = memory.read_vec(self.vectors, count * 2 * width)?;
        let mut data = Vec::new();
        for vector in vectors.chunks_exact(2 * width) {
            let (at, length) = vector.split_at(width);
            let piece = usize::try_from(layout.read(length)).unwrap_or(usize::MAX);
            let total = data.len().checked_add(piece).filter(|total| *total <= DATA_LIMIT);
            let total = total.ok_or(Errno::MSGSIZE)?;
            let from = data.len();
            data.resize(total, 0);
            memory.read(layout.read(at), &mut data[from..])?;
        }
        Ok(data)
    }

    fn control(self, memory: Memory, layout: Layout) -> Result<Vec<u8>, Errno> {
        if self.control == 0 {
            return Ok(Vec::new());
        }
        let length = usize::try_from(self.control_length).ok().filter(|length| *length <= CONTROL_LIMIT);
        let bytes = memory.read_vec(self.control, length.ok_or(Errno::NOBUFS)?)?;
        match layout {
            Layout::Wide => Ok(bytes),
            Layout::Narrow => widen(&bytes),
        }
    }
}

/// Control messages of a 32-bit program in the layout of this one.
fn widen(narrow: &[u8]) -> Result<Vec<u8>, Errno> {
    let (narrow_head, wide_head) = (12, 16);
    let mut wide = Vec::new();
    let mut rest = narrow;
    while rest.len() >= narrow_head {
        let length = u32::from_ne_bytes(rest[..4].try_into().expect("four bytes"));
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length < narrow_head || length > rest.len() {
            return Err(Errno::INVAL);
        }
        wide.extend((length - narrow_head + wide_head).to_ne_bytes());
        wide.extend(&rest[4..length]);
        wide.resize(wide.len().next_multiple_of(8), 0);
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(wide)
}

impl Layout {
    fn word(self) -> usize {
        match self {
            Self::Wide => 8,
            Self::Narrow => 4,
        }
    }

    fn read(self, bytes: &[u8]) -> u64 {
        match self {
            Self::Wide => u64::from_ne_bytes(bytes.try_into().expect("a word of this layout")),
            Self::Narrow => u32::from_ne_bytes(bytes.try_into().expect("a word of this layout")).into(),
        }
    }

    /// The size of `struct mmsghdr`, and where it tells how much was sent.
    fn batch_entry(self) -> (u64, u64) {
        match self {
            Self::Wide => (64, 56),
            Self::Narrow => (32, 28),
        }
    }
}

/// Above the largest datagram of the Internet, and above what a segmenting send takes at once.
const DATA_LIMIT: usize = 256 * 1024;
/// `UIO_MAXIOV`.
const VECTOR_LIMIT: usize = 1024;
const CONTROL_LIMIT: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_of_32_bit_programs_are_widened() {
        let mut narrow = Vec::new();
        for (kind, value) in [(2u32, &[1u8, 0, 0, 0][..]), (8, &[7; 5])] {
            narrow.extend(u32::try_from(12 + value.len()).unwrap().to_ne_bytes());
            narrow.extend(0u32.to_ne_bytes());
            narrow.extend(kind.to_ne_bytes());
            narrow.extend(value);
        }
        let wide = widen(&narrow).unwrap();
        let mut expected = Vec::new();
        for (kind, value) in [(2u32, &[1u8, 0, 0, 0, 0, 0, 0, 0][..]), (8, &[7, 7, 7, 7, 7, 0, 0, 0])] {
            expected.extend((if kind == 2 { 20usize } else { 21 }).to_ne_bytes());
            expected.extend(0u32.to_ne_bytes());
            expected.extend(kind.to_ne_bytes());
            expected.extend(value);
        }
        assert_eq!(wide, expected);
    }

    #[test]
    fn control_messages_that_lie_about_their_length_are_refused() {
        for length in [0u32, 11, 13, u32::MAX] {
            let mut narrow = length.to_ne_bytes().to_vec();
            narrow.resize(12, 0);
            assert_eq!(widen(&narrow), Err(Errno::INVAL), "{length}");
        }
    }
}

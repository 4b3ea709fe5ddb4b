//! The system calls that connect, send to an address or ask for a peer, by architecture.
//!
//! Rule: an entry missing here is a way around us, so each way into the kernel has its table. Source: the kernel's
//! `syscall_64.tbl`, `syscall_32.tbl`, `asm-generic/unistd.h`, `arch/arm/tools/syscall.tbl`, `linux/net.h`.

/// What a program asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Connect,
    SendTo,
    SendMessage,
    SendMessages,
    PeerName,
    SocketOption,
    /// The one door of old 32-bit programs: which call, and a pointer to its arguments.
    SocketCall,
    /// Rings connect behind the filter's back. Every program that uses them can do without.
    Ring,
}

/// How a table's callers lay out structures in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Wide,
    /// 32-bit pointers and lengths, also those of x32.
    Narrow,
}

#[derive(Debug)]
pub(super) struct Architecture {
    /// `AUDIT_ARCH_…`: what the kernel calls it in a filter.
    pub(super) audit: u32,
    pub(super) calls: &'static [(u32, Ask, Layout)],
}

/// Finds what a call is, as the filter found it.
pub(super) fn ask(audit: u32, number: u32) -> Option<(Ask, Layout)> {
    let architecture = ARCHITECTURES.iter().find(|architecture| architecture.audit == audit)?;
    let (_, ask, layout) = architecture.calls.iter().find(|(known, _, _)| *known == number)?;
    Some((*ask, *layout))
}

/// The `socketcall` calls that are asked about: `SYS_CONNECT`, `SYS_GETPEERNAME`, `SYS_SENDTO`, `SYS_SENDMSG` and
/// `SYS_SENDMMSG`.
pub(super) const SOCKET_CALLS: [(u32, Ask, usize); 5] = [
    (3, Ask::Connect, 3),
    (7, Ask::PeerName, 3),
    (11, Ask::SendTo, 6),
    (16, Ask::SendMessage, 3),
    (20, Ask::SendMessages, 4),
];

#[cfg(target_arch = "x86_64")]
pub(super) const ARCHITECTURES: [Architecture; 2] = [
    Architecture { audit: 0xC000_003E, calls: X86_64_AND_X32 },
    Architecture { audit: 0x4000_0003, calls: I386 },
];

#[cfg(target_arch = "aarch64")]
pub(super) const ARCHITECTURES: [Architecture; 2] =
    [Architecture { audit: 0xC000_00B7, calls: AARCH64 }, Architecture { audit: 0x4000_0028, calls: ARM }];

/// x32 calls bear the native architecture's name and this bit.
#[cfg(target_arch = "x86_64")]
const X32: u32 = 0x4000_0000;

#[cfg(target_arch = "x86_64")]
const X86_64_AND_X32: &[(u32, Ask, Layout)] = &[
    (42, Ask::Connect, Layout::Wide),
    (44, Ask::SendTo, Layout::Wide),
    (46, Ask::SendMessage, Layout::Wide),
    (307, Ask::SendMessages, Layout::Wide),
    (52, Ask::PeerName, Layout::Wide),
    (55, Ask::SocketOption, Layout::Wide),
    (425, Ask::Ring, Layout::Wide),
    (426, Ask::Ring, Layout::Wide),
    (X32 + 42, Ask::Connect, Layout::Narrow),
    (X32 + 44, Ask::SendTo, Layout::Narrow),
    (X32 + 518, Ask::SendMessage, Layout::Narrow),
    (X32 + 538, Ask::SendMessages, Layout::Narrow),
    (X32 + 52, Ask::PeerName, Layout::Narrow),
    (X32 + 542, Ask::SocketOption, Layout::Narrow),
    (X32 + 425, Ask::Ring, Layout::Narrow),
    (X32 + 426, Ask::Ring, Layout::Narrow),
];

#[cfg(target_arch = "x86_64")]
const I386: &[(u32, Ask, Layout)] = &[
    (102, Ask::SocketCall, Layout::Narrow),
    (362, Ask::Connect, Layout::Narrow),
    (369, Ask::SendTo, Layout::Narrow),
    (370, Ask::SendMessage, Layout::Narrow),
    (345, Ask::SendMessages, Layout::Narrow),
    (368, Ask::PeerName, Layout::Narrow),
    (365, Ask::SocketOption, Layout::Narrow),
    (425, Ask::Ring, Layout::Narrow),
    (426, Ask::Ring, Layout::Narrow),
];

#[cfg(target_arch = "aarch64")]
const AARCH64: &[(u32, Ask, Layout)] = &[
    (203, Ask::Connect, Layout::Wide),
    (206, Ask::SendTo, Layout::Wide),
    (211, Ask::SendMessage, Layout::Wide),
    (269, Ask::SendMessages, Layout::Wide),
    (205, Ask::PeerName, Layout::Wide),
    (209, Ask::SocketOption, Layout::Wide),
    (425, Ask::Ring, Layout::Wide),
    (426, Ask::Ring, Layout::Wide),
];

/// The EABI; the older ABI's `socketcall` has been gone from distributions since 2010.
#[cfg(target_arch = "aarch64")]
const ARM: &[(u32, Ask, Layout)] = &[
    (283, Ask::Connect, Layout::Narrow),
    (290, Ask::SendTo, Layout::Narrow),
    (296, Ask::SendMessage, Layout::Narrow),
    (374, Ask::SendMessages, Layout::Narrow),
    (287, Ask::PeerName, Layout::Narrow),
    (295, Ask::SocketOption, Layout::Narrow),
    (425, Ask::Ring, Layout::Narrow),
    (426, Ask::Ring, Layout::Narrow),
];

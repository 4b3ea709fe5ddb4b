//! Who calls: its process, its descriptors, its pending signals.
//!
//! Rule: a number of a thread names the caller only while its call waits, so whatever is learned here counts once the
//! listener has said that it still does. Source: pidfd_open(2), pidfd_getfd(2), proc(5).

use std::os::fd::{OwnedFd, RawFd};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

/// A thread that waits for an answer, and its descriptors.
#[derive(Debug)]
pub(super) struct Caller {
    thread: u32,
    handle: OwnedFd,
    leads: bool,
}

impl Caller {
    pub(super) fn of(thread: u32) -> Result<Self, Errno> {
        let (handle, leads) = match open(thread, PidfdFlags::empty()) {
            Ok(handle) => (handle, true),
            // Not the first thread of its process.
            Err(Errno::INVAL | Errno::NOENT | Errno::SRCH) => (open_thread(thread)?, false),
            Err(errno) => return Err(errno),
        };
        Ok(Self { thread, handle, leads })
    }

    /// The number of the process.
    pub(super) fn process(&self) -> Result<u32, Errno> {
        if self.leads { Ok(self.thread) } else { leader(self.thread) }
    }

    /// A descriptor of ours for what the caller's `descriptor` stands for: one open file, shared.
    pub(super) fn share(&self, descriptor: RawFd) -> Result<OwnedFd, Errno> {
        if descriptor < 0 {
            return Err(Errno::BADF);
        }
        pidfd_getfd(&self.handle, descriptor, PidfdGetfdFlags::empty())
    }
}

/// The flags of a caller's descriptor: those of the open file, and close-on-exec.
pub(super) fn descriptor_flags(thread: u32, descriptor: RawFd) -> Result<OFlags, Errno> {
    let text = read(&format!("/proc/{thread}/fdinfo/{descriptor}"), Errno::BADF)?;
    let flags = field(&text, "flags:").and_then(|flags| u32::from_str_radix(flags, 8).ok());
    flags.map(OFlags::from_bits_retain).ok_or(Errno::BADF)
}

/// The kernel's name for the protocol of a caller's socket: `TCP`, `TCPv6`, `UDP`.
pub(super) fn socket_protocol(thread: u32, descriptor: RawFd) -> Result<Vec<u8>, Errno> {
    let mut name = [0; 32];
    let path = format!("/proc/{thread}/fd/{descriptor}");
    let length = rustix::fs::getxattr(path, "system.sockprotoname", &mut name)?;
    let name = name.get(..length).unwrap_or_default();
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

/// The number of the open file behind a caller's descriptor.
pub(super) fn descriptor_inode(thread: u32, descriptor: RawFd) -> Result<u64, Errno> {
    Ok(rustix::fs::stat(format!("/proc/{thread}/fd/{descriptor}"))?.st_ino)
}

/// Whether a signal waits that the thread handles. One sent to the process counts for its first thread alone: only that
/// one is sure to be woken by it.
pub(super) fn signal_waits(thread: u32) -> bool {
    let Ok(text) = read(&format!("/proc/{thread}/status"), Errno::SRCH) else { return false };
    let mask = |name| field(&text, name).and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(0);
    let leads = field(&text, "Tgid:").and_then(|leader| leader.parse().ok()) == Some(thread);
    let pending = mask("SigPnd:") | if leads { mask("ShdPnd:") } else { 0 };
    pending & !mask("SigBlk:") & mask("SigCgt:") != 0
}

/// A handle of the thread itself where the kernel has those (6.9), else of its process: threads that share no
/// descriptors are rare.
fn open_thread(thread: u32) -> Result<OwnedFd, Errno> {
    open(thread, PIDFD_THREAD).or_else(|_| open(leader(thread)?, PidfdFlags::empty()))
}

fn open(thread: u32, flags: PidfdFlags) -> Result<OwnedFd, Errno> {
    pidfd_open(Pid::from_raw(thread.cast_signed()).ok_or(Errno::SRCH)?, flags)
}

fn leader(thread: u32) -> Result<u32, Errno> {
    let text = read(&format!("/proc/{thread}/status"), Errno::SRCH)?;
    field(&text, "Tgid:").and_then(|leader| leader.parse().ok()).ok_or(Errno::SRCH)
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// Bytes that are no text stand only in a command's name, which nobody asks for here.
fn read(path: &str, failed: Errno) -> Result<String, Errno> {
    let bytes = sys::fs::read(Path::new(path), PROC_LIMIT).map_err(|_| failed)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

const PIDFD_THREAD: PidfdFlags = PidfdFlags::from_bits_retain(libc::O_EXCL.cast_unsigned());
const PROC_LIMIT: usize = 16 * 1024;

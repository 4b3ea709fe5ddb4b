//! Signals that reach the supervisor while a program runs.
//!
//! Rule: the handler only writes a byte; what it means is decided where the byte is read. What the terminal sends goes
//! to the whole process group, the program included, and is not sent on. Handlers are for all threads of the process,
//! so that it does not matter which of them is chosen. Source: signal-safety(7), sigaction(2).

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};

use libc::{c_int, c_void, siginfo_t, sigset_t};
use rustix::pipe::PipeFlags;

use super::listener::last_error;
use crate::passed::PASSED;

/// Handlers in place; dropping them puts back what was there before.
#[derive(Debug)]
pub(super) struct Watch {
    read_end: OwnedFd,
    _write_end: OwnedFd,
    before: Vec<Disposition>,
    mask: sigset_t,
}

/// What a signal did before.
#[derive(Clone, Copy)]
pub(super) struct Disposition {
    pub(super) signal: c_int,
    pub(super) action: libc::sigaction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrived {
    pub(super) signal: c_int,
    /// Sent by the kernel, as the terminal's keys are.
    pub(super) by_kernel: bool,
}

impl Watch {
    /// Starts to watch. This thread blocks all signals from here on, but where it waits for them.
    pub(super) fn start() -> io::Result<Self> {
        let (read_end, write_end) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let mask = block_all()?;
        WRITE_END.store(write_end.as_raw_fd(), Ordering::Release);
        let mut watch = Self { read_end, _write_end: write_end, before: Vec::new(), mask };
        for signal in PASSED {
            watch.watch(signal)?;
        }
        Ok(watch)
    }

    /// What has arrived, in order.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        let mut bytes = [0; 256];
        let count = rustix::io::read(&self.read_end, &mut bytes).unwrap_or(0);
        bytes[..count].iter().map(|byte| Arrived::decode(*byte)).collect()
    }

    /// What the program has to find, as this process found it; Rust ignores `SIGPIPE` for itself.
    pub(super) fn inherited(&self) -> (Vec<Disposition>, sigset_t) {
        let mut inherited = self.before.clone();
        inherited.push(Disposition { signal: libc::SIGPIPE, action: action(libc::SIG_DFL) });
        (inherited, self.mask)
    }

    /// The mask to wait under: whatever is watched for can arrive.
    pub(super) fn waiting_mask(&self) -> sigset_t {
        let mut mask = self.mask;
        for signal in PASSED {
            // SAFETY: changes one bit of an initialised set; the signal's number is valid.
            unsafe { libc::sigdelset(&raw mut mask, signal) };
        }
        mask
    }

    /// A signal that was ignored before stays ignored, for the program as well; the ends of children always count.
    fn watch(&mut self, signal: c_int) -> io::Result<()> {
        let before = exchange(signal, None)?;
        if before.sa_sigaction == libc::SIG_IGN && signal != libc::SIGCHLD {
            return Ok(());
        }
        let handler: extern "C" fn(c_int, *const siginfo_t, *const c_void) = note;
        let mut new = action(handler as libc::sighandler_t);
        new.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        exchange(signal, Some(&new))?;
        self.before.push(Disposition { signal, action: before });
        Ok(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for Disposition { signal, action } in self.before.drain(..) {
            // It was taken from the kernel, which takes it back.
            let _ = exchange(signal, Some(&action));
        }
        WRITE_END.store(NOWHERE, Ordering::Release);
        // SAFETY: sets the mask of this thread from an initialised set.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.mask, std::ptr::null_mut()) };
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.read_end.as_fd()
    }
}

impl Arrived {
    fn decode(byte: u8) -> Self {
        Self { signal: c_int::from(byte & !BY_KERNEL), by_kernel: byte & BY_KERNEL != 0 }
    }

    /// Whether it asks a process to end.
    pub(super) fn ends(self) -> bool {
        matches!(self.signal, libc::SIGINT | libc::SIGQUIT | libc::SIGTERM | libc::SIGHUP)
    }
}

impl std::fmt::Debug for Disposition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disposition").field("signal", &self.signal).finish_non_exhaustive()
    }
}

/// Ends this process by `signal`, as if nobody had handled it, and without a core. Returns where it cannot.
pub(super) fn die_of(signal: c_int) {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads the limit it is given.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    // SIGKILL takes no action, its own included, and needs none.
    let _ = exchange(signal, Some(&action(libc::SIG_DFL)));
    let mut only = empty_set();
    // SAFETY: adds a number to an initialised set, which refuses one that is none of a signal.
    unsafe { libc::sigaddset(&raw mut only, signal) };
    // SAFETY: changes the mask of this thread from an initialised set.
    unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const only, std::ptr::null_mut()) };
    // SAFETY: no memory is involved.
    unsafe { libc::raise(signal) };
}

/// Runs in any thread at any instruction: touches an atomic, a pipe, and `errno`, which it puts back.
extern "C" fn note(signal: c_int, info: *const siginfo_t, _context: *const c_void) {
    // SAFETY: the address of this thread's `errno` is valid for as long as the thread lives.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *errno };
    // SAFETY: the kernel gives the handler a valid `siginfo_t` under `SA_SIGINFO`.
    let by_kernel = unsafe { (*info).si_code } == SI_KERNEL;
    let byte = u8::try_from(signal).unwrap_or(0) | if by_kernel { BY_KERNEL } else { 0 };
    // SAFETY: writes one byte of this frame. A pipe that is full or gone loses the byte: it holds thousands unread.
    unsafe { libc::write(WRITE_END.load(Ordering::Acquire), (&raw const byte).cast(), 1) };
    // SAFETY: as above.
    unsafe { *errno = before };
}

/// The mask of this thread.
pub(super) fn current_mask() -> sigset_t {
    let mut mask = empty_set();
    // SAFETY: writes to the set it is given, and changes nothing without another.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), &raw mut mask) };
    mask
}

fn exchange(signal: c_int, new: Option<&libc::sigaction>) -> io::Result<libc::sigaction> {
    let mut before = action(libc::SIG_DFL);
    let new = new.map_or(std::ptr::null(), |new| &raw const *new);
    // SAFETY: both point to structures that outlive the call or are null; a handler is `note`, which is
    // async-signal-safe, or what was there before.
    let result = unsafe { libc::sigaction(signal, new, &raw mut before) };
    if result < 0 { Err(last_error().into()) } else { Ok(before) }
}

fn action(handler: libc::sighandler_t) -> libc::sigaction {
    // SAFETY: integers and an optional function, for which all-zero bytes are a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_mask = empty_set();
    action
}

fn empty_set() -> sigset_t {
    // SAFETY: integers, for which all-zero bytes are a value.
    let mut set: sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes to the set it is given.
    unsafe { libc::sigemptyset(&raw mut set) };
    set
}

/// Returns the mask that was in force.
fn block_all() -> io::Result<sigset_t> {
    let (mut all, mut before) = (empty_set(), empty_set());
    // SAFETY: writes to the set it is given.
    unsafe { libc::sigfillset(&raw mut all) };
    // SAFETY: reads one initialised set and writes the other.
    let result = unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before) };
    if result == 0 { Ok(before) } else { Err(io::Error::from_raw_os_error(result)) }
}

/// Where the handler writes; `NOWHERE` while nobody watches.
static WRITE_END: AtomicI32 = AtomicI32::new(NOWHERE);
const NOWHERE: i32 = -1;
const BY_KERNEL: u8 = 0x80;
const SI_KERNEL: c_int = 0x80;

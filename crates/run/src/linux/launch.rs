//! Starts the program: a child installs the filter, waits until the supervisor is content with it, and executes.
//!
//! Rule: the child is a copy of one thread of a process that may have many, so between fork and exec it makes system
//! calls and nothing else: no allocation, no lock, no panic. It shares the table of descriptors with its parent until
//! it executes, so that the listener it makes is the parent's at once: no message has to carry it, which under isolation
//! would wait for the very supervisor that it is meant for. Source: clone(2), seccomp(2), execve(2).

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};

use super::caller::Caller;
use super::command::Pointers;
use super::filter;
use super::listener::{Listener, last_error, structures_fit};
use super::memory::Memory;
use super::signals::Disposition;
use crate::{Isolation, RunError, Unsupported};

/// A child that has its filter and waits.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) process: Pid,
    pub(super) listener: Arc<Listener>,
    channel: OwnedFd,
    /// The child's end: in the shared table there is one, and closing it would close the child's.
    _its_channel: OwnedFd,
}

/// What a child does once it is let go.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) program: Option<&'a Pointers>,
    pub(super) dispositions: &'a [Disposition],
    pub(super) mask: &'a libc::sigset_t,
    pub(super) isolation: Isolation,
}

/// What a child says, as two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Report {
    step: i32,
    value: i32,
}

impl Child {
    /// Forks the child and sees whether all that is needed of the system is there. All signals are blocked meanwhile.
    pub(super) fn start(plan: &Plan<'_>) -> Result<Self, RunError> {
        match structures_fit() {
            Ok(true) => {}
            Ok(false) => return Err(Unsupported::Untried(Errno::OVERFLOW.into()).into()),
            Err(errno) => return Err(Report { step: FILTER, value: errno.raw_os_error() }.refusal()),
        }
        let (channel, its_channel) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .map_err(|errno| system("the channel to the child could not be made", errno))?;
        let mut filter = filter::program(plan.isolation);
        let filter = libc::sock_fprog {
            len: u16::try_from(filter.len()).expect("a filter has at most 4,096 instructions"),
            filter: filter.as_mut_ptr(),
        };
        let process = fork(plan, &filter, its_channel.as_raw_fd())?;
        let listener = first_report(process, &channel)
            .and_then(|report| report.listener())
            .inspect_err(|_| reap(process))?;
        Self { process, listener: Arc::new(listener), channel, _its_channel: its_channel }
            .examined(plan.isolation)
    }

    /// Lets the child execute.
    pub(super) fn go(&self) {
        // A child that has died is seen to be dead.
        let _ = rustix::io::write(&self.channel, &[GO]);
    }

    /// Lets the child end.
    pub(super) fn stop(self) {
        let _ = rustix::io::write(&self.channel, &[STOP]);
        reap(self.process);
    }

    /// Why the program could not be executed, once the child has ended.
    pub(super) fn failure(&self) -> Option<Errno> {
        let report = receive(&self.channel, rustix::net::RecvFlags::DONTWAIT).ok()?;
        (report.step == EXECUTE).then(|| Errno::from_raw_os_error(report.value))
    }

    /// Tries on the child what every call will need.
    fn examined(self, isolation: Isolation) -> Result<Self, RunError> {
        match self.examine(isolation) {
            Ok(()) => Ok(self),
            Err(unsupported) => {
                self.stop();
                Err(unsupported.into())
            }
        }
    }

    fn examine(&self, isolation: Isolation) -> Result<(), Unsupported> {
        if !self.listener.can_replace() {
            return Err(Unsupported::Kernel { missing: "seccomp's replacing of descriptors", since: "5.9" });
        }
        let thread = self.process.as_raw_pid().cast_unsigned();
        // The child is a copy of this process: the mark stands in the same place there.
        let place = u64::try_from((&raw const MARK).addr()).expect("addresses have at most 64 bits");
        match Memory::of(thread).read_array::<8>(place) {
            Ok(mark) if mark == MARK => {}
            Ok(_) => return Err(Unsupported::MemoryForbidden(Errno::FAULT.into())),
            Err(errno) => return Err(Unsupported::MemoryForbidden(errno.into())),
        }
        let shared = Caller::of(thread).and_then(|caller| caller.share(self.channel.as_raw_fd()));
        match shared {
            Err(errno) if isolation == Isolation::On => Err(Unsupported::DescriptorsForbidden(errno.into())),
            _ => Ok(()),
        }
    }
}

impl Report {
    /// The listener, which the child has put into the table that both share.
    fn listener(self) -> Result<Listener, RunError> {
        match (self.step, self.value) {
            // SAFETY: the descriptor was made by the child for its parent and belongs to nobody else in this process.
            (LISTEN, listener) => Ok(Listener::new(unsafe { OwnedFd::from_raw_fd(listener) })),
            _ => Err(self.refusal()),
        }
    }

    fn refusal(self) -> RunError {
        let error = || io::Error::from_raw_os_error(self.value);
        match (self.step, self.value) {
            (FILTER, libc::EBUSY) => Unsupported::Nested.into(),
            (FILTER, libc::EINVAL) => {
                Unsupported::Kernel { missing: "seccomp's user notification", since: "5.0" }.into()
            }
            (FILTER, _) => Unsupported::FilterForbidden(error()).into(),
            _ => RunError::System { step: "the child ended before its program", source: error() },
        }
    }

    fn bytes(self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.step.to_ne_bytes());
        bytes[4..].copy_from_slice(&self.value.to_ne_bytes());
        bytes
    }
}

/// Waits for the child's word or its death: its end of the channel is in our table too and never closes.
fn first_report(process: Pid, channel: &OwnedFd) -> Result<Report, RunError> {
    let handle = pidfd_open(process, PidfdFlags::empty())
        .map_err(|errno| system("the child could not be watched", errno))?;
    loop {
        let mut polled = [PollFd::new(channel, PollFlags::IN), PollFd::new(&handle, PollFlags::IN)];
        poll(&mut polled, None).map_err(|errno| system("the child could not be waited for", errno))?;
        if polled[0].revents().contains(PollFlags::IN) {
            return receive(channel, rustix::net::RecvFlags::empty())
                .map_err(|errno| system("the child could not be understood", errno));
        }
        if polled[1].revents().contains(PollFlags::IN) {
            return Ok(Report { step: FILTER, value: libc::EPERM });
        }
    }
}

fn receive(channel: &OwnedFd, flags: rustix::net::RecvFlags) -> Result<Report, Errno> {
    let mut bytes = [0u8; 8];
    let (length, _) = rustix::net::recv(channel, &mut bytes[..], flags)?;
    if length != bytes.len() {
        return Err(Errno::PROTO);
    }
    let number = |at: usize| i32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    Ok(Report { step: number(0), value: number(4) })
}

fn reap(process: Pid) {
    // It is our child; where somebody else has reaped it, it is gone as well.
    let _ = rustix::process::waitpid(Some(process), rustix::process::WaitOptions::empty());
}

fn system(step: &'static str, errno: Errno) -> RunError {
    RunError::System { step, source: errno.into() }
}

fn fork(plan: &Plan<'_>, filter: &libc::sock_fprog, channel: RawFd) -> Result<Pid, RunError> {
    // Full words: the kernel looks at all of each register.
    let (flags, none) = (i64::from(libc::CLONE_FILES | libc::SIGCHLD), 0_i64);
    // SAFETY: without memory or a stack in common this is a fork, after which the child makes system calls only. What
    // the two share, the table of descriptors, the child adds one descriptor to and takes none from.
    let process = unsafe { libc::syscall(libc::SYS_clone, flags, none, none, none, none) };
    match i32::try_from(process) {
        Ok(0) => be_child(plan, filter, channel),
        Ok(process) if process > 0 => Ok(Pid::from_raw(process).expect("a positive number")),
        _ => Err(system("the child could not be started", last_error())),
    }
}

/// The child's whole life up to its program.
fn be_child(plan: &Plan<'_>, filter: &libc::sock_fprog, channel: RawFd) -> ! {
    // SAFETY: the descriptor is open in the table that is shared with the parent, which keeps it.
    let channel = unsafe { BorrowedFd::borrow_raw(channel) };
    // Until the program runs nobody else would end a child whose parent was killed.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    match install(filter) {
        Ok(listener) => say(channel, LISTEN, listener),
        Err(errno) => {
            say(channel, FILTER, errno);
            leave();
        }
    }
    let mut order = [STOP];
    let read = rustix::io::read(channel, &mut order);
    if let (Ok(1), [GO], Some(program)) = (read, order, plan.program) {
        let _ = rustix::process::set_parent_process_death_signal(None);
        restore_signals(plan);
        say(channel, EXECUTE, execute(program));
    }
    leave()
}

/// Installs the filter and returns its listener. Where the user may install filters without that, programs keep the
/// right to gain privileges (`sudo` in a tree that root has started).
fn install(filter: &libc::sock_fprog) -> Result<c_int, c_int> {
    match install_killable(filter) {
        Err(libc::EACCES) => {
            // Where this fails, so does what follows.
            let _ = rustix::thread::set_no_new_privs(true);
            install_killable(filter)
        }
        result => result,
    }
}

/// Once a call is in our hands, only a deadly signal takes it from them (5.19): others would make the caller repeat a
/// call that has taken place.
fn install_killable(filter: &libc::sock_fprog) -> Result<c_int, c_int> {
    let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    match install_with(filter, listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) {
        Err(libc::EINVAL) => install_with(filter, listener),
        result => result,
    }
}

fn install_with(filter: &libc::sock_fprog, flags: libc::c_ulong) -> Result<c_int, c_int> {
    // SAFETY: the filter and its instructions were made before the fork, and this copy of them is intact.
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const *filter) };
    c_int::try_from(result).ok().filter(|listener| *listener >= 0).ok_or_else(|| last_error().raw_os_error())
}

fn restore_signals(plan: &Plan<'_>) {
    for Disposition { signal, action } in plan.dispositions {
        // SAFETY: puts back what the kernel gave before the fork, or the default.
        unsafe { libc::sigaction(*signal, &raw const *action, std::ptr::null_mut()) };
    }
    // SAFETY: sets the mask of this thread from an initialised set.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const *plan.mask, std::ptr::null_mut()) };
}

/// Tries the candidates in turn; returns the error that says most.
fn execute(program: &Pointers) -> c_int {
    let mut found = libc::ENOENT;
    for (path, script) in program.paths.iter().zip(&program.scripts) {
        let mut errno = execute_file(*path, &program.arguments, &program.environment);
        if errno == libc::ENOEXEC {
            errno = execute_file(super::command::SHELL.as_ptr(), script, &program.environment);
        }
        match errno {
            libc::EACCES => found = libc::EACCES,
            libc::ENOENT | libc::ENOTDIR | libc::ESTALE | libc::ENODEV | libc::ETIMEDOUT => {}
            other => return other,
        }
    }
    found
}

fn execute_file(
    path: *const libc::c_char,
    arguments: &[*const libc::c_char],
    environment: &[*const libc::c_char],
) -> c_int {
    // SAFETY: each is a C string or a list of C strings that ends with a null, all made before the fork.
    unsafe { libc::execve(path, arguments.as_ptr(), environment.as_ptr()) };
    last_error().raw_os_error()
}

fn say(channel: BorrowedFd<'_>, step: i32, value: i32) {
    // A parent that is gone has taken this child with it.
    let _ = rustix::io::write(channel, &Report { step, value }.bytes());
}

fn leave() -> ! {
    // SAFETY: ends this process without running anything that it inherited.
    unsafe { libc::_exit(127) }
}

const LISTEN: i32 = 1;
const FILTER: i32 = 2;
const EXECUTE: i32 = 3;
const STOP: u8 = 0;
const GO: u8 = 1;
static MARK: [u8; 8] = *b"in place";

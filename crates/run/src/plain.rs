//! Runs a program without answering its connections, and is otherwise the same to whoever waits for it.
//!
//! Rule: signals, the terminal and the exit status pass through, and the end is that of the last process of the tree
//! (where the system gives orphans to an ancestor: Linux). POSIX alone, for systems where [`run`](crate::run) does
//! nothing.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus};
use std::ptr;

use crate::passed::PASSED;
use crate::stopped::{stop_of, stop_with};
use crate::{Ended, Program, RunError};

/// Starts `program` and returns when it and every process that came from it have ended, or, once it has ended itself, when
/// this process is told to end. Blocks its thread, which must be the only one of the process.
pub fn run_plainly(program: &Program) -> Result<Ended, RunError> {
    let signals = Signals::hold()?;
    adopt_orphans();
    let child = spawn(program, signals.before)?;
    Ok(watch(&signals, child))
}

/// The child has the signal mask that this process had before it held any back; the library gives it the usual disposition
/// of SIGPIPE.
fn spawn(program: &Program, mask: libc::sigset_t) -> Result<libc::pid_t, RunError> {
    let mut command = Command::new(&program.name);
    command.args(&program.arguments);
    let unhold = move || {
        // SAFETY: the set is initialised and lives for the length of the call.
        match unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const mask, ptr::null_mut()) } {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    };
    // SAFETY: the closure runs between fork and exec, where only async-signal-safe functions may be called; it calls
    // such a one alone.
    unsafe { command.pre_exec(unhold) };
    for (name, value) in &program.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let child = command.spawn().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => RunError::NotFound(program.name.clone()),
        io::ErrorKind::InvalidInput => RunError::NulByte,
        _ => RunError::NotExecutable { program: program.name.clone(), source },
    })?;
    Ok(child.id().cast_signed())
}

fn watch(signals: &Signals, program: libc::pid_t) -> Ended {
    let mut ended = None;
    loop {
        if let (Reaped::Last, Some(ended)) = (reap(program, &mut ended), ended) {
            return ended;
        }
        match (signals.next(), ended) {
            (libc::SIGCHLD, _) => {}
            // What is left are processes that nobody waits for; who wants us to end wants no more of them.
            (libc::SIGINT | libc::SIGQUIT | libc::SIGTERM | libc::SIGHUP, Some(ended)) => return ended,
            // A terminal sends these to the program as well.
            (libc::SIGINT | libc::SIGQUIT | libc::SIGTSTP, None) => {}
            (libc::SIGTSTP, Some(_)) => stop_of(libc::SIGTSTP),
            (signal, None) => {
                // SAFETY: takes numbers alone. The program is our child and not reaped, so the number is still its own.
                unsafe { libc::kill(program, signal) };
            }
            (_, Some(_)) => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reaped {
    Last,
    SomeLive,
}

/// Takes leave of all children that have ended. Where the program has stopped, stops as well.
fn reap(program: libc::pid_t, ended: &mut Option<Ended>) -> Reaped {
    loop {
        let mut status = 0;
        // SAFETY: `status` lives for the length of the call, which writes one number to it.
        match unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG | libc::WUNTRACED) } {
            0 => return Reaped::SomeLive,
            // There are no children.
            -1 => return Reaped::Last,
            child if child == program && libc::WIFSTOPPED(status) => {
                stop_with(program, libc::WSTOPSIG(status));
            }
            child if child == program => *ended = ending(ExitStatus::from_raw(status)),
            _orphan => {}
        }
    }
}

fn ending(status: ExitStatus) -> Option<Ended> {
    status.code().map(Ended::Exited).or_else(|| status.signal().map(Ended::Killed))
}

/// Orphans of the program's tree become children of this process, so that its end is the tree's, and so that whoever looks
/// from one of them upwards finds this process.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // SAFETY: this request takes one number and no pointers. It fails on kernels before 3.4, where the end comes early.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    };
}

/// Signals that are taken one by one while this lives, in place of what they would do.
struct Signals {
    held: libc::sigset_t,
    before: libc::sigset_t,
}

impl Signals {
    fn hold() -> Result<Self, RunError> {
        let mut held = MaybeUninit::uninit();
        // SAFETY: the call fills the whole set and cannot fail.
        unsafe { libc::sigemptyset(held.as_mut_ptr()) };
        // SAFETY: the call before has filled it.
        let mut held = unsafe { held.assume_init() };
        for signal in PASSED {
            // SAFETY: the set is initialised, and each number is that of a signal.
            unsafe { libc::sigaddset(&raw mut held, signal) };
        }
        let mut before = held;
        // SAFETY: both sets are initialised and live for the length of the call.
        match unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const held, &raw mut before) } {
            0 => Ok(Self { held, before }),
            error => {
                let source = io::Error::from_raw_os_error(error);
                Err(RunError::System { step: "signals cannot be held back", source })
            }
        }
    }

    fn next(&self) -> libc::c_int {
        let mut signal = 0;
        // SAFETY: the set is initialised; the call writes one number. It fails for invalid sets only.
        unsafe { libc::sigwait(&raw const self.held, &raw mut signal) };
        signal
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // SAFETY: the set is what the same call gave before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, ptr::null_mut()) };
    }
}

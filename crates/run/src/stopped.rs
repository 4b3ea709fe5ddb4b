//! Stops whoever waits for a program that has stopped.
//!
//! Rule: a shell that sees this process stopped takes its terminal back and lets its user type, so the program has to have
//! stopped before, and not to read what is meant for the shell. Source: POSIX, "Job Control Signals".

use std::mem::MaybeUninit;
use std::ptr;

use libc::{c_int, pid_t, sigset_t};

/// Stops this process because the program has stopped, and returns when it is continued. A program that leads a group of
/// its own (a shell that was suspended) gets back the terminal that it held, which a shell gives to the group that it
/// knows.
pub(crate) fn stop_with(program: pid_t, signal: c_int) {
    let (ours, its) = (group_of(THIS), group_of(program));
    let held = TERMINALS.into_iter().find(|terminal| its != ours && foreground(*terminal) == its);
    stop_of(signal);
    if let Some(terminal) = held
        && foreground(terminal) == ours
    {
        // Where it fails, the group has gone, and the program with it.
        // SAFETY: takes numbers alone.
        unsafe { libc::tcsetpgrp(terminal, its) };
    }
}

/// Stops this process as `signal` does that nobody handles, and returns when it is continued. Where nobody could continue
/// it the system does not stop it.
pub(crate) fn stop_of(signal: c_int) {
    let before = exchange(signal, None);
    let only = set_of(signal);
    let mut mask = only;
    // SAFETY: both sets are initialised and live for the length of the call.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const only, &raw mut mask) };
    // To the process, where it is one with what the terminal sent: continued once, it would otherwise stop again.
    let this = std::process::id().cast_signed();
    // SAFETY: takes numbers alone.
    unsafe { libc::kill(this, signal) };
    // SAFETY: the set is initialised. The signal is taken before the call returns.
    unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const only, ptr::null_mut()) };
    // SAFETY: the mask is what the first call gave.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const mask, ptr::null_mut()) };
    if let Some(before) = before {
        exchange(signal, Some(&before));
    }
}

/// Puts an action in place, the default where there is none. `None` for SIGSTOP, which takes no action.
fn exchange(signal: c_int, new: Option<&libc::sigaction>) -> Option<libc::sigaction> {
    // SAFETY: integers and an optional function, for which all-zero bytes are a value: the default action.
    let default: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut before = default;
    // SAFETY: both actions outlive the call, and a handler is one that was in place before.
    let result = unsafe { libc::sigaction(signal, new.unwrap_or(&default), &raw mut before) };
    (result == 0).then_some(before)
}

fn set_of(signal: c_int) -> sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the call fills the whole set and cannot fail.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: the call before has filled it.
    let mut set = unsafe { set.assume_init() };
    // SAFETY: adds a number to an initialised set, which refuses one that is none of a signal.
    unsafe { libc::sigaddset(&raw mut set, signal) };
    set
}

fn group_of(process: pid_t) -> pid_t {
    // SAFETY: takes a number alone.
    unsafe { libc::getpgid(process) }
}

/// The group that the terminal listens to; of what is no terminal, -1.
fn foreground(terminal: c_int) -> pid_t {
    // SAFETY: takes a number alone.
    unsafe { libc::tcgetpgrp(terminal) }
}

const THIS: pid_t = 0;
/// Standard input, output and error: any of them may be the terminal.
const TERMINALS: [c_int; 3] = [0, 1, 2];

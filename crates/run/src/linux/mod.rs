//! The supervisor on Linux: starts the program, answers its calls, passes signals on, reaps, and ends with the tree.
//!
//! Rule: one thread, which never waits for anything but the kernel's next word. What could take long is an errand.

mod address;
mod caller;
mod calls;
mod command;
mod doors;
mod errand;
mod filter;
mod launch;
mod listener;
mod memory;
mod message;
mod operator;
mod request;
mod signals;
mod socket;
mod tree;

use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::Errno;

use self::command::Command;
use self::launch::{Child, Plan};
use self::listener::Listener;
use self::operator::Operator;
use self::signals::Watch;
use self::tree::Tree;
use crate::{Ended, Isolation, Program, RunError, Switchboard, Unsupported};

pub(crate) fn probe(isolation: Isolation) -> Result<(), Unsupported> {
    let mask = signals::current_mask();
    let plan = Plan { program: None, dispositions: &[], mask: &mask, isolation };
    match Child::start(&plan) {
        Ok(child) => {
            child.stop();
            Ok(())
        }
        Err(RunError::Unsupported(unsupported)) => Err(unsupported),
        Err(other) => Err(Unsupported::Untried(io::Error::other(other))),
    }
}

pub(crate) fn run(program: &Program, switchboard: Arc<dyn Switchboard>) -> Result<Ended, RunError> {
    let _alone = Alone::new()?;
    let command = Command::new(program)?;
    let watch =
        Watch::start().map_err(|source| RunError::System { step: "signals cannot be watched", source })?;
    let mut tree = Tree::adopt();
    let (dispositions, mask) = watch.inherited();
    let pointers = command.pointers();
    let plan = Plan {
        program: Some(&pointers),
        dispositions: &dispositions,
        mask: &mask,
        isolation: program.isolation,
    };
    let child = Child::start(&plan)?;
    tree.grow(child.process);
    child.go();
    let ended = supervise(&child, &watch, &mut tree, switchboard, program.isolation);
    match child.failure() {
        Some(errno) => Err(not_executed(program, &command, errno)),
        None => ended,
    }
}

pub(crate) fn leave(ended: Ended) -> ! {
    if let Ended::Killed(signal) = ended {
        // What cannot be written now could not be written at the end of this process either.
        let _ = io::stdout().flush();
        signals::die_of(signal);
    }
    std::process::exit(ended.code())
}

/// Until the last process that the filter holds has gone, or until somebody wants an end after the program's own.
fn supervise(
    child: &Child,
    watch: &Watch,
    tree: &mut Tree,
    switchboard: Arc<dyn Switchboard>,
    isolation: Isolation,
) -> Result<Ended, RunError> {
    let listener = &child.listener;
    listener.hasten();
    let mut operator = Operator::new(Arc::clone(listener), switchboard, isolation);
    loop {
        let (call, over) = wait(listener, watch)?;
        for arrived in watch.arrived() {
            if !tree.hear(arrived) {
                return Ok(tree.ended());
            }
        }
        if call {
            let waiting =
                listener.receive().map_err(|source| RunError::System { step: RECEIVING, source })?;
            if let Some(waiting) = waiting {
                operator.handle(&waiting);
            }
        } else if over {
            return Ok(tree.ended());
        }
    }
}

/// Whether a call waits, and whether there can be none any more.
fn wait(listener: &Listener, watch: &Watch) -> Result<(bool, bool), RunError> {
    let descriptor = |fd: i32| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let mut polled = [descriptor(listener.as_fd().as_raw_fd()), descriptor(watch.as_fd().as_raw_fd())];
    let mask = watch.waiting_mask();
    // SAFETY: the list, its length and the mask are valid for the call, which writes to the list only.
    let result = unsafe { libc::ppoll(polled.as_mut_ptr(), 2, std::ptr::null(), &raw const mask) };
    if result < 0 {
        return match listener::last_error() {
            Errno::INTR => Ok((false, false)),
            errno => Err(RunError::System {
                step: "the program's calls cannot be waited for",
                source: errno.into(),
            }),
        };
    }
    let seen = polled[0].revents;
    Ok((seen & libc::POLLIN != 0, seen & (libc::POLLHUP | libc::POLLERR) != 0))
}

fn not_executed(program: &Program, command: &Command, errno: Errno) -> RunError {
    let there = || command.candidates.iter().any(|candidate| candidate.exists());
    if errno == Errno::NOENT && !there() {
        return RunError::NotFound(program.name.clone());
    }
    RunError::NotExecutable { program: program.name.clone(), source: errno.into() }
}

/// Signals and orphans belong to the process as a whole.
struct Alone;

impl Alone {
    fn new() -> Result<Self, RunError> {
        if TAKEN.swap(true, Ordering::AcqRel) { Err(RunError::Busy) } else { Ok(Self) }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        TAKEN.store(false, Ordering::Release);
    }
}

static TAKEN: AtomicBool = AtomicBool::new(false);
const RECEIVING: &str = "the program's calls cannot be received";

//! The processes that came from the program: the first is watched, orphans are adopted, all are reaped.
//!
//! Rule: the first one's end is what this process will tell, and where it stops this one stops with it; a number is signalled only while it cannot be another's.
//! Source: waitpid(2), prctl(2) `PR_SET_CHILD_SUBREAPER`.

use rustix::process::{self, Pid, Signal, WaitOptions, WaitStatus};

use super::signals::Arrived;
use crate::Ended;
use crate::stopped::{stop_of, stop_with};

#[derive(Debug)]
pub(super) struct Tree {
    first: Option<Pid>,
    ended: Option<Ended>,
    adopted_before: bool,
}

impl Tree {
    /// From here on orphans of this process's descendants become its children. Without that a daemon would still be
    /// answered, but a system that lets parents alone look into programs (Yama) would forbid to look into this one.
    pub(super) fn adopt() -> Self {
        let adopted_before = process::child_subreaper().is_ok_and(|adopts| adopts.is_some());
        set_adoption(true);
        Self { first: None, ended: None, adopted_before }
    }

    pub(super) fn grow(&mut self, first: Pid) {
        self.first = Some(first);
    }

    /// Passes a signal on. `false` where it asks this process to end and the program has ended before.
    pub(super) fn hear(&mut self, arrived: Arrived) -> bool {
        if arrived.signal == libc::SIGCHLD {
            self.reap();
            return true;
        }
        match (self.first, self.ended) {
            (Some(first), None) => {
                if !arrived.by_kernel {
                    // The number is the program's still: it was not reaped. It may be another user's by now.
                    let _ = Signal::from_named_raw(arrived.signal)
                        .map(|signal| process::kill_process(first, signal));
                }
                true
            }
            _ => {
                if arrived.signal == libc::SIGTSTP {
                    stop_of(arrived.signal);
                }
                !arrived.ends()
            }
        }
    }

    /// How the program ended; waits for it where its end is on the way.
    pub(super) fn ended(&mut self) -> Ended {
        self.reap();
        while let (Some(first), None) = (self.first, self.ended) {
            match process::waitpid(Some(first), WaitOptions::empty()) {
                Ok(Some((_, status))) => self.note(first, status),
                Err(rustix::io::Errno::INTR) | Ok(None) => {}
                // Somebody else has reaped it, and the code is lost.
                Err(_) => self.ended = Some(Ended::Exited(1)),
            }
        }
        self.ended.unwrap_or(Ended::Exited(1))
    }

    fn reap(&mut self) {
        while let Ok(Some((process, status))) = process::wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            match status.stopping_signal() {
                Some(signal) if Some(process) == self.first => {
                    stop_with(process.as_raw_pid(), signal);
                }
                _ => self.note(process, status),
            }
        }
    }

    fn note(&mut self, process: Pid, status: WaitStatus) {
        if Some(process) != self.first || self.ended.is_some() {
            return;
        }
        self.ended = match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Some(Ended::Exited(code)),
            (None, Some(signal)) => Some(Ended::Killed(signal)),
            (None, None) => None,
        };
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        set_adoption(self.adopted_before);
    }
}

fn set_adoption(adopt: bool) {
    // A kernel that cannot leaves orphans to the first process, as it always has.
    let _ = process::set_child_subreaper(adopt.then(process::getpid));
}

//! Starts a program whose TCP connections to link-local addresses are answered here, on any Linux machine, without root
//! and without a change to the network.
//!
//! Rule: the program cannot tell. Its socket stays its own, every other call is the kernel's, signals and the exit
//! status pass through, and nothing of it can stop or crash the supervisor. The one crate with `unsafe`: each block
//! says why it is sound.
//!
//! What a program could notice, and what is not done: `getsockname` is a loopback address, and so is what `/proc/net/tcp`
//! shows of the peer. A `connect` or `getpeername` that a signal reaches in the microseconds before it is looked at
//! fails with `EINTR` where the handler does not ask for a restart. A process that forbids to look into it
//! (`PR_SET_DUMPABLE`) is served only where the supervisor is root; under isolation its sockets fail. Without the
//! right to install filters as they are, programs start with no-new-privileges: `sudo` does not work then. Rings
//! (`io_uring`) are not there. Processes that somebody else starts at the program's request are not of its tree.
//!
//! Source: seccomp(2), seccomp_unotify(2), pidfd_getfd(2), `Documentation/userspace-api/
//! seccomp_filter.rst` of the kernel.
//!
//! ```
//! use run::{Ended, Program};
//!
//! let program = Program { name: "sh".into(), arguments: vec!["-c".into(), "exit 7".into()], ..Program::default() };
//! // Without a supervisor: only signals and the exit status pass.
//! assert_eq!(run::run_plainly(&program)?, Ended::Exited(7));
//! # Ok::<(), run::RunError>(())
//! ```

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "elsewhere.rs"]
mod platform;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "linux/mod.rs"]
mod platform;

mod detached;
mod ended;
mod errors;
mod passed;
mod plain;
mod program;
mod stopped;
mod switchboard;

pub use detached::{spawn_beside, spawn_detached};
pub use ended::Ended;
pub use errors::{RunError, Unsupported};
pub use plain::run_plainly;
pub use program::{Isolation, Program};
pub use switchboard::{Call, Refusal, Route, Switchboard};

use std::sync::Arc;

/// Whether programs can be served on this machine. Tries it, with a child that installs the filter and ends; [`run`] does
/// the same and need not be asked before.
pub fn probe(isolation: Isolation) -> Result<(), Unsupported> {
    platform::probe(isolation)
}

/// Starts `program` and returns when it and every process that came from it have ended.
///
/// Meanwhile this process forwards the signals that a supervisor is sent, adopts and reaps orphans of the program's
/// tree, and so must have no other children that somebody waits for. Blocks its thread; one run at a time in a process.
/// Should this process be killed, calls under way fail with `ENOSYS` and later ones too: nothing hangs.
pub fn run(program: &Program, switchboard: Arc<dyn Switchboard>) -> Result<Ended, RunError> {
    platform::run(program, switchboard)
}

//! Why a program is not served, or not started.
//!
//! Rule: each message is one line that says what is missing; what to do about it is `hint`.

use std::ffi::OsString;
use std::io;

use thiserror::Error;

/// Why unmodified programs cannot be served here.
#[derive(Debug, Error)]
pub enum Unsupported {
    #[error("connections are answered for programs on Linux for x86-64 and ARM64 only")]
    Platform,
    #[error("the kernel lacks {missing}, which came with Linux {since}")]
    Kernel { missing: &'static str, since: &'static str },
    #[error("the system forbids seccomp filters")]
    FilterForbidden(#[source] io::Error),
    #[error("this process runs under another supervisor, and the kernel allows one")]
    Nested,
    #[error("the system forbids reading the memory of own processes")]
    MemoryForbidden(#[source] io::Error),
    #[error("the system forbids sharing the descriptors of own processes, which isolation needs")]
    DescriptorsForbidden(#[source] io::Error),
    #[error("it could not be found out whether programs can be served")]
    Untried(#[source] io::Error),
}

#[derive(Debug, Error)]
pub enum RunError {
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    #[error("{} is not there; check the name, or PATH", .0.display())]
    NotFound(OsString),
    #[error("{} cannot be executed", program.display())]
    NotExecutable { program: OsString, source: io::Error },
    #[error("an argument or a variable holds a NUL byte; leave it out")]
    NulByte,
    #[error("a program is supervised by this process already; wait for its end")]
    Busy,
    #[error("{step}")]
    System { step: &'static str, source: io::Error },
}

impl Unsupported {
    /// What the user may change, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::FilterForbidden(_) => Some("in a container, allow the seccomp system call"),
            Self::Nested => Some("leave out the inner supervisor: the outer one serves its programs"),
            Self::MemoryForbidden(_) => {
                Some("set kernel.yama.ptrace_scope to 1 or 0, or allow process_vm_readv")
            }
            Self::DescriptorsForbidden(_) => Some("in a container, allow pidfd_getfd"),
            Self::Platform | Self::Kernel { .. } | Self::Untried(_) => None,
        }
    }
}

impl RunError {
    /// What a shell would leave with.
    pub fn exit_code(&self) -> i32 {
        match self {
            Self::NotFound(_) => 127,
            Self::NotExecutable { .. } => 126,
            Self::Unsupported(_) | Self::NulByte | Self::Busy | Self::System { .. } => 1,
        }
    }
}

//! Who is at the other end of a connection.
//!
//! Rule: what is not known stays unknown; nothing is guessed, and nothing is kept from one connection to the next that
//! the kernel would not say again.

mod budget;
mod cgroup;
mod command_line;
mod describe;
mod identifier;
mod script;
mod search;
#[cfg(target_os = "linux")]
mod sock_diag;
mod sockets;
mod stat;
mod users;
mod worker;

pub use identifier::{Identification, Identifier};

use std::net::IpAddr;
use std::path::PathBuf;

/// A client, as far as this machine can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub place: Place,
    /// Where it connected from.
    pub address: IpAddr,
    /// The user that the connection belongs to.
    pub user: Option<User>,
    pub process: Option<Process>,
}

/// Where a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A process of this machine.
    ThisMachine,
    /// A process of this machine in a network of its own, with an address that only an administrator can have given it.
    Container,
    /// Another machine, or a guest.
    Elsewhere,
}

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    pub id: u32,
    /// As `/etc/passwd` has it; users of directory services and of containers have none here.
    pub name: Option<String>,
}

/// A process, as it was when it called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub id: u32,
    /// Clock ticks from boot to its start. With the id it names a process for as long as the machine runs.
    pub started: u64,
    /// Of its main thread, 15 bytes at most; what is left where the executable may not be seen.
    pub name: String,
    pub executable: Option<PathBuf>,
    /// What an interpreter runs: script, module, JAR or class.
    pub script: Option<String>,
    /// At most 4 KiB, with what looks like a secret left out.
    pub command_line: Vec<String>,
    pub cgroup: Option<String>,
    /// As docker, containerd, podman and CRI-O number their containers, or a machine's name of systemd-nspawn.
    pub container_id: Option<String>,
    /// Parent first; at most three.
    pub ancestors: Vec<Ancestor>,
}

/// A process that a process descends from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancestor {
    pub id: u32,
    pub name: String,
}

impl Caller {
    /// Somebody of whom only the address is known.
    pub fn unknown(place: Place, address: IpAddr) -> Self {
        Self { place, address, user: None, process: None }
    }
}

#[cfg(test)]
mod tests;

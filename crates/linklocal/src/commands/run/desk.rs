//! Where an inner run tells the outer one which instance its programs are on.
//!
//! Rule: the desk is an address that only programs of the tree can connect to, so the kernel says who calls, and no
//! variable has to be kept. A program of another user gets no further by it than by itself: to that user's own servers.
//! It lies in a part of 169.254.0.0/16 that no machine may use (RFC 3927, 2.1).

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use types::InstanceId;

use super::ancestry::{self, Identity};
use super::guests::{Guests, Host, Party};
use crate::arguments::Workload;
use crate::failure::Failure;
use crate::introductions::Line;

/// What the inner run asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Registration {
    pub(super) workload: Option<Workload>,
    /// Who answers its programs.
    pub(super) host: Option<Address>,
    pub(super) isolated: bool,
}

/// An instance, and where its server takes connections.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Address {
    pub(super) instance_id: InstanceId,
    pub(super) socket: PathBuf,
}

/// What it is told.
#[derive(Debug, Serialize, Deserialize)]
enum Verdict {
    Admitted,
    NotIsolated,
    Refused(String),
}

/// The inner run is not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeskError {
    /// Whoever supervises this process is not linklocal, or not of this version.
    #[error("this process is supervised by another program")]
    Foreign,
    #[error("the `linklocal run` around this one does not isolate, and the kernel allows one supervisor")]
    NotIsolated,
    #[error("the `linklocal run` around this one cannot serve this one: {0}")]
    Refused(String),
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        let failure = Self::of(&error);
        match error {
            DeskError::NotIsolated => failure.hint("give --isolate to the outer one"),
            _ => failure,
        }
    }
}

/// Registers this process with the run around it. It is served as long as what is returned is kept.
pub(super) fn register(registration: &Registration) -> Result<TcpStream, DeskError> {
    let (stream, verdict) = ask(registration).map_err(|_| DeskError::Foreign)?;
    match verdict {
        Verdict::Admitted => Ok(stream),
        Verdict::NotIsolated => Err(DeskError::NotIsolated),
        Verdict::Refused(why) => Err(DeskError::Refused(why)),
    }
}

fn ask(registration: &Registration) -> io::Result<(TcpStream, Verdict)> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::V4(DESK), REACH)?;
    // A supervisor of ours answers over loopback; there are networks where somebody answers at every address.
    if !stream.local_addr()?.ip().is_loopback() {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?.take(LONGEST));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if line != GREETING {
        return Err(io::ErrorKind::InvalidData.into());
    }
    say(&mut stream, registration)?;
    line.clear();
    reader.read_line(&mut line)?;
    let verdict = serde_json::from_str(&line)?;
    Ok((stream, verdict))
}

/// Attends to an inner run, on a thread of its own: as long as it keeps the connection it stays.
pub(super) fn attend(guests: &Arc<Guests>, process_id: u32, stream: TcpStream) -> io::Result<()> {
    let guests = Arc::clone(guests);
    // Looked at while the program waits for its connection: later the number may be another's, or it may run a program
    // with rights that it has not.
    let gone = || io::Error::from(io::ErrorKind::NotConnected);
    let process = ancestry::identity(process_id).ok_or_else(gone)?;
    let users = ancestry::users(process_id).ok_or_else(gone)?;
    let thread = std::thread::Builder::new().name("desk".to_owned()).stack_size(STACK);
    // A guest that breaks off is a guest that has left.
    thread.spawn(move || drop(host(&guests, process, users, stream))).map(drop)
}

fn host(guests: &Arc<Guests>, process: Identity, users: [u32; 2], mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(GREETING.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.try_clone()?.take(LONGEST)).read_line(&mut line)?;
    let Registration { workload, host, isolated } = serde_json::from_str(&line)?;
    if isolated && !guests.isolated {
        return say(&mut stream, &Verdict::NotIsolated);
    }
    let host = match host.map(|address| called(address, users)).transpose() {
        Ok(host) => host,
        Err(why) => return say(&mut stream, &Verdict::Refused(why)),
    };
    let Some(_stay) = guests.admit(process, Party { workload, host }) else {
        return say(&mut stream, &Verdict::Refused("too many runs within it".to_owned()));
    };
    say(&mut stream, &Verdict::Admitted)?;
    stream.set_read_timeout(None)?;
    stream.read(&mut [0]).map(drop)
}

/// A session with the server at an address, or why there is none.
fn called(address: Address, users: [u32; 2]) -> Result<Host, String> {
    let Address { instance_id, socket } = address;
    let line = Line::open(&socket).map_err(|error| Failure::of(&error).message)?;
    if !may_use(users, line.server_user()) {
        return Err("its server is another user's".to_owned());
    }
    Ok(Host { line, instance_id })
}

/// Whether a program could open a session with a server itself: as its owner, or as root. This process may be root where
/// the program is not.
fn may_use(users: [u32; 2], server_user: u32) -> bool {
    users.iter().all(|user| *user == server_user || *user == 0)
}

fn say(stream: &mut TcpStream, object: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(object)?;
    line.push(b'\n');
    stream.write_all(&line)
}

pub(super) const DESK: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(169, 254, 0, 1), 1338);

/// The number is the protocol's.
const GREETING: &str = "linklocal run 2\n";
/// A supervisor of another kind lets the call through to a network where nobody has this address.
const REACH: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(5);
/// A path of a Unix socket and an instance id, several times over.
const LONGEST: u64 = 4096;
const STACK: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_uses_the_servers_of_its_user() {
        for (users, server, expected) in [
            ([1000, 1000], 1000, true),
            ([0, 0], 1000, true),
            ([0, 0], 0, true),
            ([1000, 1000], 0, false),
            ([1000, 1000], 1001, false),
            // A set-user-id program acts for whoever started it.
            ([1000, 0], 0, false),
            ([1000, 0], 1000, true),
        ] {
            assert_eq!(may_use(users, server), expected, "{users:?} {server}");
        }
    }
}

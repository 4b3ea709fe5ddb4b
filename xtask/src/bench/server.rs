//! A server under measurement: started on a port of ours, read through `/proc`, stopped by its id.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Programs;
use super::machine::{self, Core};
use crate::chore::ChoreError;
use crate::process;

pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
    /// Removed with the server.
    home: Option<PathBuf>,
}

impl Server {
    /// Starts a program and waits until it takes connections.
    pub(super) fn start(mut command: Command, port: u16, home: Option<PathBuf>) -> Result<Self, ChoreError> {
        let name = format!("{command:?}");
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = quiet.spawn().map_err(ChoreError::io(format!("starting {name}")))?;
        let mut server = Self { child, address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), home };
        let deadline = Instant::now() + START;
        while TcpStream::connect(server.address).is_err() {
            let ended = server.child.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() > deadline {
                return Err(ChoreError::failed(format!("{name} does not listen on {}", server.address)));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    /// The product with one default instance, its work of the first start done.
    pub(super) fn linklocal(programs: &Programs) -> Result<Self, ChoreError> {
        Self::linklocal_in(programs, home()?)
    }

    pub(super) fn linklocal_in(programs: &Programs, home: PathBuf) -> Result<Self, ChoreError> {
        let port = free_port()?;
        let mut command = machine::pinned(Core::Server, &programs.linklocal);
        command.args(up(&home, port));
        let server = Self::start(command, port, Some(home))?;
        server.settle()?;
        Ok(server)
    }

    /// A new installation makes its signing keys some time after its start: have them made now, not while measuring.
    pub(super) fn settle(&self) -> Result<(), ChoreError> {
        Self::settle_at(self.address)
    }

    /// By the address of its metadata service, where another is measured.
    pub(super) fn settle_at(address: SocketAddr) -> Result<(), ChoreError> {
        for kind in ["signature", "pkcs7", "rsa2048"] {
            let request =
                format!("GET /latest/dynamic/instance-identity/{kind} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            let reply = exchange(address, &request).map_err(ChoreError::io("asking for a signature"))?;
            if !reply.starts_with("HTTP/1.1 200") {
                return Err(ChoreError::failed(format!("no {kind} from the server: {reply:?}")));
            }
        }
        Ok(())
    }

    /// Stops it and leaves its directory.
    pub(super) fn stop_and_keep(mut self) -> Result<(), ChoreError> {
        self.home = None;
        self.stop()
    }

    pub(super) fn bare_hyper(programs: &Programs, kind: &str) -> Result<Self, ChoreError> {
        let port = free_port()?;
        let mut command = machine::pinned(Core::Server, &programs.bare_hyper);
        command.args([port.to_string().as_str(), kind]);
        Self::start(command, port, None)
    }

    /// The server's own process: `taskset` and `valgrind` replace themselves with what they start.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// CPU time used so far.
    pub(super) fn usage(&self) -> Result<Usage, ChoreError> {
        let tasks = format!("/proc/{}/task", self.id());
        let entries = fs::read_dir(&tasks).map_err(ChoreError::io(format!("reading {tasks}")))?;
        let mut nanoseconds = 0;
        for entry in entries.filter_map(Result::ok) {
            let text = fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
            nanoseconds +=
                text.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        }
        let (user, kernel) = self.ticks()?;
        Ok(Usage { exact: Duration::from_nanos(nanoseconds), user, kernel })
    }

    fn ticks(&self) -> Result<(Duration, Duration), ChoreError> {
        let file = format!("/proc/{}/stat", self.id());
        let text = fs::read_to_string(&file).map_err(ChoreError::io(format!("reading {file}")))?;
        // After the name, which may hold anything, come fields 3 and up; 14 and 15 are utime and stime.
        let rest = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
        let mut ticks =
            rest.split_whitespace().skip(11).map(|field| field.parse::<u32>().unwrap_or_default());
        let mut next = || Duration::from_millis(10) * ticks.next().unwrap_or_default();
        Ok((next(), next()))
    }

    /// Resident memory now, in KiB.
    pub(super) fn resident(&self) -> Result<u64, ChoreError> {
        machine::field(&format!("/proc/{}/status", self.id()), "VmRSS")
            .and_then(|value| value.split(' ').next()?.parse().ok())
            .ok_or_else(|| ChoreError::failed("the server has no VmRSS: it ended"))
    }

    /// A session token, for requests that carry one.
    pub(super) fn token(&self) -> Result<String, ChoreError> {
        let reply = exchange(self.address, TOKEN_REQUEST).map_err(ChoreError::io("asking for a token"))?;
        let token = reply.split("\r\n\r\n").nth(1).unwrap_or_default();
        if token.is_empty() {
            return Err(ChoreError::failed(format!("the server gave no token: {reply:?}")));
        }
        Ok(token.to_owned())
    }

    /// Ends it as an operator would, and waits for what it leaves (callgrind writes its file then).
    pub(super) fn stop(mut self) -> Result<(), ChoreError> {
        process::capture(&mut process::program("kill", &[&self.id().to_string()]))?;
        self.child.wait().map_err(ChoreError::io("waiting for the server to end"))?;
        Ok(())
    }
}

/// CPU time of a process, by the scheduler's exact clock and by the coarse one that tells user from kernel.
#[derive(Clone, Copy)]
pub(super) struct Usage {
    exact: Duration,
    user: Duration,
    kernel: Duration,
}

impl Usage {
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            exact: self.exact.saturating_sub(before.exact),
            user: self.user.saturating_sub(before.user),
            kernel: self.kernel.saturating_sub(before.kernel),
        }
    }

    /// The exact clock forgets threads that have ended: a server with a thread per connection needs the coarse one.
    pub(super) fn cpu(self) -> Duration {
        let coarse = self.user + self.kernel;
        if coarse > self.exact.mul_f64(1.2) { coarse } else { self.exact }
    }

    /// The part spent in user mode, from 0 to 1.
    pub(super) fn user_share(self) -> f64 {
        let coarse = (self.user + self.kernel).as_secs_f64();
        if coarse > 0.0 { self.user.as_secs_f64() / coarse } else { 0.0 }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to do about a failure: after `stop` there is no process left to kill.
        drop(self.child.kill());
        drop(self.child.wait());
        if let Some(home) = &self.home {
            drop(fs::remove_dir_all(home));
        }
    }
}

/// The arguments that start the product on a port with its state in a directory.
pub(super) fn up(home: &Path, port: u16) -> Vec<String> {
    let data = home.join("data").display().to_string();
    ["up", "--no-api", "--data", &data, "--imds", &format!("127.0.0.1:{port}")].map(str::to_owned).to_vec()
}

/// A directory for one server, empty.
pub(super) fn home() -> Result<PathBuf, ChoreError> {
    let unique = format!("linklocal-bench-{}-{}", std::process::id(), free_port()?);
    let home = std::env::temp_dir().join(unique);
    fs::create_dir_all(&home).map_err(ChoreError::io(format!("making {}", home.display())))?;
    Ok(home)
}

/// A port that was free a moment ago: what is measured must be reached without asking it first.
pub(super) fn free_port() -> Result<u16, ChoreError> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(ChoreError::io("looking for a port"))?;
    Ok(listener.local_addr().map_err(ChoreError::io("looking for a port"))?.port())
}

/// Sends a request and reads until the server closes.
pub(super) fn exchange(address: SocketAddr, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}

const START: Duration = Duration::from_secs(60);
/// Signing keys take a second, and several under a load of others.
const PATIENCE: Duration = Duration::from_secs(60);
const TOKEN_REQUEST: &str = "PUT /latest/api/token HTTP/1.1\r\nHost: 127.0.0.1\r\n\
     X-aws-ec2-metadata-token-ttl-seconds: 21600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

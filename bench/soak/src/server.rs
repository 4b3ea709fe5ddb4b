//! The server under test: started, killed, held, and read through `/proc`.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

pub(crate) struct Server {
    program: PathBuf,
    pub(crate) home: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) api: SocketAddr,
    pub(crate) imds: SocketAddr,
    child: Child,
}

/// What a process holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) resident_kib: u64,
    pub(crate) descriptors: u64,
}

impl Server {
    pub(crate) fn start(program: &Path, home: &Path, data: &Path) -> io::Result<Self> {
        let (api, imds) = (free_address()?, free_address()?);
        fs::create_dir_all(home)?;
        let child = spawn(program, home, data, api, imds)?;
        let mut server = Self {
            program: program.to_owned(),
            home: home.to_owned(),
            data: data.to_owned(),
            api,
            imds,
            child,
        };
        server.wait()?;
        Ok(server)
    }

    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.child = spawn(&self.program, &self.home, &self.data, self.api, self.imds)?;
        self.wait()
    }

    fn wait(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + START;
        while TcpStream::connect(self.api).is_err() || TcpStream::connect(self.imds).is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!(
                    "the server ended at its start: {status}; {}",
                    self.log()
                )));
            }
            if Instant::now() > deadline {
                return Err(io::Error::other("the server does not listen"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// As a power cut does, as far as a process can tell.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    pub(crate) fn stop(&mut self) -> io::Result<()> {
        self.signal(Signal::TERM);
        self.child.wait().map(drop)
    }

    pub(crate) fn hold(&self, time: Duration) {
        self.signal(Signal::STOP);
        std::thread::sleep(time);
        self.signal(Signal::CONT);
    }

    /// How it ended, if it did though nobody asked it to.
    pub(crate) fn ended(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }

    pub(crate) fn sample(&self) -> Option<Sample> {
        let id = self.child.id();
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let descriptors = fs::read_dir(format!("/proc/{id}/fd")).ok()?.count();
        Some(Sample {
            resident_kib: line.split_whitespace().next()?.parse().ok()?,
            descriptors: descriptors as u64,
        })
    }

    /// What all its lives said.
    pub(crate) fn log(&self) -> String {
        fs::read(self.home.join("log"))
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default()
    }

    /// The first thing that it printed: the account and its administrator.
    pub(crate) fn greeting(&self) -> io::Result<String> {
        let file = self.home.join("out");
        let deadline = Instant::now() + START;
        loop {
            let mut text = String::new();
            File::open(&file)?.read_to_string(&mut text)?;
            if text.ends_with('\n') || Instant::now() > deadline {
                return Ok(text);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Files with bytes of objects.
    pub(crate) fn object_files(&self) -> usize {
        files_below(&self.data.join("objects"))
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(id) = id {
            // It may have ended by itself: `ended` says so.
            let _ = kill_process(id, signal);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn spawn(program: &Path, home: &Path, data: &Path, api: SocketAddr, imds: SocketAddr) -> io::Result<Child> {
    let append = |name: &str| File::options().create(true).append(true).open(home.join(name));
    let mut command = Command::new(program);
    command.args(["up", "--json", "--no-profile", "--seed", "soak", "--data"]).arg(data);
    command.args(["--api", &api.to_string(), "--imds", &imds.to_string()]);
    command.env("HOME", home).current_dir(home).stdin(Stdio::null());
    command.stdout(append("out")?).stderr(append("log")?).spawn()
}

fn files_below(directory: &Path) -> usize {
    let Ok(entries) = fs::read_dir(directory) else { return 0 };
    let count = |entry: fs::DirEntry| match entry.path() {
        path if path.is_dir() => files_below(&path),
        _ => 1,
    };
    entries.filter_map(Result::ok).map(count).sum()
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

const START: Duration = Duration::from_secs(60);

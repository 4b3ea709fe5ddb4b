//! A data directory, the server on it, and commands that talk to it.
//!
//! Rule: nothing of the machine's own environment is seen, every wait has an end, and no process outlives its test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A place for one test.
pub(crate) struct World {
    directory: tempfile::TempDir,
}

/// A running `linklocal up`.
pub(crate) struct Server {
    child: Option<Child>,
    /// The object that it printed.
    pub(crate) banner: Value,
    pub(crate) endpoint: SocketAddr,
    stderr: PathBuf,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    #[allow(clippy::disallowed_methods, reason = "a test writes the files that users would")]
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// A command in this world, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linklocal"));
        command.args(arguments);
        if arguments.first() == Some(&"up") && !arguments.contains(&"--api") {
            // Its usual port is one for the whole machine.
            command.arg("--no-api");
        }
        command
            .env_clear()
            .env("HOME", self.directory.path())
            .env("LINKLOCAL_DATA", self.data())
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said(&mut self.command(arguments))
    }

    /// Runs a command that must succeed; its stdout.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
        said.stdout
    }

    /// Runs a command with `--json` that must succeed; its object.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.done(&[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Starts a server on a free port.
    pub(crate) fn up(&self) -> Server {
        self.up_with(&["--imds", "127.0.0.1:0"])
    }

    pub(crate) fn up_with(&self, arguments: &[&str]) -> Server {
        self.started(self.command(&[&["up", "--json"], arguments].concat()))
    }

    /// Starts a server that is told nothing but what its configuration says.
    pub(crate) fn up_unnamed(&self) -> Server {
        let mut command = self.command(&["up", "--json"]);
        command.env_remove("LINKLOCAL_DATA");
        self.started(command)
    }

    fn started(&self, mut command: Command) -> Server {
        let stderr = self.path("stderr");
        let log = std::fs::File::create(&stderr).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let line = within("the first line of `up`", move || {
            let mut line = String::new();
            stdout.read_line(&mut line).map(|_| line)
        });
        let banner: Value = serde_json::from_str(&line.unwrap())
            .unwrap_or_else(|error| panic!("{error}: {}", text_of(&stderr)));
        let endpoint = banner["Endpoints"][0].as_str().unwrap().parse().unwrap();
        Server { child: Some(child), banner, endpoint, stderr }
    }
}

impl Server {
    pub(crate) fn signal(&self, signal: Signal) {
        let id = self.child.as_ref().unwrap().id();
        kill_process(Pid::from_raw(i32::try_from(id).unwrap()).unwrap(), signal).unwrap();
    }

    /// Sends the signal and waits for the end.
    pub(crate) fn end(mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        let mut child = self.child.take().unwrap();
        within("the end of `up`", move || child.wait()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        text_of(&self.stderr)
    }

    /// Its resident memory (proc(5), `VmRSS`).
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = text_of(Path::new(&format!("/proc/{}/status", self.child.as_ref().unwrap().id())));
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until stderr holds `text`.
    pub(crate) fn says(&self, text: &str) -> bool {
        eventually(|| self.stderr().contains(text))
    }

    /// GET without a token: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        ask(self.endpoint, "GET", path, "")
    }

    /// GET with a token.
    pub(crate) fn get_v2(&self, path: &str) -> (u16, String) {
        let token = self.token();
        ask(self.endpoint, "GET", path, &format!("X-aws-ec2-metadata-token: {token}\r\n"))
    }

    pub(crate) fn token(&self) -> String {
        let ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
        let (status, token) = ask(self.endpoint, "PUT", "/latest/api/token", ttl);
        assert_eq!(status, 200);
        token
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One request on a connection of its own.
pub(crate) fn ask(endpoint: SocketAddr, method: &str, path: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(endpoint).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {endpoint}\r\n{headers}\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Asks again until the answer is yes; gives up after a while.
pub(crate) fn eventually(mut answer: impl FnMut() -> bool) -> bool {
    let (_keep, never) = mpsc::channel::<()>();
    for _ in 0..1000 {
        if answer() {
            return true;
        }
        let _ = never.recv_timeout(PATIENCE / 1000);
    }
    false
}

pub(crate) fn said(command: &mut Command) -> Said {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let output = within("the end of a command", move || child.wait_with_output()).unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[allow(clippy::disallowed_methods, reason = "a test reads what was written")]
pub(crate) fn text_of(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// What `work` returns; a test whose work hangs fails.
pub(crate) fn within<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    wait.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{what} did not come within {PATIENCE:?}"))
}

/// Far above what anything here takes, for machines under load.
const PATIENCE: Duration = Duration::from_secs(60);

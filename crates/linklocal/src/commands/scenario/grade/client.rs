//! The program that is graded: started under `linklocal run`, ended with the scenario.

use std::ffi::OsString;
use std::fmt;
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::{Global, GradeArguments};
use crate::failure::Failure;
use crate::output::Output;

/// A running program, with all that it starts in a process group of its own.
pub(super) struct Client {
    child: Child,
    group: Pid,
    name: String,
}

/// How the program ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ended {
    ByItself(ExitStatus),
    /// The scenario was over.
    WithTheScenario,
    /// Whoever ran this did not want to wait.
    Interrupted,
}

impl Client {
    pub(super) fn start(data: &Path, global: &Global, arguments: &GradeArguments) -> Result<Self, Failure> {
        let own = std::env::current_exe()
            .map_err(|error| Failure::new(format!("this program's own file is not to be found: {error}")))?;
        let mut command = Command::new(own);
        command.arg("run").arg("--data").arg(data);
        if let Some(log) = &global.log {
            command.arg("--log").arg(log);
        }
        if let Some(instance) = &arguments.instance {
            command.arg("--instance").arg(instance);
        }
        command.arg("--").args(&arguments.command);
        // The report has stdout to itself.
        let said = std::io::stderr().as_fd().try_clone_to_owned().map_or_else(|_| Stdio::null(), Stdio::from);
        command.stdin(Stdio::null()).stdout(said).stderr(Stdio::inherit()).process_group(0);
        let child = command
            .spawn()
            .map_err(|error| Failure::new(format!("`linklocal run` cannot be started: {error}")))?;
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let group = id.ok_or_else(|| Failure::new("`linklocal run` ended as it was started"))?;
        Ok(Self { child, group, name: name(&arguments.command) })
    }

    /// The program and its arguments.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Lets it live as long as the scenario takes.
    pub(super) async fn live(mut self, duration: Duration) -> Result<Ended, Failure> {
        let mut terminated = signal(SignalKind::terminate())
            .map_err(|error| Failure::new(format!("signals cannot be received: {error}")))?;
        let ended = tokio::select! {
            status = self.child.wait() => return status.map(Ended::ByItself).map_err(|error| lost(&error)),
            () = tokio::time::sleep(duration) => Ended::WithTheScenario,
            _ = tokio::signal::ctrl_c() => Ended::Interrupted,
            _ = terminated.recv() => Ended::Interrupted,
        };
        self.end().await?;
        Ok(ended)
    }

    /// Asks it to end, and sees to it.
    async fn end(&mut self) -> Result<(), Failure> {
        self.signal(Signal::TERM);
        if tokio::time::timeout(PATIENCE, self.child.wait()).await.is_err() {
            Output::note("the program does not end on SIGTERM and is killed");
        }
        // Children that outlive it are part of it.
        self.signal(Signal::KILL);
        self.child.wait().await.map(drop).map_err(|error| lost(&error))
    }

    fn signal(&self, signal: Signal) {
        // A group that is gone has ended, which is what is wanted.
        let _ = kill_process_group(self.group, signal);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

impl Ended {
    /// Whether it says, as shells do, that there was no such program.
    pub(super) fn is_not_started(self) -> bool {
        matches!(self, Self::ByItself(status) if matches!(status.code(), Some(126 | 127)))
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByItself(status) => match (status.code(), status.signal()) {
                (Some(code), _) => write!(f, "exit code {code}"),
                (None, signal) => write!(f, "signal {}", signal.unwrap_or_default()),
            },
            Self::WithTheScenario => f.write_str("ended with the scenario"),
            Self::Interrupted => f.write_str("ended early by whoever graded it"),
        }
    }
}

/// The command line, as far as a reader needs it.
fn name(command: &[OsString]) -> String {
    let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
    let line: String = words.join(" ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn lost(error: &std::io::Error) -> Failure {
    Failure::new(format!("the program's end cannot be seen: {error}"))
}

const LONGEST_NAME: usize = 100;
/// Between SIGTERM and SIGKILL.
const PATIENCE: Duration = Duration::from_secs(5);

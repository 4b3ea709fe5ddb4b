//! Starts the server that serves while CMD runs.
//!
//! Rule: it is nobody's child and leaves by itself when its last session ends, also if `run` is killed.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::unix::pipe;

use crate::arguments::{Global, RunArguments};
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;

/// What a server that `run` starts says on its standard output, once it serves or cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::commands) enum Started {
    Serving,
    #[serde(rename_all = "PascalCase")]
    Failed {
        message: String,
        hint: Option<String>,
        /// Another server is on the directory, which may be about to leave.
        passing: bool,
    },
}

impl Started {
    pub(in crate::commands) fn failed(failure: &Failure) -> Self {
        let Failure { message, hint, passing, .. } = failure.clone();
        Self::Failed { message, hint, passing }
    }

    fn result(self) -> Result<(), Failure> {
        let Self::Failed { message, hint, passing } = self else { return Ok(()) };
        let failure = Failure::new(message);
        let failure = if passing { failure.passing() } else { failure };
        Err(match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        })
    }
}

/// Starts a server on the directory and returns once it serves. What it says goes to a log in the directory.
pub(super) async fn start(place: &Place, global: &Global, arguments: &RunArguments) -> Result<(), Failure> {
    sys::fs::private_directory(place.path()).map_err(|error| Failure::of(&error))?;
    let log = sys::fs::log(&place.run_log(), LONGEST_LOG).map_err(|error| Failure::of(&error))?;
    let unable = |error| Failure::new(format!("no server can be started: {error}"));
    let mut command = Command::new(std::env::current_exe().map_err(unable)?);
    command.args(["up", "--while-run", "--imds", "127.0.0.1:0", "--data"]).arg(place.path());
    if let Some(file) = &arguments.config {
        command.arg("--config").arg(file);
    }
    // Of use only where CMD has to be served by variables; another run's CMD may need it then, too.
    if arguments.container.is_some() || arguments.workload.is_some() {
        command.args(["--container", "127.0.0.1:0"]);
    }
    if let Some(filter) = &global.log {
        command.arg("--log").arg(filter);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let stdout = run::spawn_detached(&mut command).map_err(unable)?.expect("its output is piped");
    let stdout = pipe::Receiver::from_owned_fd(stdout.into()).map_err(unable)?;
    word(stdout, place).await?.result()
}

/// What the server says first.
async fn word(stdout: pipe::Receiver, place: &Place) -> Result<Started, Failure> {
    let mut line = String::new();
    let mut stdout = BufReader::new(stdout);
    let mut reading = std::pin::pin!(stdout.read_line(&mut line));
    let read = match tokio::time::timeout(SILENCE, &mut reading).await {
        Ok(read) => Ok(read),
        Err(_) => {
            Output::progress(&format!("starting a server on {}", place.path().display()));
            tokio::time::timeout(PATIENCE, reading).await
        }
    };
    let whole = matches!(read, Ok(Ok(_)));
    serde_json::from_str(&line).ok().filter(|_| whole).ok_or_else(|| {
        Failure::new("the server that was started did not say that it serves")
            .hint(format!("{} may say why", place.run_log().display()))
    })
}

/// Enough to find out what went wrong, little enough to forget.
const LONGEST_LOG: u64 = 1024 * 1024;
/// After this a terminal is told what is waited for.
const SILENCE: Duration = Duration::from_secs(1);
/// Far above what many instances or a crash before take.
const PATIENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_survives_the_way() {
        let failure = Failure::new("linklocal.toml:2:1: no").hint("write yes").passing();
        let text = serde_json::to_string(&Started::failed(&failure)).unwrap();
        let started: Started = serde_json::from_str(&text).unwrap();
        assert_eq!(started.result(), Err(failure));
        assert_eq!(Started::Serving.result(), Ok(()));
    }
}

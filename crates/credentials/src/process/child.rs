//! A child whose output is wanted: started, read within bounds, stopped with all its children where it does not end.

use std::io::{self, IsTerminal as _};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;
use types::Secret;
use zeroize::Zeroizing;

/// The child gave nothing.
#[derive(Debug)]
pub(super) enum ChildError {
    Start(io::Error),
    Pipe(io::Error),
    TimedOut,
    TooMuch { limit: usize },
}

/// How it ended and what it printed. Where `somebody` is there, the child shares the terminal and can ask.
pub(super) async fn run(
    mut command: Command,
    within: Duration,
    somebody: bool,
) -> Result<(ExitStatus, Secret<Vec<u8>>), ChildError> {
    let shared = |is_terminal: bool| if somebody && is_terminal { Stdio::inherit() } else { Stdio::null() };
    command.stdin(shared(io::stdin().is_terminal())).stderr(shared(io::stderr().is_terminal()));
    command.stdout(Stdio::piped()).kill_on_drop(true);
    // A group in the background may not read from the terminal: only where nobody is there does the child get one.
    #[cfg(unix)]
    if !somebody {
        command.process_group(0);
    }
    let mut child = command.spawn().map_err(ChildError::Start)?;
    let group = child.id().filter(|_| !somebody);
    let outcome = match timeout(within, read(&mut child)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ChildError::TimedOut),
    };
    if outcome.is_err() {
        // The number of a child that has ended may be somebody else's by now; a group keeps its own while anybody is in it.
        let family = Family { id: group.or_else(|| child.id()), is_group: group.is_some() };
        family.kill();
        let _ = child.kill().await;
    }
    outcome
}

async fn read(child: &mut Child) -> Result<(ExitStatus, Secret<Vec<u8>>), ChildError> {
    let mut stdout = child.stdout.take().expect("stdout is piped");
    // Allocated once: a growing vector would leave copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT + 1));
    let ended = tokio::select! {
        status = child.wait() => Some(status.map_err(ChildError::Pipe)?),
        whole = fill(&mut stdout, &mut bytes) => { whole?; None }
    };
    let status = match ended {
        None => child.wait().await.map_err(ChildError::Pipe)?,
        Some(status) => {
            // Something it started may hold the pipe open for ever.
            if let Ok(whole) = timeout(LINGER, fill(&mut stdout, &mut bytes)).await {
                whole?;
            }
            status
        }
    };
    Ok((status, Secret::new(std::mem::take(&mut *bytes))))
}

/// Reads to the end, or one byte more than may be.
async fn fill(stdout: &mut ChildStdout, bytes: &mut Vec<u8>) -> Result<(), ChildError> {
    loop {
        let room = (MAX_OUTPUT + 1 - bytes.len()) as u64;
        let count = (&mut *stdout).take(room).read_buf(bytes).await.map_err(ChildError::Pipe)?;
        if bytes.len() > MAX_OUTPUT {
            return Err(ChildError::TooMuch { limit: MAX_OUTPUT });
        }
        if count == 0 {
            return Ok(());
        }
    }
}

/// A child and whatever it has started.
struct Family {
    id: Option<u32>,
    is_group: bool,
}

impl Family {
    #[cfg(unix)]
    fn kill(&self) {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        let pid = |id: u32| i32::try_from(id).ok().and_then(Pid::from_raw);
        let Some(id) = self.id else { return };
        if self.is_group {
            let _ = pid(id).map(|group| kill_process_group(group, Signal::KILL));
            return;
        }
        // Who is stopped starts nobody: looked for until nobody new is found.
        let mut members = vec![id];
        let mut stopped = 0;
        while stopped < members.len() {
            for member in &members[stopped..] {
                let _ = pid(*member).map(|process| kill_process(process, Signal::STOP));
            }
            stopped = members.len();
            let found = sys::Proc::system().descendants(id);
            members.extend(found.into_iter().filter(|found| !members.contains(found)).collect::<Vec<_>>());
        }
        for member in members {
            let _ = pid(member).map(|process| kill_process(process, Signal::KILL));
        }
    }

    #[cfg(not(unix))]
    fn kill(&self) {}
}

/// Credentials have less than 4 KiB.
const MAX_OUTPUT: usize = 64 << 10;
const LINGER: Duration = Duration::from_millis(500);

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    use super::*;

    /// In the terminal's own group nobody can be stopped as a group: the family is looked for.
    #[tokio::test]
    async fn child_that_shares_the_terminal_is_stopped_with_its_children() {
        let directory = tempfile::tempdir().unwrap();
        let pids = directory.path().join("pids");
        // Both lines are added: which of the two shells comes first is not known.
        let line = format!("(sleep 300 & echo $! >> {0}; wait) & echo $! >> {0}; wait", pids.display());
        let known = || sys::fs::read_text(&pids, 1000).unwrap_or_default().lines().count();
        // A busy machine may not have started the children when the time is over: then they get more.
        for seconds in [0.3, 1.0, 4.0, 16.0, 64.0] {
            let mut command = Command::new("sh");
            command.arg("-c").arg(&line);
            let outcome = run(command, Duration::from_secs_f64(seconds), true).await;
            assert!(matches!(outcome, Err(ChildError::TimedOut)));
            if known() >= 2 {
                break;
            }
        }
        assert!(known() >= 2);
        for pid in sys::fs::read_text(&pids, 1000).unwrap().split_ascii_whitespace() {
            // A process that was killed ends when it is its turn.
            let ended =
                pid.parse().ok().and_then(Pid::from_raw).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
            if let Some(Ok(process)) = ended {
                let limit = Timespec { tv_sec: 20, tv_nsec: 0 };
                let count = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)).unwrap();
                assert_eq!(count, 1, "{pid} lives");
            }
        }
    }
}

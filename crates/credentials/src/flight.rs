//! One asks, others wait: of all processes and tasks of a user that want the same session at once, one asks for it.
//!
//! Rule: the lock is a file of mode 0600 in a directory of mode 0700, one per identity, and the kernel lets go of it
//! however its holder ends. Waiting is bounded, and a user who waits longer than a second is told for whom. Where no
//! lock can be had (no home, one that is read-only or another user's) everybody asks for himself.

use std::path::Path;
use std::time::Duration;

use sys::fs::{Lock, LockError, owner, private_directory, user};
use tokio::time::{Instant, sleep};

use crate::{Prompt, ResolveError};

/// The right to ask; held until dropped.
#[derive(Debug)]
pub(crate) struct Flight {
    _lock: Option<Lock>,
}

/// Whoever asks is not done in time.
#[derive(Debug, thiserror::Error)]
#[error("{} has asked for {what} for {} s and is not done", holder(*pid), waited.as_secs())]
pub(crate) struct FlightError {
    what: String,
    pid: Option<u32>,
    waited: Duration,
}

impl Flight {
    /// Waits for its turn to ask for `name`, which is `what` in words. `aws_directory` is `~/.aws`.
    pub(crate) async fn board(
        aws_directory: &Path,
        name: &str,
        what: &str,
        prompt: &dyn Prompt,
    ) -> Result<Self, FlightError> {
        let directory = aws_directory.join("linklocal").join("locks");
        if !aws_directory.is_absolute() || owner(&directory) != Some(user()) {
            return Ok(Self { _lock: None });
        }
        if let Err(error) = private_directory(&directory) {
            tracing::debug!("nobody else is waited for: {error}");
            return Ok(Self { _lock: None });
        }
        let path = directory.join(format!("{name}.lock"));
        let mut wait = Wait::new(what);
        loop {
            match Lock::acquire(&path) {
                Ok(lock) => return Ok(Self { _lock: Some(lock) }),
                Err(LockError::Held { pid, .. }) => wait.a_moment(pid, prompt).await?,
                Err(error) => {
                    tracing::debug!("nobody else is waited for: {error}");
                    return Ok(Self { _lock: None });
                }
            }
        }
    }
}

/// One wait, from its beginning.
struct Wait<'a> {
    what: &'a str,
    since: Instant,
    pause: Duration,
    told: bool,
}

impl<'a> Wait<'a> {
    fn new(what: &'a str) -> Self {
        Self { what, since: now(), pause: SHORTEST, told: false }
    }

    async fn a_moment(&mut self, pid: Option<u32>, prompt: &dyn Prompt) -> Result<(), FlightError> {
        let waited = now().duration_since(self.since);
        if waited >= LONGEST {
            return Err(FlightError { what: self.what.to_owned(), pid, waited });
        }
        if waited >= PATIENCE && !self.told {
            prompt.tell(&format!("waiting for {}, which asks for {}", holder(pid), self.what));
            self.told = true;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}

impl From<FlightError> for ResolveError {
    fn from(error: FlightError) -> Self {
        let remedy = match error.pid {
            Some(pid) => format!("answer what process {pid} asks, or end it with `kill {pid}`"),
            None => "try again in a moment".to_owned(),
        };
        Self { transient: true, ..Self::new("held", error.to_string(), remedy) }
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// The runtime's time, which a test can hold.
fn now() -> Instant {
    Instant::now()
}

const SHORTEST: Duration = Duration::from_millis(2);
/// A second waiter is served this much later than it could be, at worst.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// After this a user wonders.
const PATIENCE: Duration = Duration::from_secs(1);
/// Long enough for somebody to find a phone and type its code.
const LONGEST: Duration = Duration::from_secs(180);

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    use types::Secret;

    #[derive(Debug, Default)]
    struct Listener(Mutex<Vec<String>>);

    impl Prompt for Listener {
        fn is_there(&self) -> bool {
            false
        }

        fn ask(&self, _question: &str) -> Result<Secret<String>, crate::PromptError> {
            Err(crate::PromptError::NoTerminal)
        }

        fn tell(&self, line: &str) {
            self.0.lock().unwrap().push(line.to_owned());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_says_for_whom_once_and_gives_up_in_the_end() {
        let (home, listener) = (tempfile::tempdir().unwrap(), Listener::default());
        let first = Flight::board(home.path(), "k", "role r", &listener).await.unwrap();
        let error = Flight::board(home.path(), "k", "role r", &listener).await.unwrap_err();
        let pid = std::process::id();
        assert_eq!(
            *listener.0.lock().unwrap(),
            [format!("waiting for process {pid}, which asks for role r")]
        );
        assert_eq!(
            error.to_string(),
            format!("process {pid} has asked for role r for 180 s and is not done")
        );
        assert!(ResolveError::from(error).remedy.contains(&format!("kill {pid}")));
        drop(first);
        Flight::board(home.path(), "k", "role r", &listener).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn other_identities_do_not_wait_and_a_file_for_a_home_is_no_obstacle() {
        let (home, listener) = (tempfile::tempdir().unwrap(), Listener::default());
        let _one = Flight::board(home.path(), "a", "role a", &listener).await.unwrap();
        let _two = Flight::board(home.path(), "b", "role b", &listener).await.unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        for _ in 0..2 {
            let flight = Flight::board(file.path(), "a", "role a", &listener).await.unwrap();
            assert!(flight._lock.is_none());
        }
        assert!(listener.0.lock().unwrap().is_empty());
    }
}

//! The data directory, for one server at a time.

use std::sync::Arc;
use std::time::Duration;

use sys::fs::{Lock, LockError};
use tokio::time::Instant;

use super::Server;
use crate::failure::Failure;
use crate::introductions::{Line, LineError};
use crate::place::Place;

/// Takes the directory, which is made where it is not there. The lock is the server's life.
pub(crate) fn claim(place: &Place) -> Result<Lock, Failure> {
    sys::fs::private_directory(place.path()).map_err(|error| Failure::of(&error))?;
    Lock::acquire(&place.lock()).map_err(|error| failure(place, &error))
}

/// Takes the directory, perhaps after a moment: a server that takes no connections of programs is about to serve or to
/// leave, as those do that `linklocal run` started.
pub(crate) async fn claim_when_left(place: &Place) -> Result<Lock, Failure> {
    let deadline = Instant::now() + PATIENCE;
    let mut served_since = None;
    loop {
        let failure = match claim(place) {
            Err(failure) if failure.passing && Instant::now() < deadline => failure,
            claimed => return claimed,
        };
        if !is_served(place) {
            served_since = None;
            tokio::time::sleep(PAUSE).await;
        } else if served_since.get_or_insert_with(Instant::now).elapsed() > GRACE {
            return Err(failure);
        } else {
            tokio::time::sleep(GRACE / 4).await;
        }
    }
}

/// Gives the directory up once the store is closed, so that whoever takes it next can open it: with the last task that
/// holds the server. One that hangs is not waited for; the process ends next.
pub(crate) async fn give_up(lock: Lock, server: Arc<Server>) {
    let left = Arc::downgrade(&server);
    drop(server);
    let deadline = Instant::now() + LAST_TASKS;
    while left.strong_count() > 0 && Instant::now() < deadline {
        tokio::time::sleep(PAUSE).await;
    }
    drop(lock);
}

fn is_served(place: &Place) -> bool {
    !matches!(Line::open(&place.run_socket()), Err(LineError::NoServer(_)))
}

fn failure(place: &Place, error: &LockError) -> Failure {
    let LockError::Held { pid, .. } = error else { return Failure::of(error) };
    let process = pid.map(|pid| format!(": process {pid}")).unwrap_or_default();
    Failure::new(format!("a server is running on {} already{process}", place.path().display()))
        .hint("stop it, or choose another directory with --data")
        .passing()
}

/// Runs that follow each other wait for one another: a server needs some milliseconds to leave.
const PAUSE: Duration = Duration::from_millis(1);
/// A server whose last run has just ended may not know it yet, and takes connections for a moment more.
const GRACE: Duration = Duration::from_millis(200);
/// A server that leaves is gone within five seconds.
const PATIENCE: Duration = Duration::from_secs(6);
const LAST_TASKS: Duration = Duration::from_millis(200);

//! A session with the server of a data directory, which is started where none runs.

use std::time::Duration;

use tokio::time::Instant;

use super::start;
use crate::arguments::{Global, RunArguments};
use crate::failure::Failure;
use crate::introductions::{Line, LineError};
use crate::place::Place;

/// Opens a session. A server that is about to leave is waited for, and another one started.
pub(super) async fn open(place: &Place, global: &Global, arguments: &RunArguments) -> Result<Line, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Line::open(&place.run_socket()) {
            Ok(line) => return Ok(line),
            Err(LineError::NoServer(_)) if Instant::now() < deadline => {}
            Err(error) => return Err(failure(&error)),
        }
        match start::start(place, global, arguments).await {
            Err(failure) if failure.passing && Instant::now() < deadline => tokio::time::sleep(PAUSE).await,
            started => started?,
        }
    }
}

fn failure(error: &LineError) -> Failure {
    let failure = Failure::of(error);
    match error {
        LineError::Connect { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            failure.hint("only the user who started the server, and root, may run programs on it")
        }
        LineError::Connect { source, .. } if source.kind() == std::io::ErrorKind::InvalidInput => {
            failure.hint("choose a shorter data directory with --data")
        }
        LineError::Stranger { .. } => failure.hint("choose a data directory of your own with --data"),
        LineError::Foreign(_) => failure.hint("restart the server with this version of linklocal"),
        _ => failure,
    }
}

/// The server that was started has waited for the one before already.
const PAUSE: Duration = Duration::from_millis(1);
/// A server is gone five seconds after it was told.
const PATIENCE: Duration = Duration::from_secs(8);

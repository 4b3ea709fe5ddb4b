//! The wish to stop: SIGINT and SIGTERM, where something has to be put in order first.

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Ends when somebody wants it. A second wish is not waited for: the process has its usual way then.
pub(super) async fn wanted() {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else { return std::future::pending().await };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// What a shell takes for SIGINT.
pub(super) fn failure() -> Failure {
    Failure::new("stopped before the end; nothing was written").exit(130)
}

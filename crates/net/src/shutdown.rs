//! The signal to stop.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells everything that waits on it, once, to stop. Clones are the same signal.
#[derive(Clone, Debug)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Shutdown {
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Starts the shutdown; a second call changes nothing.
    pub fn start(&self) {
        self.0.send_replace(true);
    }

    pub fn is_started(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the shutdown has started.
    pub async fn started(&self) {
        let mut signal = self.0.subscribe();
        signal.wait_for(|started| *started).await.expect("self keeps the sender alive");
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

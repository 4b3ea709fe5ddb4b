//! What one connection and all of them together may take.

use std::time::Duration;

/// Bounds of a server. Times are kept to within a twentieth of [`Limits::head`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. One more takes the place of the connection that has been waiting longest.
    pub connections: usize,
    /// From accept, or a head's first byte, to its last.
    pub head: Duration,
    /// From an answer to the next request's first byte.
    pub idle: Duration,
    /// Without the client taking a single byte of its answer.
    pub stuck: Duration,
    /// From a head's last byte to its body's last where a body is read whole, and between two parts of one that is not.
    pub body: Duration,
    /// From shutdown to the end of requests that were running.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head: Duration::from_secs(5),
            idle: Duration::from_secs(60),
            stuck: Duration::from_secs(30),
            body: Duration::from_secs(30),
            drain: Duration::from_secs(4),
        }
    }
}

impl Limits {
    /// How often deadlines are looked at.
    pub(crate) fn tick(&self) -> Duration {
        (self.head / 20).max(Duration::from_millis(1))
    }
}

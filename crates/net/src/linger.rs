//! Closing a connection whose client may still be sending.
//!
//! Closing a socket with unread bytes resets the connection, and a reset may overtake the answer (RFC 9112 section 9.6).
//! So the write side is shut first and the rest of what the client sends is read away, within bounds.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Shuts down `socket`'s write side and reads until the client closes, sent too much or took too long.
pub(crate) async fn close(mut socket: TcpStream) {
    if socket.shutdown().await.is_err() {
        return;
    }
    // Its time is a bound for strangers, not a promise to anybody: when it passes the client gets its reset.
    let _ = tokio::time::timeout(MAX_TIME, discard(&mut socket)).await;
}

async fn discard(socket: &mut TcpStream) {
    let mut scratch = [0; 2048];
    let mut left = MAX_BYTES;
    while let Ok(read @ 1..) = socket.read(&mut scratch).await {
        left = left.saturating_sub(read);
        if left == 0 {
            return;
        }
    }
}

/// More than any metadata client sends, and less than a second of anybody's loopback.
const MAX_BYTES: usize = 256 * 1024;

pub(crate) const MAX_TIME: Duration = Duration::from_secs(1);

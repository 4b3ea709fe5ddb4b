//! A stream that notes progress, applies the hop limit, and replaces what hyper says by itself.
//!
//! Rule: a write leaves with the hop limit that its [`Line`] asks for, or not at all.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connections::Pace;
use crate::hop;
use crate::link::{Ending, Line};
use crate::progress::Phase;
use crate::transport::Carrier;

/// An accepted connection's bytes.
#[derive(Debug)]
pub(crate) struct Stream<T, R> {
    carrier: T,
    over_ipv6: bool,
    /// The hop limit in force on the socket.
    hops: u8,
    /// Whether an answer is with the carrier and has not left entirely.
    is_behind: bool,
    line: Arc<Line>,
    pace: Arc<Pace>,
    refuse: R,
}

impl<T: Carrier, R: Fn(StatusCode) -> Bytes> Stream<T, R> {
    /// `refuse` makes the answers to heads that hyper does not hand to the service.
    pub(crate) fn new(carrier: T, over_ipv6: bool, line: Arc<Line>, pace: Arc<Pace>, refuse: R) -> Self {
        Self { carrier, over_ipv6, hops: 0, is_behind: false, line, pace, refuse }
    }

    pub(crate) fn into_carrier(self) -> T {
        self.carrier
    }

    fn apply_hop_limit(&mut self) -> io::Result<()> {
        let wanted = self.line.hops.load(Relaxed);
        if wanted != self.hops {
            hop::set(self.carrier.socket(), self.over_ipv6, wanted)?;
            self.hops = wanted;
        }
        Ok(())
    }

    /// The head of an answer, and nothing after it. Heads are small: what the socket does not take at once is given up.
    fn poll_write_head(&mut self, cx: &mut Context<'_>, answer: &[u8]) -> Poll<io::Result<usize>> {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        let result = Pin::new(&mut self.carrier).poll_write(cx, &answer[..end]);
        if result.is_ready() {
            self.line.end(Ending::Reset);
        }
        result.map_ok(|_| answer.len())
    }

    /// The answer in place of hyper's own to a bad head, which lacks the service's headers. A refusal is the last thing
    /// said on a connection and small, so what the socket does not take at once is given up.
    fn poll_refuse(&mut self, cx: &mut Context<'_>, said: &[u8]) -> Poll<io::Result<usize>> {
        self.line.linger.store(true, Relaxed);
        let Some(status) = status_of(said) else {
            return Pin::new(&mut self.carrier).poll_write(cx, said);
        };
        let refusal = (self.refuse)(status);
        Pin::new(&mut self.carrier).poll_write(cx, &refusal).map_ok(|_| said.len())
    }
}

impl<T: Carrier, R: Fn(StatusCode) -> Bytes + Unpin> AsyncRead for Stream<T, R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.carrier).poll_read(cx, buf);
        if buf.filled().len() > before && self.line.progress.phase().is_quiet() {
            self.line.progress.enter(Phase::Head, self.pace.tick());
            if self.pace.is_watchful() {
                self.line.keep_in_sight(self.carrier.socket());
            }
        }
        result
    }
}

impl<T: Carrier, R: Fn(StatusCode) -> Bytes + Unpin> AsyncWrite for Stream<T, R> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.apply_hop_limit()?;
        if !self.line.answered.load(Relaxed) {
            return self.poll_refuse(cx, buf);
        }
        if self.line.ending() == Ending::HeadAndReset {
            return self.poll_write_head(cx, buf);
        }
        let result = Pin::new(&mut self.carrier).poll_write(cx, buf);
        if let Poll::Ready(Ok(written)) = result
            && buf != CONTINUE
        {
            // Between two blocks of a body nothing is left to write, and the answer has not left.
            let all = written == buf.len() && !self.line.streams.load(Relaxed);
            self.line.answered.store(!all, Relaxed);
            self.is_behind = self.carrier.is_behind();
            let phase = if all && !self.is_behind { Phase::Idle } else { Phase::Busy };
            self.line.progress.enter(phase, self.pace.tick());
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_behind {
            return Pin::new(&mut self.carrier).poll_flush(cx);
        }
        let result = Pin::new(&mut self.carrier).poll_flush(cx);
        if result.is_ready() {
            self.is_behind = false;
            let all = !self.line.answered.load(Relaxed);
            self.line.progress.enter(if all { Phase::Idle } else { Phase::Busy }, self.pace.tick());
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.carrier).poll_shutdown(cx)
    }
}

/// The client error in a status line.
fn status_of(said: &[u8]) -> Option<StatusCode> {
    let digits = said.strip_prefix(b"HTTP/1.1 ").or_else(|| said.strip_prefix(b"HTTP/1.0 "))?.get(..3)?;
    StatusCode::from_bytes(digits).ok().filter(StatusCode::is_client_error)
}

/// What hyper says to a client that waits for it with its body; the answer follows.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_client_errors_only() {
        assert_eq!(status_of(b"HTTP/1.1 431 Too"), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        for said in [&b"HTTP/1.1 200 OK"[..], b"HTTP/1.1 4", b"user data", b"HTTP/1.1 100 Continue"] {
            assert_eq!(status_of(said), None);
        }
    }
}

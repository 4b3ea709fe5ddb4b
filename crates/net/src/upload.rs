//! The body of a request, for services that read it.
//!
//! Rule: what a body takes is bounded by whoever reads it, in bytes and in time. A connection whose body was not read to its end
//! ends with the answer, and a client that waits for `100 Continue` gets it when somebody begins to read (RFC 9110 section 10.1.1).

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as _, Incoming};

use crate::Link;
use crate::connections::Pace;
use crate::link::Line;
use crate::progress::Phase;

/// A body that is still to be read.
#[derive(Debug)]
pub struct Upload {
    incoming: Incoming,
    line: Arc<Line>,
    pace: Arc<Pace>,
}

/// A body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    #[error("body is longer than the {limit} bytes that are taken here")]
    TooLong { limit: usize },
    #[error("body did not come within {} s", .limit.as_secs_f32())]
    TooSlow { limit: Duration },
    #[error("body broke off, or is not framed as HTTP wants it")]
    Broken,
}

impl Upload {
    /// The body of a request that came on `link`.
    pub fn new<M>(incoming: Incoming, link: &Link<M>) -> Self {
        Self { incoming, line: Arc::clone(&link.line), pace: Arc::clone(&link.pace) }
    }

    /// Whether there is nothing to read.
    pub fn is_finished(&self) -> bool {
        self.incoming.is_end_stream()
    }

    /// How long the body says it is; `None` where it comes in chunks.
    pub fn declared_length(&self) -> Option<u64> {
        self.incoming.size_hint().exact()
    }

    /// Notes that it waits to be read: its connection is not stuck.
    pub fn wait(&self) {
        self.line.progress.enter(Phase::Body, self.pace.tick());
    }

    /// All of it: at most `length` bytes, within `time`. What says beforehand that it is longer is not read at all.
    pub async fn whole(mut self, length: usize, time: Duration) -> Result<Bytes, UploadError> {
        if self.incoming.is_end_stream() {
            return Ok(Bytes::new());
        }
        if self.incoming.size_hint().lower() > length as u64 {
            return Err(UploadError::TooLong { limit: length });
        }
        let mut collected = pin!(self.collected(length));
        // Most bodies come with their heads, and cost no timer.
        if let Poll::Ready(ready) = poll_fn(|cx| Poll::Ready(collected.as_mut().poll(cx))).await {
            return ready;
        }
        match tokio::time::timeout(time, collected).await {
            Ok(body) => body,
            Err(_) => Err(UploadError::TooSlow { limit: time }),
        }
    }

    /// The next part; `None` at the end. The sweep ends a connection on which none comes for long.
    pub async fn part(&mut self) -> Result<Option<Bytes>, UploadError> {
        self.wait();
        let part = poll_fn(|cx| self.poll_part(cx)).await;
        if let Ok(None) = part {
            self.line.end_body(self.pace.tick());
        }
        part
    }

    async fn collected(&mut self, length: usize) -> Result<Bytes, UploadError> {
        let mut single = Bytes::new();
        let mut whole = BytesMut::new();
        while let Some(part) = self.part().await? {
            if part.len() > length - single.len() - whole.len() {
                return Err(UploadError::TooLong { limit: length });
            }
            // The one part of most bodies is not copied.
            if single.is_empty() && whole.is_empty() {
                single = part;
                continue;
            }
            whole.extend_from_slice(&std::mem::take(&mut single));
            whole.extend_from_slice(&part);
        }
        Ok(if whole.is_empty() { single } else { whole.freeze() })
    }

    /// Trailers say nothing here that a service heeds.
    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, UploadError>> {
        loop {
            if self.incoming.is_end_stream() {
                return Poll::Ready(Ok(None));
            }
            let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) else {
                return Poll::Pending;
            };
            match frame.map(|frame| frame.map(hyper::body::Frame::into_data)) {
                Some(Ok(Ok(data))) => return Poll::Ready(Ok(Some(data))),
                Some(Ok(Err(_))) => {}
                Some(Err(_)) => return Poll::Ready(Err(UploadError::Broken)),
                None => return Poll::Ready(Ok(None)),
            }
        }
    }
}

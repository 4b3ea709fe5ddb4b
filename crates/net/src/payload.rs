//! The body of an answer.
//!
//! Rule: what is all there costs no more than handing it over; what is not is read block by block, each when the one before has left,
//! so that a client that takes its time holds one block and no thread.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::Link;
use crate::link::Line;

/// Bytes that are all there, or come block by block. Unlike other bodies an empty one is not over before it was asked for: hyper
/// would then move a `Content-Length: 0` behind all other headers, and their order is part of the answer.
pub struct Payload(State);

/// Where the bytes of a long body come from.
pub trait Source: Send + 'static {
    /// The next block, which is never empty before the end. It may block, and is dropped where the client has left.
    fn next_block(&mut self) -> io::Result<Bytes>;
}

enum State {
    Whole(Option<Bytes>),
    Streamed(Streamed),
}

struct Streamed {
    /// Bytes still to come.
    left: u64,
    stage: Stage,
    line: Arc<Line>,
}

enum Stage {
    Resting(Box<dyn Source>),
    Reading(JoinHandle<(Box<dyn Source>, io::Result<Bytes>)>),
    Over,
}

impl Payload {
    pub fn new(bytes: Bytes) -> Self {
        Self(State::Whole(Some(bytes)))
    }

    /// Exactly `length` bytes of `source`, on a connection: where there are fewer the connection ends before the answer does, which
    /// tells the client.
    pub fn streamed<M>(length: u64, source: Box<dyn Source>, link: &Link<M>) -> Self {
        if length == 0 {
            return Self::new(Bytes::new());
        }
        let line = Arc::clone(&link.line);
        line.streams.store(true, Relaxed);
        Self(State::Streamed(Streamed { left: length, stage: Stage::Resting(source), line }))
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.0 {
            State::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            State::Streamed(streamed) => {
                streamed.poll_block(cx).map(|block| block.map(|b| b.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            State::Whole(bytes) => bytes.is_none(),
            State::Streamed(streamed) => streamed.left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match &self.0 {
            State::Whole(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            State::Streamed(streamed) => streamed.left,
        })
    }
}

impl Streamed {
    fn poll_block(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match std::mem::replace(&mut self.stage, Stage::Over) {
                Stage::Resting(mut source) => {
                    self.stage = Stage::Reading(tokio::task::spawn_blocking(move || {
                        let block = source.next_block();
                        (source, block)
                    }));
                }
                Stage::Reading(mut reading) => {
                    let Poll::Ready(read) = Pin::new(&mut reading).poll(cx) else {
                        self.stage = Stage::Reading(reading);
                        return Poll::Pending;
                    };
                    let (source, block) = match read {
                        Ok(read) => read,
                        Err(error) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                    };
                    return Poll::Ready(Some(block.and_then(|block| self.take(block, source))));
                }
                Stage::Over => return Poll::Ready(None),
            }
        }
    }

    fn take(&mut self, mut block: Bytes, source: Box<dyn Source>) -> io::Result<Bytes> {
        if block.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        block.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= block.len() as u64;
        if self.left == 0 {
            self.line.streams.store(false, Relaxed);
        } else {
            self.stage = Stage::Resting(source);
        }
        Ok(block)
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.size_hint().exact();
        f.debug_struct("Payload").field("left", &left).finish_non_exhaustive()
    }
}

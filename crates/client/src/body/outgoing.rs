//! A body on its way out, once.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use sys::fs::HeldFile;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Sleep, sleep};

use super::sending::Gate;
use super::{Body, BodyError, CHUNK, Content, Sending, Watch, read};

/// One attempt's body.
pub(crate) struct Outgoing {
    content: Content,
    at: u64,
    length: u64,
    watch: Option<Watch>,
    sending: Arc<Sending>,
    /// How long the server is given to say that it wants the body.
    patience: Option<Pin<Box<Sleep>>>,
    reading: Option<JoinHandle<Result<Bytes, BodyError>>>,
}

impl Outgoing {
    /// `patience`: nothing goes out before the server has said that it wants it, or has been silent for so long.
    pub(crate) fn new(body: &Body, patience: Option<Duration>) -> Self {
        let gate = if patience.is_some() { Gate::Asked } else { Gate::Open };
        let sending = Sending::new(gate);
        if body.is_empty() {
            sending.moved(true);
        }
        Self {
            content: body.payload.content.clone(),
            at: 0,
            length: body.len(),
            watch: body.watch.clone(),
            sending: Arc::new(sending),
            patience: patience.map(|patience| Box::pin(sleep(patience))),
            reading: None,
        }
    }

    pub(crate) fn sending(&self) -> Arc<Sending> {
        Arc::clone(&self.sending)
    }

    fn poll_gate(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        match self.sending.gate(cx) {
            Gate::Open => return Poll::Ready(Ok(())),
            Gate::Abandoned => return Poll::Ready(Err(BodyError::Abandoned)),
            Gate::Shut => return Poll::Pending,
            Gate::Asked => {}
        }
        if let Some(patience) = &mut self.patience {
            ready!(patience.as_mut().poll(cx));
        }
        self.sending.open();
        Poll::Ready(Ok(()))
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, BodyError>> {
        ready!(self.poll_gate(cx))?;
        let file = match &self.content {
            Content::Memory(bytes) => {
                let from = usize::try_from(self.at).unwrap_or(usize::MAX).min(bytes.len());
                return Poll::Ready(Ok(bytes.slice(from..bytes.len().min(from.saturating_add(CHUNK)))));
            }
            Content::File(file) => file,
        };
        let at = self.at;
        let reading = self.reading.get_or_insert_with(|| {
            let file = Arc::clone(file);
            spawn_blocking(move || chunk(&file, at))
        });
        let outcome = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        Poll::Ready(outcome.expect("reading does not panic, and nobody aborts it"))
    }
}

impl hyper::body::Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        if this.is_end_stream() {
            return Poll::Ready(None);
        }
        let chunk = match ready!(this.poll_chunk(cx)) {
            Ok(chunk) => chunk,
            Err(error) => {
                // hyper tells that there was an error, and not which.
                this.sending.failed(error);
                return Poll::Ready(Some(Err(BodyError::Abandoned)));
            }
        };
        this.at += chunk.len() as u64;
        this.sending.moved(this.at == this.length);
        if let Some(watch) = &this.watch {
            watch(this.at);
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.at == self.length
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length - self.at)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} of {} bytes)", self.at, self.length)
    }
}

fn chunk(file: &HeldFile, at: u64) -> Result<Bytes, BodyError> {
    let left = usize::try_from(file.length() - at).unwrap_or(usize::MAX);
    let mut bytes = vec![0; left.min(CHUNK)];
    let count = read(file, &mut bytes, at)?;
    bytes.truncate(count);
    Ok(bytes.into())
}

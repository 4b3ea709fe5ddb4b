//! HTTP over a stream: the handshake, and what requests are handed to.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::AbortHandle;

use super::dial::Stream;
use crate::body::Outgoing;

/// A connection on which requests can be sent.
pub(super) struct Connection {
    pub(super) sender: Sender,
    driver: Arc<AbortHandle>,
}

/// Where requests go in.
pub(super) enum Sender {
    /// HTTP/1.1: one request at a time.
    One(http1::SendRequest<Outgoing>),
    /// HTTP/2: as many as the host allows.
    Many(http2::SendRequest<Outgoing>),
}

type Answer = Result<Response<Incoming>, TrySendError<Request<Outgoing>>>;

impl Connection {
    pub(super) async fn one(stream: Box<dyn Stream>) -> hyper::Result<Self> {
        let mut builder = http1::Builder::new();
        builder.max_buf_size(MAX_BUFFER).max_header_size(MAX_HEAD);
        let (sender, connection) = builder.handshake(TokioIo::new(Listening::new(stream))).await?;
        // What goes wrong later is told to whoever waits for an answer.
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { sender: Sender::One(sender), driver: Arc::new(driver.abort_handle()) })
    }

    pub(super) async fn many(stream: Box<dyn Stream>) -> hyper::Result<Self> {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.max_header_list_size(MAX_HEAD_LIST);
        let (sender, connection) = builder.handshake(TokioIo::new(Listening::new(stream))).await?;
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { sender: Sender::Many(sender), driver: Arc::new(driver.abort_handle()) })
    }

    /// Another hold on the same connection, where it takes many requests.
    pub(super) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::One(_) => None,
            Sender::Many(sender) => {
                Some(Self { sender: Sender::Many(sender.clone()), driver: Arc::clone(&self.driver) })
            }
        }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.driver, &other.driver)
    }

    /// Whether a request may go to it that has not been used for `age`. One that others use is not idle.
    pub(super) fn is_usable(&self, age: Duration) -> bool {
        !self.is_closed() && (age < MAX_AGE || Arc::strong_count(&self.driver) > 1)
    }

    pub(super) fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::One(sender) => sender.is_closed(),
            Sender::Many(sender) => sender.is_closed(),
        }
    }

    pub(super) fn abort(&self) {
        self.driver.abort();
    }
}

impl Sender {
    pub(super) async fn ready(&mut self) -> hyper::Result<()> {
        match self {
            Self::One(sender) => sender.ready().await,
            Self::Many(sender) => sender.ready().await,
        }
    }

    pub(super) async fn send(&mut self, request: Request<Outgoing>) -> Answer {
        match self {
            Self::One(sender) => sender.try_send_request(request).await,
            Self::Many(sender) => sender.try_send_request(request).await,
        }
    }
}

/// A stream whose end is heard rather than felt: where nothing can be written any more, the server may have said why before it
/// closed. Reading goes on, and ends with the answer or with the error.
struct Listening {
    stream: Box<dyn Stream>,
    is_deaf: bool,
}

impl Listening {
    const fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, is_deaf: false }
    }

    /// A reset connection is always ready to be read, so nobody waits for ever.
    fn heed<T>(&mut self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(Err(error)) if is_gone(&error) => {
                self.is_deaf = true;
                Poll::Pending
            }
            outcome => outcome,
        }
    }
}

impl AsyncRead for Listening {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Listening {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.heed(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.heed(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.stream).poll_flush(cx);
        self.heed(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_deaf {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(error.kind(), BrokenPipe | ConnectionReset | ConnectionAborted | NotConnected)
}

/// AWS's load balancers close after 60 s at the earliest; metadata services sooner, which costs one look.
const MAX_AGE: Duration = Duration::from_secs(20);
/// What lies between a socket and whoever reads, each way.
const MAX_BUFFER: usize = 256 << 10;
/// AWS's answers have a few KiB of headers. Those of the metadata of an S3 object may have 8.
const MAX_HEAD: usize = 64 << 10;
const MAX_HEAD_LIST: u32 = 64 << 10;

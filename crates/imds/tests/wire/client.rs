//! A client that sends bytes and says which bytes came back, knowing no more of HTTP than where a response ends.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One connection.
#[derive(Debug)]
pub(crate) struct Client(TcpStream);

/// What came back, and how it ended.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The server closed the connection.
    Closed,
    /// One whole response was there and the connection stands.
    Whole,
    /// Nothing more came in time.
    TimedOut,
    /// The connection broke.
    Broken(io::ErrorKind),
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        Self(TcpStream::connect(addr).await.expect("the server listens on loopback"))
    }

    /// Sends `request`. A server may answer and close before it has read everything, so how that ends is seen from
    /// the response.
    pub(crate) async fn send(&mut self, request: &[u8], then_end: bool) {
        let _ = timeout(PATIENCE, self.0.write_all(request)).await;
        if then_end {
            let _ = self.0.shutdown().await;
        }
    }

    /// Reads until the server closes.
    pub(crate) async fn rest(&mut self) -> Received {
        self.receive(|_| false).await
    }

    /// Reads one response: to its `Content-Length`, or its head alone on an answer to HEAD.
    pub(crate) async fn response(&mut self, to_head: bool) -> Received {
        self.receive(|bytes| whole_length(bytes, to_head).is_some_and(|length| bytes.len() >= length)).await
    }

    async fn receive(&mut self, is_whole: impl Fn(&[u8]) -> bool) -> Received {
        let mut bytes = Vec::new();
        let end = loop {
            if is_whole(&bytes) {
                break End::Whole;
            }
            match timeout(PATIENCE, self.0.read_buf(&mut bytes)).await {
                Ok(Ok(0)) => break End::Closed,
                Ok(Ok(_)) => {}
                Ok(Err(error)) => break End::Broken(error.kind()),
                Err(_) => break End::TimedOut,
            }
        };
        Received { bytes, end }
    }
}

/// The length of the first response in `bytes`, once its head is there.
fn whole_length(bytes: &[u8], to_head: bool) -> Option<usize> {
    let head = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let fields = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = fields.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    Some(head + if to_head { 0 } else { length.unwrap_or(0) })
}

/// Loopback answers in microseconds; a machine under load gets this long.
const PATIENCE: Duration = Duration::from_secs(20);

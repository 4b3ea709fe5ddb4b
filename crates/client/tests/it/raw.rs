//! A server by hand: one function per connection, which sees the bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct RawServer {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

/// The server's end of a connection.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    /// Read and not yet looked at.
    buffered: Vec<u8>,
}

impl RawServer {
    pub(crate) async fn start<F>(serve: impl Fn(Peer) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(Peer { stream, buffered: Vec::new() }));
            }
        });
        Self { address, connections }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Peer {
    /// The head of a request; `None` at the end of the connection.
    pub(crate) async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.buffered.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.buffered.split_off(at + 4);
                let head = std::mem::replace(&mut self.buffered, rest);
                return Some(String::from_utf8(head).unwrap());
            }
            if self.stream.read_buf(&mut self.buffered).await.ok()? == 0 {
                return None;
            }
        }
    }

    pub(crate) async fn body(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.buffered.len() < length {
            if self.stream.read_buf(&mut self.buffered).await.ok()? == 0 {
                return None;
            }
        }
        let rest = self.buffered.split_off(length);
        Some(std::mem::replace(&mut self.buffered, rest))
    }

    /// Bytes that came after what was asked for.
    pub(crate) fn early(&self) -> usize {
        self.buffered.len()
    }

    pub(crate) async fn say(&mut self, text: &str) -> Option<()> {
        self.stream.write_all(text.as_bytes()).await.ok()
    }
}

/// The value of a field in a head.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (field, value) = line.split_once(": ")?;
        field.eq_ignore_ascii_case(name).then_some(value)
    })
}

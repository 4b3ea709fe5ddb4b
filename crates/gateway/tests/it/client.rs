//! The least that can be said over HTTP/1.1, byte by byte.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection.
pub(crate) struct Client<S = TcpStream> {
    stream: S,
    held: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in small letters, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self { stream, held: Vec::new() }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The next answer. One to a HEAD, which has no body whatever its length, is read by [`Client::read_head`].
    pub(crate) async fn read(&mut self) -> Reply {
        let mut reply = self.read_head().await;
        let length: usize = reply.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.held.len() < length {
            assert!(self.fill().await, "the connection ended within a body: {reply:?}");
        }
        reply.body = String::from_utf8(self.held.drain(..length).collect()).unwrap();
        reply
    }

    pub(crate) async fn read_head(&mut self) -> Reply {
        let end = loop {
            if let Some(at) = self.held.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            assert!(self.fill().await, "the connection ended before an answer: {:?}", self.held);
        };
        let head: Vec<u8> = self.held.drain(..end + 4).collect();
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Reply { status, headers, body: String::new() }
    }

    /// Whether the server has ended the connection, and said nothing more before.
    pub(crate) async fn is_at_end(&mut self) -> bool {
        self.held.is_empty() && !self.fill().await
    }

    /// Says no more, and hears what is said until the end.
    pub(crate) async fn finish(&mut self) {
        self.stream.shutdown().await.unwrap();
        while self.fill().await {}
    }

    async fn fill(&mut self) -> bool {
        let mut part = [0; 4096];
        let read = self.stream.read(&mut part).await.unwrap_or(0);
        self.held.extend_from_slice(&part[..read]);
        read > 0
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// What stands in the first element of this name, its escapes undone.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        let pairs =
            [("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        Some(pairs.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character)))
    }

    pub(crate) fn code(&self) -> String {
        self.element("Code").unwrap_or_default()
    }

    /// Status and code.
    pub(crate) fn verdict(&self) -> (u16, String) {
        (self.status, self.code())
    }
}

//! A server that does what a test tells it, good or bad.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What is done about a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// These bytes, and the connection stays open.
    Say(Vec<u8>),
    /// These bytes, and it is closed.
    SayAndClose(Vec<u8>),
    /// Nothing, for ever.
    Hang,
}

/// Requests as they came: the head's text and the body, and on which connection (from 0).
pub(crate) type Seen = Arc<Mutex<Vec<(usize, String)>>>;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Seen,
}

impl Server {
    /// Does `act` about each request; its argument is the request's text.
    pub(crate) async fn start(act: impl Fn(&str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Seen::default();
        let (act, kept) = (Arc::new(act), Arc::clone(&seen));
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, number, Arc::clone(&act), Arc::clone(&kept)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<(usize, String)> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) async fn serve<S, A>(mut stream: S, number: usize, act: Arc<A>, seen: Seen)
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: Fn(&str) -> Act,
{
    while let Some(text) = read(&mut stream).await {
        let done = act(&text);
        seen.lock().unwrap().push((number, text));
        match done {
            Act::Say(bytes) => stream.write_all(&bytes).await.unwrap_or_default(),
            Act::SayAndClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Hang => std::future::pending().await,
        }
    }
}

/// One request; nothing at the end of the connection.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

pub(crate) fn ok(body: &str) -> Act {
    Act::Say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

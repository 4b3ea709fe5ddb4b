//! Services that are wrong on purpose: an answer made up, or a true answer with a lie in it.
//!
//! Rule: HTTP/1.1 by hand over loopback, since a library would put right what has to be wrong. A fixture ends with its
//! value.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A service at an address of its own.
pub(crate) struct Fixture {
    pub(crate) address: SocketAddr,
    over: Arc<AtomicBool>,
}

/// The head of a request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) version: String,
    /// Names, and values with the white space that stands before them.
    pub(crate) headers: Vec<(String, String)>,
    /// Whether the head came in more than one piece.
    pub(crate) in_pieces: bool,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Sent behind an answer that should have no body.
    pub(crate) surplus: &'static str,
    /// Whether the connection ends, where that is not what the head says.
    pub(crate) closes: Option<bool>,
    /// Nothing is sent.
    pub(crate) silent: bool,
}

pub(crate) type Handler = dyn Fn(&mut Asked) -> Reply + Send + Sync;

impl Fixture {
    pub(crate) fn start(bind: &str, handler: Arc<Handler>) -> Self {
        let listener = TcpListener::bind(bind).unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Acquire) {
                    return;
                }
                let handler = Arc::clone(&handler);
                // A connection that breaks is the other side's to tell.
                std::thread::spawn(move || drop(serve(&stream, &*handler)));
            }
        });
        Self { address, over }
    }

    /// Serves one connection at a time, in the order in which they came.
    pub(crate) fn start_single(handler: Arc<Handler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Acquire) {
                    return;
                }
                drop(serve(&stream, &*handler));
            }
        });
        Self { address, over }
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the listener.
        let port = self.address.port();
        drop(TcpStream::connect(("127.0.0.1", port)));
    }
}

fn serve(mut stream: &TcpStream, handler: &Handler) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    while let Some(mut asked) = read_head(stream)? {
        let reply = handler(&mut asked);
        if reply.silent {
            return Ok(());
        }
        stream.write_all(&reply.bytes(asked.method == "HEAD"))?;
        let says_close = reply.headers.iter().any(|(name, value)| name == "Connection" && value == "close");
        if reply.closes.unwrap_or(says_close) {
            return Ok(());
        }
    }
    Ok(())
}

fn read_head(mut stream: &TcpStream) -> std::io::Result<Option<Asked>> {
    let (mut bytes, mut reads) = (Vec::new(), 0);
    let mut part = [0; 4096];
    while !bytes.ends_with(b"\r\n\r\n") {
        let n = stream.read(&mut part)?;
        if n == 0 {
            return Ok(None);
        }
        reads += 1;
        bytes.extend_from_slice(&part[..n]);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = text.trim_end().split("\r\n");
    let first: Vec<&str> = lines.next().unwrap_or_default().splitn(3, ' ').collect();
    let [method, target, version] = first[..] else { return Ok(None) };
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Some(Asked {
        method: method.to_owned(),
        target: target.to_owned(),
        version: version.to_owned(),
        headers,
        in_pieces: reads > 1,
    }))
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), format!(" {value}")));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    pub(crate) fn is_token_request(&self) -> bool {
        self.method == "PUT" && self.target == "/latest/api/token"
    }

    /// What `server` answers.
    pub(crate) fn forward(&self, server: SocketAddr) -> Reply {
        let mut stream = TcpStream::connect(server).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut head = format!("{} {} {}\r\n", self.method, self.target, self.version);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}:{value}\r\n"));
        }
        write!(stream, "{head}\r\n").unwrap();
        Reply::read(stream, self.method == "HEAD")
    }
}

impl Reply {
    pub(crate) fn new(status: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self {
            status: format!("HTTP/1.1 {status}"),
            headers: Vec::new(),
            body,
            surplus: "",
            closes: None,
            silent: false,
        }
        .header("Connection", "close")
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn is(&self, status: u16) -> bool {
        self.status.split(' ').nth(1) == Some(status.to_string().as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Another body, and its length in the head.
    pub(crate) fn say(&mut self, body: impl Into<Vec<u8>>) {
        self.body = body.into();
        let length = self.body.len().to_string();
        for (name, value) in &mut self.headers {
            if name == "Content-Length" {
                value.clone_from(&length);
            }
        }
    }

    fn read(mut stream: TcpStream, to_head: bool) -> Self {
        let (mut bytes, mut part) = (Vec::new(), [0; 8192]);
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                let mut lines = head.split("\r\n");
                let status = lines.next().unwrap_or_default().to_owned();
                let headers: Vec<(String, String)> = lines
                    .filter_map(|line| line.split_once(": "))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect();
                let length = headers.iter().find(|(name, _)| name == "Content-Length");
                let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
                if to_head || bytes.len() >= end + 4 + length {
                    let body = if to_head { Vec::new() } else { bytes[end + 4..].to_vec() };
                    return Self { status, headers, body, surplus: "", closes: None, silent: false };
                }
            }
            match stream.read(&mut part).unwrap_or(0) {
                0 => return Self { silent: true, ..Self::new("500 x", "") },
                n => bytes.extend_from_slice(&part[..n]),
            }
        }
    }

    fn bytes(&self, to_head: bool) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let has_length =
            self.headers.iter().any(|(name, _)| name == "Content-Length" || name == "Transfer-Encoding");
        if !has_length {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        let mut bytes = format!("{head}\r\n").into_bytes();
        if !to_head {
            bytes.extend_from_slice(&self.body);
        }
        bytes.extend_from_slice(self.surplus.as_bytes());
        bytes
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

//! Asks an endpoint exact questions over connections of its own.
//!
//! Rule: nothing is tidied up. A redirect is an answer, header lines keep order and spelling, and every read has a bound
//! in size and time.

mod answer;
mod request;

use std::cell::Cell;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

pub(crate) use answer::Answer;
pub(crate) use request::Request;

/// Who is asked. Its calls block: they are for a thread of their own beside the runtime.
pub(crate) struct Probe {
    pub(crate) runtime: Handle,
    /// Without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// As the URL has it.
    pub(crate) authority: String,
    /// What stands before every path.
    pub(crate) prefix: String,
    /// Rest before each connection.
    pub(crate) pause: Duration,
    /// Requests in a row that got no answer.
    pub(crate) unanswered: Cell<u32>,
}

/// There is no whole answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    #[error("no connection: {0}")]
    Unreachable(String),
    #[error("no whole answer within {} s", .0.as_secs())]
    Silent(Duration),
    #[error("the connection ended before an answer")]
    Closed,
    #[error("the connection ended within the body")]
    Cut,
    #[error("the connection broke: {0}")]
    Broken(io::Error),
    #[error("what comes back is not HTTP")]
    NotHttp,
    #[error("the answer is longer than {MAX_ANSWER} bytes")]
    Long,
    #[error("not asked: a name that the service listed cannot stand in a request")]
    Unsound,
    #[error("not asked: {MAX_UNANSWERED} requests in a row got no answer")]
    GivenUp,
}

impl Probe {
    /// One request on a connection of its own.
    pub(crate) fn ask(&self, request: &Request) -> Result<Answer, ProbeError> {
        self.ask_in_turn(std::slice::from_ref(request)).map(|mut answers| answers.remove(0))
    }

    /// Requests on one connection, each after the answer to the one before.
    pub(crate) fn ask_in_turn(&self, requests: &[Request]) -> Result<Vec<Answer>, ProbeError> {
        if self.unanswered.get() >= MAX_UNANSWERED {
            return Err(ProbeError::GivenUp);
        }
        if !requests.iter().all(Request::is_sound) {
            return Err(ProbeError::Unsound);
        }
        let answers = self.runtime.block_on(async {
            tokio::time::sleep(self.pause).await;
            let mut stream = connect(&self.host, self.port).await?;
            let mut answers = Vec::new();
            for request in requests {
                answers.push(self.carry(&mut stream, request).await?);
            }
            Ok(answers)
        });
        self.note(&answers);
        answers
    }

    /// The same request on `count` connections at once.
    pub(crate) fn ask_at_once(&self, request: &Request, count: usize) -> Result<Vec<Answer>, ProbeError> {
        self.runtime.block_on(async {
            let mut streams = Vec::new();
            for _ in 0..count {
                streams.push(connect(&self.host, self.port).await?);
            }
            // All are open before the first is used; the last is asked first, so that a service which takes one
            // connection at a time is found out.
            let mut answers = Vec::new();
            for stream in streams.iter_mut().rev() {
                answers.push(self.carry(stream, request).await?);
            }
            Ok(answers)
        })
    }

    /// One request in two segments.
    pub(crate) fn ask_in_halves(&self, request: &Request) -> Result<Answer, ProbeError> {
        let bytes = request.bytes(&self.authority, &self.prefix);
        self.runtime.block_on(async {
            let mut stream = connect(&self.host, self.port).await?;
            stream.set_nodelay(true).map_err(ProbeError::Broken)?;
            stream.write_all(&bytes[..bytes.len() / 2]).await.map_err(ProbeError::Broken)?;
            tokio::time::sleep(BETWEEN_HALVES).await;
            send_and_read(&mut stream, &bytes[bytes.len() / 2..], request).await
        })
    }

    /// Whether `ask` gets an answer at another address of this machine, at the same port.
    pub(crate) fn answers_at(&self, host: &str, request: &Request) -> Option<Answer> {
        self.runtime.block_on(async {
            let mut stream = connect(host, self.port).await.ok()?;
            self.carry(&mut stream, request).await.ok()
        })
    }

    async fn carry(&self, stream: &mut TcpStream, request: &Request) -> Result<Answer, ProbeError> {
        send_and_read(stream, &request.bytes(&self.authority, &self.prefix), request).await
    }

    fn note<T>(&self, asked: &Result<T, ProbeError>) {
        let lost = matches!(asked, Err(ProbeError::Unreachable(_) | ProbeError::Silent(_)));
        self.unanswered.set(if lost { self.unanswered.get() + 1 } else { 0 });
    }
}

async fn connect(host: &str, port: u16) -> Result<TcpStream, ProbeError> {
    match tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(ProbeError::Unreachable(error.to_string())),
        Err(_) => Err(ProbeError::Unreachable(format!("none within {} s", CONNECT_PATIENCE.as_secs()))),
    }
}

async fn send_and_read(
    stream: &mut TcpStream,
    bytes: &[u8],
    request: &Request,
) -> Result<Answer, ProbeError> {
    let work = async {
        stream.write_all(bytes).await.map_err(ProbeError::Broken)?;
        read(stream, request).await
    };
    let whole = tokio::time::timeout(request.patience, work).await;
    let mut answer = whole.unwrap_or(Err(ProbeError::Silent(request.patience)))?;
    if answer.has("connection", "close") || answer.version == "HTTP/1.0" {
        let ended = tokio::time::timeout(CLOSE_PATIENCE, drain(stream, &mut answer)).await;
        answer.closed = ended.is_ok();
    }
    Ok(answer)
}

async fn read(stream: &mut TcpStream, request: &Request) -> Result<Answer, ProbeError> {
    let mut bytes = Vec::new();
    loop {
        let ended = more(stream, &mut bytes).await.map_err(ProbeError::Broken)?;
        if let Some(mut answer) = Answer::parse(&bytes, request.is_head(), ended)? {
            answer.closed = ended;
            return Ok(answer);
        }
        if bytes.len() > MAX_ANSWER {
            return Err(ProbeError::Long);
        }
    }
}

/// Whether the connection has ended; else there are more bytes.
async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let mut part = [0; 8192];
    let n = stream.read(&mut part).await?;
    bytes.extend_from_slice(&part[..n]);
    Ok(n == 0)
}

/// Reads until the connection ends. A reset ends it, too: the answer is there already.
async fn drain(stream: &mut TcpStream, answer: &mut Answer) {
    while answer.surplus.len() < MAX_ANSWER {
        if more(stream, &mut answer.surplus).await.unwrap_or(true) {
            return;
        }
    }
}

const CONNECT_PATIENCE: Duration = Duration::from_secs(2);
/// Between an answer that announces the end of the connection and that end.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
const BETWEEN_HALVES: Duration = Duration::from_millis(20);
/// User data and signatures are the longest things that EC2 serves, 16 KiB.
const MAX_ANSWER: usize = 1024 * 1024;
const MAX_UNANSWERED: u32 = 3;

//! One connection and the answer that it is reading.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    sent: Instant,
}

pub(crate) enum Progress {
    Waiting,
    Answered(Duration),
}

impl Connection {
    pub(crate) fn open(address: SocketAddr, source: Option<Ipv4Addr>) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        if let Some(source) = source {
            socket.bind(&SocketAddr::from((source, 0)).into())?;
        }
        // The time to connect belongs to the request where there is one connection per request.
        let sent = Instant::now();
        socket.connect(&address.into())?;
        let stream = TcpStream::from(socket);
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, read: Vec::with_capacity(1024), sent })
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> io::Result<()> {
        if self.read.capacity() > 0 && !self.read.is_empty() {
            self.read.clear();
            self.sent = Instant::now();
        }
        if request.len() <= FITS {
            return self.stream.write_all(request);
        }
        // More than the kernel takes at once: the server reads it meanwhile.
        self.stream.set_nonblocking(false)?;
        self.stream.write_all(request)?;
        self.stream.set_nonblocking(true)
    }

    /// Reads what is there. With `to_end` the answer counts when the server has closed.
    pub(crate) fn advance(&mut self, to_end: bool) -> io::Result<Progress> {
        let mut chunk = [0; 4096];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) if to_end && complete(&self.read)? => {
                    return Ok(Progress::Answered(self.sent.elapsed()));
                }
                Ok(0) => return Err(io::Error::other("closed in the middle of an answer")),
                Ok(count) => self.read.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Progress::Waiting),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if !to_end && complete(&self.read)? {
                return Ok(Progress::Answered(self.sent.elapsed()));
            }
        }
    }
}

/// What a socket's buffer takes whole.
const FITS: usize = 16 << 10;

/// The address from which instance number `index` asks: 127.1.0.1 and up.
pub(crate) fn source(index: usize) -> Ipv4Addr {
    let offset = u32::try_from(index).expect("fewer than 2^24 sources") + 1;
    Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + offset)
}

/// Whether the answer is whole; an error if it is not the answer that was wanted.
fn complete(read: &[u8]) -> io::Result<bool> {
    let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(false);
    };
    let text = String::from_utf8_lossy(&read[..head]);
    let mut lines = text.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(io::Error::other(format!("answered {status:?}")));
    }
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .ok_or_else(|| io::Error::other("an answer without a length"))?;
    Ok(read.len() >= head + 4 + length)
}

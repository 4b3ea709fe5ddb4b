//! One connection of one caller: signs, sends, reads the answer. Knows nothing of what is asked.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use sigv4::{
    FieldChoice, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningKey, SigningParams, sign,
};
use types::{Secret, Timestamp};

use crate::world::World;

#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: Secret<String>,
    pub(crate) token: Option<Secret<String>>,
}

pub(crate) struct Client {
    pub(crate) world: Arc<World>,
    connection: Option<Connection>,
}

struct Connection {
    stream: TcpStream,
    life: u64,
    used: Instant,
}

/// What is asked.
pub(crate) struct Ask<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
    pub(crate) unsigned_body: bool,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// No answer, or half of one.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

impl Keys {
    pub(crate) fn new(id: &str, secret: &str, token: Option<&str>) -> Self {
        let secret_of = |text: &str| Secret::new(text.to_owned());
        Self { id: id.to_owned(), secret: secret_of(secret), token: token.map(secret_of) }
    }
}

impl Ask<'_> {
    pub(crate) fn s3<'a>(method: &'a str, target: &'a str, body: &'a [u8]) -> Ask<'a> {
        Ask { service: "s3", region: "us-east-1", method, target, headers: &[], body, unsigned_body: false }
    }
}

impl Client {
    pub(crate) fn new(world: &Arc<World>) -> Self {
        Self { world: Arc::clone(world), connection: None }
    }

    /// Asks and reads the answer. A connection that breaks while the server is not being stopped is a finding.
    pub(crate) fn call(&mut self, keys: &Keys, ask: &Ask<'_>) -> Result<Reply, Broken> {
        let life = self.world.life();
        let bytes = [head(self.world.api, keys, ask)?, ask.body.to_vec()].concat();
        let reply = self.exchange(self.world.api, &bytes);
        self.judge(life, &reply, ask.method, ask.target);
        reply
    }

    /// Without a signature, to the metadata service.
    pub(crate) fn metadata(
        &mut self,
        method: &str,
        path: &str,
        header: Option<(&str, &str)>,
    ) -> Result<Reply, Broken> {
        let life = self.world.life();
        let field = header.map_or_else(String::new, |(name, value)| format!("{name}: {value}\r\n"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{field}Content-Length: 0\r\n\r\n",
            self.world.imds
        );
        self.connection = None;
        let reply = self.exchange(self.world.imds, request.as_bytes());
        self.connection = None;
        self.judge(life, &reply, method, path);
        reply
    }

    /// Sends the head and part of the body, and goes away.
    pub(crate) fn break_off(&mut self, keys: &Keys, ask: &Ask<'_>, after: usize) {
        self.connection = None;
        let Ok(head) = head(self.world.api, keys, ask) else { return };
        let sent = connect(self.world.api).and_then(|mut stream| {
            stream.write_all(&head)?;
            stream.write_all(&ask.body[..after])
        });
        // The server may be down: then there is nothing to break off.
        drop(sent);
    }

    /// Reads the answer a little at a time.
    pub(crate) fn slowly(&mut self, keys: &Keys, ask: &Ask<'_>, pause: Duration) -> Result<Reply, Broken> {
        let life = self.world.life();
        let bytes = head(self.world.api, keys, ask)?;
        let mut stream = connect(self.world.api).map_err(broken)?;
        stream.write_all(&bytes).map_err(broken)?;
        let reply = read_reply(&mut Slow { stream: &mut stream, pause });
        self.judge(life, &reply, ask.method, ask.target);
        reply
    }

    fn exchange(&mut self, address: SocketAddr, bytes: &[u8]) -> Result<Reply, Broken> {
        let life = self.world.life();
        let kept = self.connection.take().filter(|kept| kept.life == life && kept.used.elapsed() < IDLE);
        let mut stream = match kept {
            Some(kept) => kept.stream,
            None => connect(address).map_err(broken)?,
        };
        // A refusal may come, and the connection end, before a body is sent whole: the answer counts.
        let sent = stream.write_all(bytes);
        let reply = read_reply(&mut stream)?;
        let closes = reply.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if sent.is_ok() && !closes {
            self.connection = Some(Connection { stream, life, used: Instant::now() });
        }
        Ok(reply)
    }

    fn judge(&self, life: u64, reply: &Result<Reply, Broken>, method: &str, target: &str) {
        match reply {
            Err(Broken(why)) if self.world.life() == life && self.world.is_up() => {
                self.world.find(format!("{method} {target} was not answered: {why}"));
            }
            Ok(reply) if reply.status == 500 && !self.world.disk_fills => {
                self.world.find(format!("{method} {target}: 500 {}", reply.text()));
            }
            _ => {}
        }
    }
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The text of the first element of this name.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        elements(&self.text(), name).into_iter().next()
    }

    pub(crate) fn is_throttled(&self) -> bool {
        matches!(self.status, 400 | 429 | 503)
            && ["RequestLimitExceeded", "SlowDown", "Throttling", "TooManyRequests"]
                .iter()
                .any(|code| self.text().contains(code))
    }
}

/// The texts of all elements of a name.
pub(crate) fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned())).collect()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn head(host: SocketAddr, keys: &Keys, ask: &Ask<'_>) -> Result<Vec<u8>, Broken> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(broken)?;
    let time = Timestamp::from_secs(i64::try_from(since.as_secs()).map_err(broken)?);
    let scope = Scope::new(time, ask.region, ask.service);
    let params = SigningParams {
        access_key_id: &keys.id,
        session_token: keys.token.as_ref(),
        key: &SigningKey::derive(&keys.secret, &scope),
        scope,
        time,
        rules: &ServiceRules::of(ask.service),
        fields: FieldChoice::default(),
    };
    let host = host.to_string();
    let mut headers: Vec<(&str, &[u8])> = vec![("host", host.as_bytes())];
    headers.extend(ask.headers.iter().map(|(name, value)| (*name, value.as_bytes())));
    let request = Request { method: ask.method, target: ask.target.as_bytes(), headers: &headers };
    let payload = match ask.unsigned_body {
        true => Payload::Keyword(PayloadKeyword::Unsigned),
        false => Payload::Body(ask.body),
    };
    let signed = sign(&request, payload, &params).map_err(broken)?;
    let mut text = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", ask.method, ask.target);
    for (name, value) in ask.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    for (name, value) in signed.headers() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", ask.body.len()));
    Ok(text.into_bytes())
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn read_reply(stream: &mut impl Read) -> Result<Reply, Broken> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(stream, &mut read)?;
    };
    let mut body = read.split_off(end + 4);
    let head = String::from_utf8_lossy(&read).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Broken(format!("no status in {head:?}")))?;
    if header(&head, "transfer-encoding").is_some() {
        while !body.ends_with(b"0\r\n\r\n") {
            more(stream, &mut body)?;
        }
    }
    let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while body.len() < length {
        more(stream, &mut body).map_err(|Broken(why)| {
            Broken(format!("{why}, with {} of {length} bytes of the body read", body.len()))
        })?;
    }
    Ok(Reply { status, head, body })
}

fn more(stream: &mut impl Read, read: &mut Vec<u8>) -> Result<(), Broken> {
    let mut chunk = [0; 65536];
    match stream.read(&mut chunk) {
        Ok(0) => Err(Broken("closed in the middle of an answer".to_owned())),
        Ok(count) => {
            read.extend_from_slice(&chunk[..count]);
            Ok(())
        }
        Err(error) => Err(broken(error)),
    }
}

struct Slow<'a> {
    stream: &'a mut TcpStream,
    pause: Duration,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(self.pause);
        self.stream.read(buffer)
    }
}

fn broken(error: impl std::fmt::Display) -> Broken {
    Broken(error.to_string())
}

/// Before a server thinks of closing it.
const IDLE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

//! A world whose server has an account, and callers who sign for themselves.
//!
//! Rule: what is sent is what an SDK sends, over sockets of the test's own; nothing goes past the endpoints.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use sigv4::{FieldChoice, Payload, Request, Scope, ServiceRules, SigningKey, SigningParams, sign};
use sys::Clock;
use types::Secret;

use crate::world::{Server, World};

pub(super) struct House {
    pub(super) world: World,
    pub(super) server: Option<Server>,
    /// Of the first start.
    pub(super) administrator: Keys,
}

/// Whoever signs.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

/// One connection of one caller.
pub(super) struct Caller {
    stream: TcpStream,
    host: String,
    keys: Keys,
}

impl House {
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    pub(super) fn with(arguments: &[&str]) -> Self {
        let world = World::new();
        let server = up(&world, arguments);
        let administrator = Keys::of(&server.banner["Account"]["Administrator"]);
        Self { world, server: Some(server), administrator }
    }

    pub(super) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(super) fn api(&self) -> SocketAddr {
        api(self.server())
    }

    /// Ends the server by a signal, and starts another on what it left.
    pub(super) fn restarted(&mut self, signal: Signal) {
        self.server.take().unwrap().end(signal);
        self.server = Some(up(&self.world, &[]));
    }

    pub(super) fn caller(&self, keys: &Keys) -> Caller {
        Caller::to(self.api(), keys.clone()).unwrap()
    }

    /// One call on a connection of its own.
    pub(super) fn ask(&self, keys: &Keys, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.caller(keys).ask(action, parameters).unwrap()
    }

    /// A call of the administrator's that must succeed.
    pub(super) fn done(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let answer = self.ask(&self.administrator, action, parameters);
        assert_eq!(answer.status, 200, "{action}: {}", answer.body);
        answer
    }

    /// A new user with a key.
    pub(super) fn user(&self, name: &str) -> Keys {
        self.done("iam:CreateUser", &[("UserName", name)]);
        self.done("iam:CreateAccessKey", &[("UserName", name)]).keys()
    }
}

pub(super) fn up(world: &World, arguments: &[&str]) -> Server {
    world.up_with(&[&["--imds", "127.0.0.1:0", "--api", "127.0.0.1:0"], arguments].concat())
}

pub(super) fn api(server: &Server) -> SocketAddr {
    server.banner["Account"]["Endpoints"][0].as_str().unwrap().parse().unwrap()
}

impl Keys {
    /// From an object with AWS's names.
    pub(super) fn of(object: &Value) -> Self {
        let text = |name: &str| object[name].as_str().map(str::to_owned);
        Self {
            id: text("AccessKeyId").unwrap(),
            secret: text("SecretAccessKey").unwrap(),
            token: text("Token"),
        }
    }
}

impl Answer {
    pub(super) fn element(&self, name: &str) -> &str {
        let (_, rest) =
            self.body.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name}: {}", self.body));
        rest.split('<').next().unwrap()
    }

    pub(super) fn keys(&self) -> Keys {
        let token = self.body.contains("<SessionToken>").then(|| self.element("SessionToken").to_owned());
        Keys {
            id: self.element("AccessKeyId").to_owned(),
            secret: self.element("SecretAccessKey").to_owned(),
            token,
        }
    }

    /// Status and code of a refusal.
    pub(super) fn refusal(&self) -> (u16, &str) {
        (self.status, self.element("Code"))
    }
}

impl Caller {
    pub(super) fn to(address: SocketAddr, keys: Keys) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, host: address.to_string(), keys })
    }

    /// Signs and sends a call, and reads its answer.
    pub(super) fn ask(&mut self, action: &str, parameters: &[(&str, &str)]) -> io::Result<Answer> {
        let (service, action) = action.split_once(':').unwrap();
        let version = match service {
            "sts" => "2011-06-15",
            "ec2" => "2016-11-15",
            _ => "2010-05-08",
        };
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = signed(&self.host, &self.keys, service, &body);
        self.stream.write_all(&request)?;
        self.read()
    }

    fn read(&mut self) -> io::Result<Answer> {
        let (mut held, mut part) = (Vec::new(), [0; 4096]);
        loop {
            if let Some(answer) = whole(&held) {
                return Ok(answer);
            }
            let count = self.stream.read(&mut part)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            held.extend_from_slice(&part[..count]);
        }
    }
}

/// The answer, once all of it is there.
fn whole(held: &[u8]) -> Option<Answer> {
    let end = held.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&held[..end]).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    let body = held.get(end + 4..end + 4 + length)?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Answer { status, body: String::from_utf8(body.to_vec()).unwrap() })
}

fn signed(host: &str, keys: &Keys, service: &str, body: &str) -> Vec<u8> {
    let headers: [(&str, &[u8]); 2] =
        [("Host", host.as_bytes()), ("Content-Type", b"application/x-www-form-urlencoded; charset=utf-8")];
    let (time, token) = (Clock::system().now().trunc_secs(), keys.token.clone().map(Secret::new));
    let scope = Scope::new(time, "us-east-1", service);
    let params = SigningParams {
        access_key_id: &keys.id,
        session_token: token.as_ref(),
        key: &SigningKey::derive(&Secret::new(keys.secret.clone()), &scope),
        scope,
        time,
        rules: &ServiceRules::of(service),
        fields: FieldChoice::default(),
    };
    let request = Request { method: "POST", target: b"/", headers: &headers };
    let signed = sign(&request, Payload::Body(body.as_bytes()), &params).unwrap();
    let mut text = String::from("POST / HTTP/1.1\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {}\r\n", std::str::from_utf8(value).unwrap()));
    }
    for (name, value) in signed.headers() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text.into_bytes()
}

/// As forms are encoded (RFC 3986 for all but the unreserved).
fn encoded(value: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

const PATIENCE: Duration = Duration::from_secs(60);

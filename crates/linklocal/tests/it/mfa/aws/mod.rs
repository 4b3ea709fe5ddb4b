//! STS and IAM of one account, as strict as AWS's where MFA is concerned (facts/credentials.md sections 3.2 and 3.3): signatures
//! and limits are checked, codes are real and count once, and sessions may not do what sessions may not.

mod account;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sigv4::verify::{Body, Caller, Correspondence, Endpoint, KeyRing, RingEntry, Scratch, verify};
use sigv4::{Family, Request, ServiceRules};
use sys::Clock;
use totp::Seed;
use types::Secret;

pub(super) use self::account::Account;
use self::account::{Answer, fault};

/// A server on loopback.
pub(super) struct Aws {
    at: SocketAddr,
    account: Arc<Mutex<Account>>,
}

impl Aws {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let account = Arc::new(Mutex::new(Account::new()));
        let shared = Arc::clone(&account);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let account = Arc::clone(&shared);
                // A client that goes away has heard enough.
                std::thread::spawn(move || serve(stream, &account));
            }
        });
        Self { at, account }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Account)) {
        change(&mut self.account.lock().unwrap());
    }

    /// The parameters of each request for this operation.
    pub(super) fn asked(&self, operation: &str) -> Vec<HashMap<String, String>> {
        let account = self.account.lock().unwrap();
        account.asked.iter().filter(|(name, _)| name == operation).map(|(_, all)| all.clone()).collect()
    }

    /// What the device of `alice` shows now.
    pub(super) fn code(&self) -> String {
        seed().code(Clock::system().now()).expose().clone()
    }

    /// The serial numbers of a user's devices.
    pub(super) fn devices_of(&self, user: &str) -> Vec<String> {
        let account = self.account.lock().unwrap();
        let own = account.devices.iter().filter(|(_, device)| device.user.as_deref() == Some(user));
        own.map(|(serial, _)| serial.clone()).collect()
    }

    /// Those that are nobody's.
    pub(super) fn idle_devices(&self) -> usize {
        self.account.lock().unwrap().devices.values().filter(|device| device.user.is_none()).count()
    }
}

fn serve(stream: TcpStream, account: &Mutex<Account>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let headers: Vec<(String, String)> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (date, (status, text)) = {
        let mut account = account.lock().unwrap();
        let answer = handle(&mut account, &lines[0], &headers, &body);
        (account.now().http_date(), answer)
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\nDate: {date}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    reader.get_mut().write_all(format!("{head}{text}").as_bytes())
}

/// Checks the signature, then answers.
fn handle(account: &mut Account, first: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let request = Request { method, target: target.as_bytes(), headers: &headers };
    let scope = headers
        .iter()
        .find(|(name, _)| *name == "authorization")
        .map(|(_, value)| String::from_utf8_lossy(value));
    let service = if scope.is_some_and(|scope| scope.contains("/iam/aws4_request")) { "iam" } else { "sts" };
    let ring = KeyRing::new(account.keys.iter().map(|holder| RingEntry {
        access_key_id: holder.id.clone(),
        secret_access_key: Secret::new(holder.secret.clone()),
        session_token: holder.token.clone().map(Secret::new),
        expires: holder.expires,
    }));
    let rules = ServiceRules::of(service);
    let endpoint = Endpoint::new(service, None, &rules, account.now()).strict();
    let mut scratch = Scratch::default();
    let id = match verify(&request, Body::Read(body), &endpoint, &ring, &mut scratch) {
        Ok(Caller::Signed(verified)) => verified.access_key_id.to_owned(),
        Ok(Caller::Anonymous) => {
            return fault(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        }
        Err(refusal) => {
            let to = Correspondence {
                family: Family::Query,
                service,
                request_id: "r",
                host_id: "",
                is_head: false,
                content_type: None,
            };
            let answer = refusal.encode(&to);
            return (answer.status, String::from_utf8(answer.body).unwrap());
        }
    };
    let holder = account.keys.iter().find(|holder| holder.id == id).unwrap().clone();
    let text = String::from_utf8_lossy(body);
    let parameters = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), unescaped(value)));
    account.answer(service, &holder, &parameters.collect())
}

fn unescaped(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            b'+' => out.push(b' '),
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}

/// A code that no device shows around now.
pub(super) fn wrong_code() -> String {
    let (seed, now) = (seed(), Clock::system().now());
    let codes = (0..).map(|number| format!("{number:06}"));
    codes.into_iter().find(|code| seed.check(code, now, 10 * WINDOW).is_none()).unwrap()
}

/// Every device's: what IAM would draw.
pub(super) fn seed() -> Seed {
    Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap()
}

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const USER: &str = "AKIARTX3GSDSQUSERKEY";
pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(super) const DEVICE: &str = "arn:aws:iam::111122223333:mfa/alice";
/// Half minutes by which a code may be early or late: AWS takes one or two, a busy machine may need more for its tests.
const WINDOW: u32 = 10;

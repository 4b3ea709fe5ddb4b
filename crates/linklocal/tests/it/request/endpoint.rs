//! A service of AWS on loopback: it verifies the signature of every request, keeps what it was asked, and answers as the test
//! says, with faults where they are wanted.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sigv4::ServiceRules;
use sigv4::verify::{Body, Caller, Correspondence, Endpoint as Place, KeyRing, RingEntry, Scratch, verify};
use sys::Clock;
use types::Secret;

use super::{ID, SECRET, TEMPORARY, TOKEN};

/// Ends with the process.
pub(super) struct Endpoint {
    pub(super) at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A request as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) target: String,
    /// Names in small letters.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// From 1, over all connections.
    pub(super) number: usize,
    /// From 1.
    pub(super) connection: usize,
}

/// What is done about a request.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// The connection is closed without a word.
    HangUp,
    /// Half of a body of this length, and then the end.
    HalfOf(usize),
    /// Half of a body of this length, and then nothing, until the client goes away.
    StallIn(usize),
}

impl Endpoint {
    /// A service that holds requests to a signature for it in us-east-1; the script is asked about those that are good.
    pub(super) fn of(service: &'static str, script: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        Self::start(move |asked| refusal(service, asked).unwrap_or_else(|| script(asked)))
    }

    /// A service behind something that changes requests on their way; it answers what it thinks of their signature.
    pub(super) fn behind(service: &'static str, change: impl Fn(&mut Asked) + Send + Sync + 'static) -> Self {
        Self::start(move |asked| {
            let mut changed = asked.clone();
            change(&mut changed);
            refusal(service, &changed).unwrap_or_else(|| Act::text(200, "yes"))
        })
    }

    /// One that looks at no signature.
    pub(super) fn open(script: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        Self::start(script)
    }

    fn start(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, act) = (Arc::clone(&asked), Arc::new(act));
        std::thread::spawn(move || {
            for (number, stream) in (1..).zip(listener.incoming().flatten()) {
                let (log, act) = (Arc::clone(&log), Arc::clone(&act));
                // A client that goes away has heard enough.
                std::thread::spawn(move || serve(stream, number, &*act, &log).unwrap_or(()));
            }
        });
        Self { at, asked }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request that came.
    pub(super) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.into_iter().next().unwrap()
    }
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Act {
    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::Answer(status, vec![("Content-Type".to_owned(), "text/plain".to_owned())], body.into())
    }

    /// An error as the query protocol has it.
    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>r-1</RequestId></ErrorResponse>"
        );
        Self::Answer(status, vec![("Content-Type".to_owned(), "text/xml".to_owned())], body.into())
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer(_, headers, _) = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

fn serve(
    stream: TcpStream,
    connection: usize,
    act: &dyn Fn(&Asked) -> Act,
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(mut asked) = read(&mut reader, connection)? {
        {
            let mut log = log.lock().unwrap();
            asked.number = log.len() + 1;
            log.push(asked.clone());
        }
        let act = act(&asked);
        let stalls = matches!(act, Act::StallIn(_));
        let (status, headers, body, sent) = match act {
            Act::HangUp => return Ok(()),
            Act::HalfOf(length) | Act::StallIn(length) => (200, Vec::new(), vec![b'x'; length], length / 2),
            Act::Answer(status, headers, body) => {
                let length = body.len();
                (status, headers, body, length)
            }
        };
        let mut head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut answer = head.into_bytes();
        answer.extend_from_slice(b"\r\n");
        if asked.method != "HEAD" {
            answer.extend_from_slice(&body[..sent]);
        }
        reader.get_mut().write_all(&answer)?;
        if stalls {
            // Ends when the other side closes the connection.
            reader.read_exact(&mut [0])?;
        }
        if sent < body.len() {
            return Ok(());
        }
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>, connection: usize) -> std::io::Result<Option<Asked>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut asked = Asked { method, target, headers, body: Vec::new(), number: 0, connection };
    if asked.header("expect").is_some() {
        reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body)?;
    Ok(Some(asked))
}

/// AWS's answer to a signature that is not good; nothing where it is.
fn refusal(service: &'static str, asked: &Asked) -> Option<Act> {
    let entry = |id: &str, token: Option<&str>| RingEntry {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(SECRET.to_owned()),
        session_token: token.map(|token| Secret::new(token.to_owned())),
        expires: None,
    };
    let keys = KeyRing::new([entry(ID, None), entry(TEMPORARY, Some(TOKEN))]);
    let rules = ServiceRules::of(service);
    let place = Place::new(service, Some("us-east-1"), &rules, Clock::system().now());
    let headers: Vec<(&str, &[u8])> =
        asked.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request =
        sigv4::Request { method: &asked.method, target: asked.target.as_bytes(), headers: &headers };
    let mut scratch = Scratch::default();
    let refusal = match verify(&request, Body::Read(&asked.body), &place, &keys, &mut scratch) {
        Ok(Caller::Signed(_)) => return None,
        Ok(Caller::Anonymous) => return Some(Act::error(403, "MissingAuthenticationToken", "no signature")),
        Err(refusal) => refusal,
    };
    let answer = refusal.encode(&Correspondence {
        family: rules.family,
        service,
        request_id: "r-1",
        host_id: "h-1",
        is_head: asked.method == "HEAD",
        content_type: asked.header("content-type"),
    });
    let headers = answer.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Some(Act::Answer(answer.status, headers, answer.body))
}

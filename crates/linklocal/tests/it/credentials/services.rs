//! A service that is asked over HTTP, on a thread of its own: what it answers is the test's to say.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Answers every request in the same way; ends with the process.
pub(super) struct Service {
    pub(super) at: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    /// `answer` gets the first line of a request and its body, and gives a status and a body.
    pub(super) fn new(answer: impl Fn(&str, &str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away has heard enough.
                let _ = serve(stream, &answer, &log);
            }
        });
        Self { at, asked }
    }

    /// STS: each role gives the same temporary key, each caller is the same user.
    pub(super) fn sts() -> Self {
        Self::new(|_, body| sts_answer(body))
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// The first line of each request and its body.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// What STS says to a call with this body.
pub(super) fn sts_answer(body: &str) -> (u16, String) {
    match body {
        _ if body.contains("Action=AssumeRole") => (200, assumed()),
        _ if body.contains("Action=GetCallerIdentity") => (200, caller()),
        _ => (400, String::new()),
    }
}

fn serve(
    stream: TcpStream,
    answer: &impl Fn(&str, &str) -> (u16, String),
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut length = 0;
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    log.lock().unwrap().push(format!("{} {body}", first.trim_end()));
    let (status, text) = answer(first.trim_end(), &body);
    let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
    reader.get_mut().write_all(format!("{head}{text}").as_bytes())
}

/// What a container's agent gives.
pub(super) fn document() -> String {
    let (id, secret, end) = (super::TEMPORARY, super::SECRET, super::ENDS);
    format!(
        r#"{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}","Token":"token","Expiration":"{end}","AccountId":"444455556666"}}"#
    )
}

fn assumed() -> String {
    let (id, secret, end) = (super::TEMPORARY, super::SECRET, super::ENDS);
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>\
         <AssumedRoleId>AROAX:s</AssumedRoleId><Arn>arn:aws:sts::444455556666:assumed-role/one-bucket/s</Arn>\
         </AssumedRoleUser><Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>token</SessionToken><Expiration>{end}</Expiration></Credentials></AssumeRoleResult>\
         <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>"
    )
}

fn caller() -> String {
    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
     <Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>AIDAX</UserId><Account>111122223333</Account>\
     </GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
        .to_owned()
}

//! The real shell and the real curl, where they are installed: what arrives is what was read.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use request_source::raw::{self, Options};
use request_source::{Message, Scheme};

use crate::cases;

#[test]
fn curl_sends_what_is_read() {
    let Some(witness) = Witness::find() else {
        println!("skipped: no bash or no curl here");
        return;
    };
    let (mut ran, mut faults) = (0, Vec::new());
    for case in cases::files().iter().flat_map(|file| cases::read(file)) {
        let Ok(command) = case.command() else { continue };
        let Ok(read) = command.message(&cases::contents(&command)) else { continue };
        if case.dialect.is_some() || read.scheme == Some(Scheme::Https) {
            continue;
        }
        ran += 1;
        let sent = witness.run(case.line.trim_start_matches("$ "));
        let (read, sent) = (comparable(&read), comparable(&sent));
        if read != sent {
            faults.push(format!("{}\nread: {read}\nsent: {sent}", case.why));
        }
    }
    println!("{ran} command lines run by {}", witness.version);
    assert!(faults.is_empty(), "{} of {ran}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn curl_sends_what_is_written() {
    let Some(witness) = Witness::find() else {
        println!("skipped: no bash or no curl here");
        return;
    };
    let mut ran = 0;
    for text in WRITTEN {
        let message = raw::read(text, &Options::new(4096)).unwrap().message;
        let message = Message { scheme: Some(Scheme::Http), ..message };
        let line = request_source::curl::write(&message).unwrap();
        for shell in ["sh", "bash"] {
            ran += 1;
            let sent = Witness { shell, ..witness.clone() }.run(&line);
            assert_eq!(comparable(&message), comparable(&sent), "{line}");
        }
    }
    println!("{ran} command lines run by {}", witness.version);
}

const WRITTEN: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
    b"GET /a/../b?c[]='$HOME'&d=`e` HTTP/1.1\r\nHost: example.test:8080\r\nX-A: it's \"$x\"\r\nX-B:\r\n\r\n",
    b"HEAD /x y#z HTTP/1.0\r\nHost: other\r\nUser-Agent: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: example.test\r\nAccept: */*\r\n\r\n",
    b"DELETE / HTTP/1.1\r\nHost: example.test\r\nContent-Length: 0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: example.test\r\nContent-Length: 12\r\n\r\n@a=1\n\t'$b'\\n",
    b"PUT /k HTTP/1.1\r\nHost: example.test\r\nContent-Type: x/y\r\nContent-Length: 9\r\n\r\n-\0\xff\r\n%d\\0",
    b"PUT /k HTTP/1.1\r\nHost: example.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
];

#[derive(Clone)]
struct Witness {
    version: String,
    shell: &'static str,
}

impl Witness {
    fn find() -> Option<Self> {
        let output = Command::new("bash").args(["-c", "curl --version"]).output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned();
        output.status.success().then_some(Self { version, shell: "bash" })
    }

    /// Runs a line whose every host is this process, and reads what arrives.
    fn run(&self, line: &str) -> Message {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let home = Home::new(port);
        let mut shell = Command::new(self.shell)
            .args(["-c", line])
            .current_dir(cases::directory().join("files"))
            .env("CURL_HOME", home.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let received = std::thread::spawn(move || receive(&listener));
        shell.wait().unwrap();
        // A curl that never came leaves the listener waiting; this ends it, and finds nobody otherwise.
        drop(TcpStream::connect(("127.0.0.1", port)));
        let bytes = received.join().unwrap();
        raw::read(&bytes, &Options::new(1 << 20)).unwrap_or_else(|error| panic!("{error}: {line}")).message
    }
}

/// A directory with the options that every run gets.
struct Home(tempfile::TempDir);

impl Home {
    #[allow(clippy::disallowed_methods, reason = "curl reads its configuration from a file")]
    fn new(port: u16) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text = format!("connect-to = \"::127.0.0.1:{port}\"\nmax-time = 5\nsilent\nnoproxy = \"*\"\n");
        std::fs::write(directory.path().join(".curlrc"), text).unwrap();
        Self(directory)
    }
}

/// One request, whole as far as its own fields say.
fn receive(listener: &TcpListener) -> Vec<u8> {
    let (mut connection, _) = listener.accept().unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut bytes, mut buffer, mut asked) = (Vec::new(), [0; 4096], false);
    while !is_whole(&bytes) {
        if !asked && expects(&bytes) {
            asked = true;
            connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        }
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    answer(&mut connection);
    bytes
}

fn answer(connection: &mut TcpStream) {
    // A curl that asked for the head alone may be gone already.
    let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

fn is_whole(bytes: &[u8]) -> bool {
    let is_ended = bytes.windows(4).any(|four| four == b"\r\n\r\n");
    is_ended && raw::read(bytes, &Options::new(1 << 20)).is_ok()
}

fn expects(bytes: &[u8]) -> bool {
    bytes.windows(21).any(|window| window.eq_ignore_ascii_case(b"expect: 100-continue\r"))
}

/// What must be the same: not the order of fields, nor what depends on the version of curl.
fn comparable(message: &Message) -> String {
    let content_type = message.header("content-type").map(String::from_utf8_lossy).unwrap_or_default();
    let boundary =
        content_type.split_once("boundary=").map(|(_, boundary)| boundary.to_owned()).unwrap_or_default();
    let unbound = |bytes: &[u8]| match boundary.as_str() {
        "" => bytes.escape_ascii().to_string(),
        boundary => bytes.escape_ascii().to_string().replace(boundary, "BOUNDARY"),
    };
    let is_of_the_version = |name: &str, value: &[u8]| match name.to_lowercase().as_str() {
        "user-agent" => value.starts_with(b"curl/"),
        "content-length" => !boundary.is_empty(),
        name => name == "expect",
    };
    let mut fields: Vec<String> = message
        .headers
        .iter()
        .filter(|(name, value)| !is_of_the_version(name, value))
        .map(|(name, value)| format!("{}: {}", name.to_lowercase(), unbound(value)))
        .collect();
    fields.sort();
    let target = message.target.escape_ascii();
    format!(
        "{} {target} {}\n{}\n{}",
        message.method,
        message.version.as_str(),
        fields.join("\n"),
        unbound(&message.body)
    )
}

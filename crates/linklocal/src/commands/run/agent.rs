//! Credentials of the agent of a task, asked for by this process itself.
//!
//! Rule: by a connection that is handed to the server as those of programs are, so that no listener is needed and the trail
//! names this process.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use serde::Deserialize;
use types::Secret;
use types::link_local::CONTAINER_V4;

use super::function::Keys;
use super::guests::Host;
use crate::failure::Failure;
use crate::introductions::Message;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    access_key_id: String,
    secret_access_key: String,
    token: String,
}

/// The agent's words where it has none.
#[derive(Deserialize)]
struct Refusal {
    message: String,
}

/// What the agent answers at `path`, which shows whose task this is.
pub(super) fn credentials(host: &Host, path: &str) -> Result<Keys, Failure> {
    let answer = asked(host, path).map_err(|error| {
        Failure::new(format!(
            "{}: the credentials of its role cannot be asked for: {error}",
            host.instance_id
        ))
    })?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    match serde_json::from_str(body) {
        Ok(Document { access_key_id, secret_access_key, token }) => Ok(Keys {
            access_key_id,
            secret_access_key: Secret::new(secret_access_key),
            session_token: Some(Secret::new(token)),
        }),
        Err(_) => Err(refused(host, body)),
    }
}

fn refused(host: &Host, body: &str) -> Failure {
    let why = serde_json::from_str(body)
        .map_or_else(|_| String::new(), |Refusal { message }| format!(": {message}"));
    Failure::new(format!("{} has no credentials of a role{why}", host.instance_id)).hint(
        "`linklocal instance attach-role` gives it a role; `linklocal instance show` tells which it has",
    )
}

fn asked(host: &Host, path: &str) -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut stream = TcpStream::connect(listener.local_addr()?)?;
    let near = stream.local_addr()?;
    let far_end = loop {
        let (far_end, from) = listener.accept()?;
        // Anybody on this machine may connect to a port that listens.
        if from == near {
            break far_end;
        }
    };
    let process_id = std::process::id();
    let message = Message {
        destination: SocketAddr::from((CONTAINER_V4, 80)),
        process_id,
        supervisor_id: process_id,
        instance_id: host.instance_id.clone(),
    };
    host.line.introduce(&message, &far_end)?;
    drop(far_end);
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {CONTAINER_V4}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    Ok(answer)
}

/// The server answers from memory.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes: several times what a session with its token takes.
const LONGEST: u64 = 64 * 1024;

//! `linklocal credentials serve --status`: the servers of this user that run.
//!
//! Rule: a server is one that answers at its socket; what others have left behind is swept away by the next that starts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use serde::Serialize;
use tokio::net::UnixStream;
use types::Timestamp;

use super::super::identity::end_text;
use crate::admin::may_answer;
use crate::exchange::exchange;
use crate::failure::Failure;
use crate::output::{Output, table};
use crate::place::Place;
use crate::server::vending::{Standing, VendingStatus};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Servers {
    servers: Vec<VendingStatus>,
}

/// Where one server of this process's number is found, and what it leaves behind.
#[derive(Debug)]
pub(super) struct Traces {
    directory: PathBuf,
    process_id: u32,
}

impl Traces {
    /// In a data directory.
    pub(super) fn new(place: &Place) -> Result<Self, Failure> {
        let directory = place.served();
        sys::fs::private_directory(&directory).map_err(|error| Failure::of(&error))?;
        Ok(Self { directory, process_id: std::process::id() })
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.directory.join(format!("{}.sock", self.process_id))
    }

    /// The token alone lies in its directory: containers are shown the whole of it.
    pub(super) fn token(&self) -> PathBuf {
        self.directory.join(self.process_id.to_string()).join("token")
    }

    /// Removes what servers left behind that were killed.
    pub(super) async fn sweep(&self) {
        for (process_id, socket) in sockets(&self.directory) {
            if UnixStream::connect(&socket).await.is_err() {
                Self { directory: self.directory.clone(), process_id }.remove();
            }
        }
    }

    pub(super) fn remove(&self) {
        let token = self.token();
        for path in [&self.socket(), &token] {
            if let Err(error) = sys::fs::remove(path) {
                tracing::warn!("{error}");
            }
        }
        if let Some(directory) = token.parent() {
            // One that is not there, or not empty, stays as it is.
            let _ = std::fs::remove_dir(directory);
        }
    }
}

pub(super) async fn run(place: &Place, output: Output, now: Timestamp) -> Result<(), Failure> {
    let mut servers = Vec::new();
    for (_, socket) in sockets(&place.served()) {
        servers.extend(status(&socket).await);
    }
    let servers = Servers { servers };
    output.result(&servers, || text(&servers.servers, now))
}

/// By process.
fn sockets(directory: &Path) -> Vec<(u32, PathBuf)> {
    let names = sys::fs::names(directory).unwrap_or_default();
    let of = |name: std::ffi::OsString| {
        let process_id = name.to_str()?.strip_suffix(".sock")?.parse().ok()?;
        Some((process_id, directory.join(name)))
    };
    let mut sockets: Vec<(u32, PathBuf)> = names.into_iter().filter_map(of).collect();
    sockets.sort();
    sockets
}

/// What the server at `socket` says of itself, if one is there that is to be believed.
async fn status(socket: &Path) -> Option<VendingStatus> {
    let stream = UnixStream::connect(socket).await.ok()?;
    if !may_answer(stream.peer_cred().ok()?.uid()) {
        return None;
    }
    let request = Request::get("/health")
        .header(header::HOST, "localhost")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::new()))
        .expect("the parts are valid");
    let answer = exchange(stream, request, MAX_STATUS, PATIENCE).await.ok()?;
    serde_json::from_slice(&answer.body).ok()
}

fn text(servers: &[VendingStatus], now: Timestamp) -> String {
    if servers.is_empty() {
        return "no server of real credentials runs; start one with `linklocal credentials serve`\n"
            .to_owned();
    }
    let rows: Vec<Vec<String>> = servers.iter().map(|server| row(server, now)).collect();
    let mut text = table(&["PROCESS", "STANDING", "IDENTITY", "SET", "ENDPOINTS"], &rows);
    for server in servers {
        let Some(failure) = &server.failure else { continue };
        let message = failure.message.as_deref().unwrap_or(&failure.code);
        let hint = failure.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
        text.push_str(&format!(
            "\nprocess {}: not renewed {} since, {} times: {message}{hint}\n",
            server.process_id,
            failure.time.iso8601(),
            failure.count
        ));
    }
    for warning in servers.iter().filter_map(|server| server.clock.as_deref()).take(1) {
        text.push_str(&format!("\n{warning}\n"));
    }
    text
}

fn row(server: &VendingStatus, now: Timestamp) -> Vec<String> {
    let standing = match server.standing {
        Standing::Serving => "serving",
        Standing::RenewalFailing => "renewal fails",
        Standing::Empty => "empty",
    };
    let end = server.expiration.map_or_else(|| "does not end".to_owned(), |end| end_text(end, now));
    let identity = server.identity.as_ref();
    let endpoints = identity.map(|identity| {
        let all = identity.container_endpoints.iter().chain(&identity.endpoints);
        all.map(ToString::to_string).collect::<Vec<_>>().join(", ")
    });
    vec![
        server.process_id.to_string(),
        standing.to_owned(),
        identity.map(|identity| identity.arn.clone()).unwrap_or_default(),
        if server.standing == Standing::Empty { String::new() } else { end },
        endpoints.unwrap_or_default(),
    ]
}

const MAX_STATUS: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

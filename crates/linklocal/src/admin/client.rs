//! The caller's side of the admin socket.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use tokio::net::UnixStream;

use super::call::{Call, Reply};
use super::refusal::Refusal;
use crate::exchange::{ExchangeError, exchange};
use crate::failure::Failure;

/// A way to the server of one data directory.
#[derive(Debug)]
pub(crate) struct AdminClient {
    directory: PathBuf,
    socket: PathBuf,
}

/// The call was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no server is running on {0}")]
    NoServer(PathBuf),
    #[error("{path}: the server cannot be reached")]
    Connect { path: PathBuf, source: io::Error },
    #[error("{path}: the server there is user {user}'s, who could answer whatever they like")]
    Stranger { path: PathBuf, user: u32 },
    #[error("{path}: the server did not answer")]
    Exchange { path: PathBuf, source: ExchangeError },
    #[error("the server of {path} answers in a form that this version does not know")]
    Foreign { path: PathBuf },
    #[error(transparent)]
    Refused(Refusal),
}

impl AdminClient {
    pub(crate) fn new(directory: &Path, socket: PathBuf) -> Self {
        Self { directory: directory.to_owned(), socket }
    }

    /// The data directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Carries one call to the server and its reply back.
    pub(crate) async fn call(&self, call: &Call) -> Result<Reply, CallError> {
        let stream = self.connect().await?;
        let body = serde_json::to_vec(call).expect("calls have text keys and no failing serializer");
        let request = Request::post("/call")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(body)))
            .expect("the parts are valid");
        let answer = exchange(stream, request, MAX_REPLY, PATIENCE)
            .await
            .map_err(|source| CallError::Exchange { path: self.socket.clone(), source })?;
        let foreign = |_| CallError::Foreign { path: self.directory.clone() };
        if answer.status == StatusCode::OK {
            return serde_json::from_slice(&answer.body).map_err(foreign);
        }
        Err(CallError::Refused(serde_json::from_slice(&answer.body).map_err(foreign)?))
    }

    async fn connect(&self) -> Result<UnixStream, CallError> {
        let failed = |source: io::Error| match source.kind() {
            // A refusal is the socket of a server that died.
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                CallError::NoServer(self.directory.clone())
            }
            _ => CallError::Connect { path: self.socket.clone(), source },
        };
        let stream = UnixStream::connect(&self.socket).await.map_err(failed)?;
        let user = stream.peer_cred().map_err(failed)?.uid();
        if !may_answer(user) {
            return Err(CallError::Stranger { path: self.socket.clone(), user });
        }
        Ok(stream)
    }
}

/// Whether what a server of `user` says counts: this user's own or root's. Whoever can write to a directory can leave a
/// socket there that answers. Root asks whom it likes.
pub(crate) fn may_answer(user: u32) -> bool {
    is_believed(user, rustix::process::geteuid().as_raw())
}

fn is_believed(server: u32, caller: u32) -> bool {
    server == caller || server == 0 || caller == 0
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let failure = Self::of(&error);
        match error {
            CallError::NoServer(_) => failure.hint(
                "start one with `linklocal up`, or name the data directory of a running one with --data or \
                 LINKLOCAL_DATA",
            ),
            CallError::Connect { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                failure.hint("only the user who started the server, and root, may call it")
            }
            CallError::Stranger { .. } => failure.hint("choose a data directory of your own with --data"),
            CallError::Foreign { .. } => failure.hint("restart the server with this version of linklocal"),
            CallError::Refused(refusal) => refusal.into(),
            _ => failure,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let failure = Self::new(refusal.message);
        match refusal.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

const MAX_REPLY: usize = 16 * 1024 * 1024;
/// A change waits for the disk.
const PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_user_s_server_is_not_believed() {
        for (server, caller, expected) in
            [(1000, 1000, true), (0, 1000, true), (1000, 0, true), (1001, 1000, false), (65534, 1000, false)]
        {
            assert_eq!(is_believed(server, caller), expected, "{server} {caller}");
        }
    }
}

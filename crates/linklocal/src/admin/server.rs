//! The admin listener: `POST /call`, `GET /metrics`, `GET /health`.
//!
//! Bounds: 64 connections, 5 s for a head, 16 MiB for a call; what is above waits or is refused.

use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use net::Shutdown;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::call::{Call, Reply};
use super::refusal::Refusal;

/// Who carries calls out.
pub(crate) trait Admin: Send + Sync + 'static {
    fn call(self: &Arc<Self>, call: Call) -> impl Future<Output = Result<Reply, Refusal>> + Send;

    /// All metrics in OpenMetrics' text form.
    fn metrics(&self) -> String;

    /// How things stand: all of it for the owner, for others whether they do. A server that answers is well unless it
    /// knows better.
    fn health(&self, _for_owner: bool) -> Health {
        Health { is_able: true, is_json: false, body: "ok\n".to_owned() }
    }
}

/// What `/health` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Health {
    /// 200, else 503.
    pub(crate) is_able: bool,
    pub(crate) is_json: bool,
    pub(crate) body: String,
}

/// The admin socket cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdminSocketError {
    #[error("{path}: {length} bytes are too long for the path of a Unix socket, which holds {MAX_PATH}")]
    TooLong { path: PathBuf, length: usize },
    #[error("{path}: the admin socket cannot be opened")]
    Open { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Stale(#[from] sys::fs::ReplaceError),
}

/// Opens the socket. The caller holds the data directory's lock, so a socket that is there belongs to a dead server.
pub(crate) fn listen(path: &Path) -> Result<UnixListener, AdminSocketError> {
    let length = path.as_os_str().len();
    if length > MAX_PATH {
        return Err(AdminSocketError::TooLong { path: path.to_owned(), length });
    }
    sys::fs::remove(path)?;
    let open = || {
        let listener = UnixListener::bind(path)?;
        keep_private(path)?;
        Ok(listener)
    };
    open().map_err(|source| AdminSocketError::Open { path: path.to_owned(), source })
}

/// Keeps others from a socket that was just bound. Until here the directory's mode alone did.
pub(crate) fn keep_private(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

/// Where calls come in.
#[derive(Debug)]
pub(crate) enum Door {
    /// The admin socket: everything, for this user and root.
    Socket { listener: UnixListener, owner: u32 },
    /// `/metrics` and `/health` alone, for whoever connects.
    Metrics(TcpListener),
}

/// Serves what comes in at `door` until `shutdown` starts; what is under way is finished first.
pub(crate) async fn serve<A: Admin>(door: Door, admin: Arc<A>, shutdown: Shutdown) {
    let calls = matches!(door, Door::Socket { .. });
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let stream = tokio::select! {
            accepted = door.accept() => match accepted {
                Ok(Some(stream)) => stream,
                Ok(None) => continue,
                Err(error) => {
                    tracing::warn!(%error, "admin connection was not accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = shutdown.started() => break,
        };
        while connections.try_join_next().is_some() {}
        let (admin, shutdown) = (Arc::clone(&admin), shutdown.clone());
        connections.spawn(async move {
            connection(stream, admin, calls, shutdown).await;
            drop(place);
        });
    }
    while connections.join_next().await.is_some() {}
}

impl Door {
    /// The next connection; `None` where its caller is turned away.
    async fn accept(&self) -> io::Result<Option<Box<dyn Stream>>> {
        Ok(match self {
            Self::Socket { listener, owner } => {
                let (stream, _) = listener.accept().await?;
                may_call(&stream, *owner).then(|| Box::new(stream) as Box<dyn Stream>)
            }
            Self::Metrics(listener) => Some(Box::new(listener.accept().await?.0)),
        })
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Whether the kernel says that the caller is the owner or root.
pub(crate) fn may_call(stream: &UnixStream, owner: u32) -> bool {
    match stream.peer_cred() {
        Ok(peer) if is_trusted(peer.uid(), owner) => true,
        Ok(peer) => {
            tracing::warn!(uid = peer.uid(), "caller refused: not the owner of the data directory");
            false
        }
        Err(error) => {
            tracing::warn!(%error, "caller refused: its user cannot be told");
            false
        }
    }
}

fn is_trusted(caller: u32, owner: u32) -> bool {
    caller == owner || caller == 0
}

async fn connection<A: Admin>(stream: Box<dyn Stream>, admin: Arc<A>, calls: bool, shutdown: Shutdown) {
    let service = service_fn(move |request| {
        let admin = Arc::clone(&admin);
        async move { Ok::<_, std::convert::Infallible>(handle(request, &admin, calls).await) }
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .max_buf_size(16 * 1024)
            .serve_connection(TokioIo::new(stream), service)
    );
    let served = tokio::select! {
        served = &mut connection => served,
        () = shutdown.started() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "admin connection ended early");
    }
}

async fn handle<A: Admin>(request: Request<Incoming>, admin: &Arc<A>, calls: bool) -> Response<Full<Bytes>> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/health") => {
            let Health { is_able, is_json, body } = admin.health(calls);
            let status = if is_able { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            answer(status, if is_json { "application/json" } else { "text/plain" }, body)
        }
        (&Method::GET, "/metrics") => answer(StatusCode::OK, OPEN_METRICS, admin.metrics()),
        (&Method::POST, "/call") if calls => match call(request, admin).await {
            Ok(reply) => json(StatusCode::OK, &reply),
            Err((status, refusal)) => json(status, &refusal),
        },
        _ => {
            let refusal =
                Refusal::new("NotFound", "the admin listener has POST /call, GET /metrics, GET /health");
            json(StatusCode::NOT_FOUND, &refusal)
        }
    }
}

async fn call<A: Admin>(request: Request<Incoming>, admin: &Arc<A>) -> Result<Reply, (StatusCode, Refusal)> {
    let malformed = |message: String| (StatusCode::BAD_REQUEST, Refusal::new("MalformedCall", message));
    let body = Limited::new(request.into_body(), MAX_CALL).collect();
    let body = tokio::time::timeout(BODY_PATIENCE, body)
        .await
        .map_err(|_| malformed("the call did not arrive in time".to_owned()))?
        .map_err(|error| malformed(format!("the call cannot be read: {error}")))?
        .to_bytes();
    let call: Call = serde_json::from_slice(&body)
        .map_err(|error| malformed(format!("the call is not understood: {error}")))?;
    admin.call(call).await.map_err(|refusal| (StatusCode::CONFLICT, refusal))
}

fn json(status: StatusCode, object: &impl Serialize) -> Response<Full<Bytes>> {
    let body = serde_json::to_vec(object).expect("replies have text keys and no failing serializer");
    answer(status, "application/json", body)
}

fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

/// `sun_path` without its final NUL (unix(7)).
pub(crate) const MAX_PATH: usize = 107;
const MAX_CONNECTIONS: usize = 64;
/// An account of some thousand users, as `account import` sends it.
const MAX_CALL: usize = 16 * 1024 * 1024;
const HEAD_PATIENCE: Duration = Duration::from_secs(5);
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// After a failed accept, which is most often a lack of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_root_may_call_and_nobody_else() {
        for (caller, owner, trusted) in
            [(1000, 1000, true), (0, 1000, true), (1001, 1000, false), (1000, 0, false)]
        {
            assert_eq!(is_trusted(caller, owner), trusted, "{caller} calls {owner}");
        }
    }
}

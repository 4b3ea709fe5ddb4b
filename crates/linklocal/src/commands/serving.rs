//! A server while it runs: its doors, its tasks, and its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use linklocal::config::ConfigError;
use net::Shutdown;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::admin::{self, Door};
use crate::failure::Failure;
use crate::place::Place;
use crate::server::{Introductions, Server};

/// What runs until the end.
pub(super) struct Running {
    pub(super) shutdown: Shutdown,
    /// Finish what was asked.
    serving: Vec<JoinHandle<()>>,
    /// End at once.
    pending: JoinHandle<()>,
    keys: JoinHandle<()>,
}

impl Running {
    pub(super) fn start(server: &Arc<Server>, doors: Vec<Door>, place: &Place) -> Self {
        let shutdown = Shutdown::new();
        let mut serving: Vec<JoinHandle<()>> = doors
            .into_iter()
            .map(|door| tokio::spawn(admin::serve(door, Arc::clone(server), shutdown.clone())))
            .collect();
        let (metadata, until) = (Arc::clone(server), shutdown.clone());
        serving.push(tokio::spawn(async move { metadata.serve(until).await }));
        let (account, until) = (Arc::clone(server), shutdown.clone());
        serving.push(tokio::spawn(async move { account.serve_account(until).await }));
        let (pending, signer) = (Arc::clone(server), Arc::clone(server));
        let has_keys = place.identity().exists();
        let pending = tokio::spawn(async move { pending.apply_pending().await });
        let keys = tokio::spawn(async move {
            if !has_keys {
                tokio::time::sleep(KEYS_AFTER).await;
            }
            let _ = tokio::task::spawn_blocking(move || signer.prepare_signer()).await;
        });
        Self { shutdown, serving, pending, keys }
    }

    /// Leaves signing keys until somebody reads a signature.
    pub(super) fn spare_keys(&self) {
        self.keys.abort();
    }

    /// Takes connections from sessions of `linklocal run`; with `while_used` their end is the server's.
    pub(super) fn introduce(
        &mut self,
        server: &Arc<Server>,
        introductions: Option<Introductions>,
        while_used: bool,
    ) {
        let Some(introductions) = introductions else { return };
        let (service, shutdown) = (server.service(), self.shutdown.clone());
        self.serving.push(tokio::spawn(introductions.serve(service, while_used, shutdown)));
    }

    pub(super) async fn stop(self) {
        self.shutdown.start();
        self.pending.abort();
        self.keys.abort();
        let all = async {
            for task in self.serving {
                let _ = task.await;
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS, all).await;
    }
}

/// Opens the admin socket. One that the configuration puts elsewhere is also found in the data directory.
pub(super) fn open_admin(place: &Place, socket: &Path) -> Result<Door, Failure> {
    let listener = admin::listen(socket).map_err(|error| {
        Failure::of(&error).hint("choose a shorter data directory with --data, or name [server] admin-socket")
    })?;
    let usual = place.admin_socket();
    if usual != socket {
        let linked = sys::fs::remove(&usual).map_err(|error| Failure::of(&error)).and_then(|()| {
            let error = |error| Failure::new(format!("{} cannot be linked: {error}", usual.display()));
            std::os::unix::fs::symlink(socket, &usual).map_err(error)
        });
        linked?;
    }
    Ok(Door::Socket { listener, owner: rustix::process::geteuid().as_raw() })
}

/// Opens the socket of `linklocal run` in the data directory. A path that is too long for it costs this one command.
pub(super) fn open_introductions(place: &Place) -> Result<Option<Introductions>, Failure> {
    let path = place.run_socket();
    if path.as_os_str().len() > admin::MAX_PATH {
        tracing::warn!("{}: too long for a Unix socket, so `linklocal run` cannot be served", path.display());
        return Ok(None);
    }
    Introductions::listen(&path).map(Some).map_err(|error| Failure::of(&error))
}

pub(super) fn remove_sockets(place: &Place, socket: &Path) {
    for path in [socket, &place.admin_socket(), &place.run_socket()] {
        if let Err(error) = sys::fs::remove(path) {
            tracing::warn!("{}", Failure::of(&error).message);
        }
    }
}

/// Opens a door for metrics, and tells where it is: port 0 takes a free one.
pub(super) async fn open_metrics(address: SocketAddr) -> Result<(Door, SocketAddr), Failure> {
    let unusable = |error| {
        let failure = Failure::new(format!("{address} cannot be listened on for metrics: {error}"));
        failure.hint("choose another address with --metrics")
    };
    let listener = TcpListener::bind(address).await.map_err(unusable)?;
    let bound = listener.local_addr().map_err(unusable)?;
    Ok((Door::Metrics(listener), bound))
}

pub(super) fn wrong_config(error: ConfigError) -> Failure {
    let failure = Failure::of(&error);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The metadata service drains for at most four seconds; the process is gone after five.
const LAST_WORDS: Duration = Duration::from_millis(4_500);

/// A new installation makes its signing keys in the background, after whoever started it has had the processor.
const KEYS_AFTER: Duration = Duration::from_secs(3);

//! A server of this process in a temporary directory: nobody else's state is touched, and nothing of it stays.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use linklocal::config::Config;
use sys::fs::Lock;
use tempfile::TempDir;

use crate::commands::serving::{Running, open_admin, open_introductions, wrong_config};
use crate::failure::Failure;
use crate::place::Place;
use crate::server::{Server, StartSettings, start};

/// A server and where it lives.
pub(super) struct House {
    server: Arc<Server>,
    running: Running,
    // Dropped in this order.
    _lock: Lock,
    directory: TempDir,
}

impl House {
    pub(super) async fn open(config: Option<&Path>) -> Result<Self, Failure> {
        let config = config.map_or_else(|| Ok(Config::default()), Config::load).map_err(wrong_config)?;
        let private = std::fs::Permissions::from_mode(0o700);
        let directory = tempfile::Builder::new().prefix("linklocal-").permissions(private).tempdir();
        let directory = directory
            .map_err(|error| Failure::new(format!("there is no temporary directory to be had: {error}")))?;
        let place = Place::at(directory.path());
        let addresses = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        let settings =
            StartSettings { config, seed: None, addresses, container_addresses: Vec::new(), api: Vec::new() };
        let (server, lock) = start(&place, settings)?;
        let introductions = open_introductions(&place)?;
        let mut running = Running::start(&server, vec![open_admin(&place, &place.admin_socket())?], &place);
        running.introduce(&server, introductions, false);
        // Making them takes the processor for seconds, which would show in the figures.
        running.spare_keys();
        Ok(Self { server, running, _lock: lock, directory })
    }

    pub(super) fn server(&self) -> &Arc<Server> {
        &self.server
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Ends it, with what was under way.
    pub(super) async fn close(self) {
        self.running.stop().await;
        self.server.finish_trail();
    }
}

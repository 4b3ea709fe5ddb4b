//! Connections that wait for the next request, and those that take many at a time.
//!
//! Rule: a connection serves the route that it was made for. One of HTTP/1.1 serves one request at a time; of HTTP/2 there is
//! one per route, shared by all who ask.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::http::{Connection, Sender};

/// Kept by route, the youngest taken first.
#[derive(Default)]
pub(super) struct Pool(Mutex<HashMap<String, Kept>>);

#[derive(Default)]
struct Kept {
    idle: Vec<(Instant, Connection)>,
    shared: Option<(Instant, Connection)>,
    /// Whether the host has been seen to speak HTTP/1.1 only: connections to it are made side by side.
    one_by_one: bool,
    /// Held by whoever finds out which of both is spoken.
    gate: Arc<tokio::sync::Mutex<()>>,
}

/// Whose turn it is to find out what a host speaks.
pub(super) enum Turn {
    /// Known already: a connection serves one request.
    Free,
    First(#[allow(dead_code, reason = "others wait as long as it is held")] OwnedMutexGuard<()>),
    /// Somebody else has found out.
    Later,
}

/// A connection that one request has for itself, or shares.
pub(crate) struct Lease {
    connection: Connection,
    key: String,
    pool: Arc<Pool>,
}

impl Pool {
    /// A connection that was used before.
    pub(super) fn take(self: &Arc<Self>, key: &str) -> Option<Lease> {
        let mut routes = self.routes();
        let kept = routes.get_mut(key)?;
        if let Some(connection) = kept.join() {
            return Some(self.lease(key, connection));
        }
        while let Some((since, connection)) = kept.idle.pop() {
            if connection.is_usable(since.elapsed()) {
                return Some(self.lease(key, connection));
            }
        }
        None
    }

    /// A connection that others may be using too.
    pub(super) fn shared(self: &Arc<Self>, key: &str) -> Option<Lease> {
        let connection = self.routes().get_mut(key)?.join()?;
        Some(self.lease(key, connection))
    }

    /// A new connection, leased to whoever made it; of HTTP/2, shared from now on.
    pub(super) fn add(self: &Arc<Self>, key: &str, connection: Connection) -> Lease {
        let mut routes = self.routes();
        let kept = routes.entry(key.to_owned()).or_default();
        kept.one_by_one = matches!(connection.sender, Sender::One(_));
        if let Some(shared) = connection.share() {
            kept.shared = Some((Instant::now(), shared));
        }
        self.lease(key, connection)
    }

    /// For whoever is about to connect where either protocol may be spoken. The first to come holds the turn while it connects;
    /// the others wait until it has, and then share, or connect side by side.
    pub(super) async fn turn(&self, key: &str) -> Turn {
        let gate = {
            let mut routes = self.routes();
            let kept = routes.entry(key.to_owned()).or_default();
            if kept.one_by_one {
                return Turn::Free;
            }
            Arc::clone(&kept.gate)
        };
        if let Ok(held) = Arc::clone(&gate).try_lock_owned() {
            return Turn::First(held);
        }
        drop(gate.lock().await);
        Turn::Later
    }

    fn lease(self: &Arc<Self>, key: &str, connection: Connection) -> Lease {
        Lease { connection, key: key.to_owned(), pool: Arc::clone(self) }
    }

    fn routes(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn join(&mut self) -> Option<Connection> {
        let (used, connection) = self.shared.take()?;
        if !connection.is_usable(used.elapsed()) {
            return None;
        }
        self.shared = connection.share().map(|shared| (Instant::now(), shared));
        Some(connection)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

impl Lease {
    pub(super) const fn sender(&mut self) -> &mut Sender {
        &mut self.connection.sender
    }

    pub(super) const fn is_shared(&self) -> bool {
        matches!(self.connection.sender, Sender::Many(_))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.connection.is_closed()
    }

    /// The exchange is complete, and another may follow.
    pub(super) fn give_back(self) {
        if self.is_closed() || self.is_shared() {
            return;
        }
        let mut routes = self.pool.routes();
        let kept = routes.entry(self.key).or_default();
        if kept.idle.len() < MAX_PER_ROUTE {
            kept.idle.push((Instant::now(), self.connection));
        }
    }

    /// The exchange broke off: what follows on this connection means nothing. Others may still share it.
    pub(super) fn close(self) {
        if !self.is_shared() {
            self.connection.abort();
        }
    }

    /// Nobody else is to come to this connection.
    pub(super) fn retire(self) {
        if self.is_shared()
            && let Some(kept) = self.pool.routes().get_mut(&self.key)
        {
            kept.shared.take_if(|(_, shared)| shared.is_same(&self.connection));
        }
        self.close();
    }
}

const MAX_PER_ROUTE: usize = 8;

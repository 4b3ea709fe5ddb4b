//! The addresses at which the metadata service answers: the server's own, and those of single instances.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use imds::Service;
use net::{BindError, Listener};
use tokio::task::JoinHandle;
use types::InstanceId;

use crate::failure::Failure;

/// Listening sockets and whose they are.
#[derive(Debug)]
pub(super) struct Endpoints {
    service: Arc<Service>,
    shared: Vec<Accepting>,
    /// Where it answers as the agents of containers do.
    agents: Vec<Accepting>,
    own: HashMap<SocketAddr, (InstanceId, JoinHandle<()>)>,
}

#[derive(Debug)]
struct Accepting {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Endpoints {
    /// Answers at the server's own addresses, and as the agents of containers do at those of `agents`.
    pub(super) fn new(service: Arc<Service>, shared: Vec<Listener>, agents: Vec<Listener>) -> Self {
        let accepting = |listeners: Vec<Listener>| -> Vec<Accepting> {
            let start = |listener: Listener| Accepting {
                address: listener.local_addr(),
                task: accept(&service, listener),
            };
            listeners.into_iter().map(start).collect()
        };
        let (shared, agents) = (accepting(shared), accepting(agents));
        Self { service, shared, agents, own: HashMap::new() }
    }

    /// The server's own addresses.
    pub(super) fn shared(&self) -> Vec<SocketAddr> {
        self.shared.iter().map(|accepting| accepting.address).collect()
    }

    /// Where the server answers as the agents of containers do.
    pub(super) fn agents(&self) -> Vec<SocketAddr> {
        self.agents.iter().map(|accepting| accepting.address).collect()
    }

    /// Opens those of `addresses` at which nobody listens yet: all of them, or on an error none.
    pub(super) fn open<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a SocketAddr>,
    ) -> Result<Vec<Listener>, BindError> {
        addresses
            .into_iter()
            .filter(|address| !self.listens(**address))
            .map(|address| Listener::bind(*address))
            .collect()
    }

    /// Opens the next `count` free addresses after the server's own: all of them, or on an error none. Those that are `kept` for
    /// somebody are not free.
    pub(super) fn open_next(
        &self,
        count: usize,
        kept: &HashSet<SocketAddr>,
    ) -> Result<Vec<Listener>, BindError> {
        let mut address = self.shared.first().map_or(FALLBACK, |accepting| accepting.address);
        if address.ip().is_unspecified() {
            let v6 = address.is_ipv6();
            address.set_ip(if v6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() });
        }
        // Ports below 1024 may be beyond this user's rights.
        let mut port = address.port().max(FALLBACK.port());
        let mut opened = Vec::with_capacity(count);
        while opened.len() < count {
            port = port.checked_add(1).unwrap_or(FALLBACK.port());
            address.set_port(port);
            let is_last = port == FALLBACK.port();
            if (self.listens(address) || kept.contains(&address)) && !is_last {
                continue;
            }
            match Listener::bind(address) {
                Ok(listener) => opened.push(listener),
                Err(BindError::InUse { .. }) if !is_last => {}
                Err(error) => return Err(error),
            }
        }
        Ok(opened)
    }

    /// Answers for `owner` at what was opened.
    pub(super) fn serve(&mut self, owner: &InstanceId, listeners: Vec<Listener>) {
        for listener in listeners {
            let address = listener.local_addr();
            let task = accept(&self.service, listener);
            self.own.insert(address, (owner.clone(), task));
        }
    }

    /// Answers for `owner` at exactly these addresses of its own.
    pub(super) async fn set(&mut self, owner: &InstanceId, addresses: &[SocketAddr]) {
        self.close_where(|address, of| of == owner && !addresses.contains(address)).await;
        let wanted = addresses.iter().map(|address| (*address, owner.clone()));
        self.open_all(wanted);
    }

    /// Answers at exactly these addresses, for whom they are.
    pub(super) async fn set_all(&mut self, own: HashMap<SocketAddr, InstanceId>) {
        self.close_where(|address, owner| own.get(address) != Some(owner)).await;
        self.open_all(own);
    }

    /// Accepts no more.
    pub(super) fn close(&mut self) {
        self.shared.drain(..).chain(self.agents.drain(..)).for_each(|accepting| accepting.task.abort());
        self.own.drain().for_each(|(_, (_, task))| task.abort());
    }

    /// Opens what is not open yet. One that cannot be opened is logged.
    pub(super) fn open_all(&mut self, own: impl IntoIterator<Item = (SocketAddr, InstanceId)>) {
        for (address, owner) in own {
            match self.open([&address]) {
                Ok(listeners) => self.serve(&owner, listeners),
                Err(error) => tracing::error!(instance = %owner, "{}", Failure::of(&error).message),
            }
        }
    }

    /// Returns when the sockets are closed, so that another owner can open them.
    async fn close_where(&mut self, is_over: impl Fn(&SocketAddr, &InstanceId) -> bool) {
        let over = self.own.extract_if(|address, (owner, _)| is_over(address, owner));
        let tasks: Vec<JoinHandle<()>> = over.map(|(_, (_, task))| task).collect();
        for task in tasks {
            task.abort();
            // Ends with the socket closed; that it was aborted is no news.
            let _ = task.await;
        }
    }

    /// Whether `owner` answers there.
    pub(super) fn answers_for(&self, address: SocketAddr, owner: &InstanceId) -> bool {
        self.own.get(&address).map_or_else(|| self.listens(address), |(of, _)| of == owner)
    }

    fn listens(&self, address: SocketAddr) -> bool {
        let covers = |shared: SocketAddr| {
            shared == address
                || (shared.ip().is_unspecified()
                    && shared.port() == address.port()
                    && shared.is_ipv6() == address.is_ipv6())
        };
        self.own.contains_key(&address) || self.shared.iter().any(|accepting| covers(accepting.address))
    }
}

fn accept(service: &Arc<Service>, listener: Listener) -> JoinHandle<()> {
    tokio::spawn(imds::accept(listener, Arc::clone(service)))
}

/// The server's usual address.
const FALLBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1338);

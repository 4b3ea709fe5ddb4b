//! The addresses and sockets of one server, and who is let in.
//!
//! Rule: nothing listens where other machines reach it unless somebody has said so.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use imds::{AccessRules, HostRule, RemoteRule, UserRule};
use net::{Listener, Shutdown};
use tokio::task::JoinHandle;

use super::announcement::is_taken;
use super::status::Traces;
use crate::admin::{self, Door};
use crate::arguments::{AudienceArguments, ServeArguments};
use crate::commands::exposure::is_exposed;
use crate::commands::serving::open_metrics;
use crate::commands::url;
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use crate::server::vending::{TokenError, TokenFile, Vending};
use crate::server::{Introductions, bound};

/// What is open before anybody serves.
pub(super) struct Doors {
    imds: Vec<Listener>,
    container: Vec<Listener>,
    admin: Vec<Door>,
    /// Of `linklocal run`, with the directory.
    run: Option<(Introductions, PathBuf)>,
    traces: Option<Arc<Traces>>,
}

/// What serves until the shutdown.
pub(super) struct Tasks(Vec<JoinHandle<()>>);

impl Doors {
    pub(super) async fn open(place: &Place, arguments: &ServeArguments) -> Result<Self, Failure> {
        let mut container = arguments.doors.container.clone();
        let of_run = arguments.while_run.as_deref();
        if container.is_empty() && arguments.doors.imds.is_empty() && of_run.is_none() {
            container.push(SocketAddr::from(([127, 0, 0, 1], 0)));
        }
        for address in arguments.doors.imds.iter().chain(&container) {
            check(*address, arguments.audience.allow_remote)?;
        }
        let mut doors = Self {
            imds: bound(&arguments.doors.imds, "--imds without an address")?,
            container: bound(&container, "--container without an address")?,
            admin: Vec::new(),
            run: None,
            traces: None,
        };
        if let Some(address) = arguments.metrics {
            let (door, bound) = open_metrics(address).await?;
            tracing::info!(%bound, "metrics");
            doors.admin.push(door);
        }
        match of_run {
            Some(directory) => {
                let socket = Place::at(directory).run_socket();
                let introductions = Introductions::listen(&socket).map_err(|error| Failure::of(&error))?;
                doors.run = Some((introductions, directory.to_owned()));
            }
            None => doors.show(place).await?,
        }
        Ok(doors)
    }

    /// Lets `--status` find this server. A data directory whose name is too long for a socket costs no more than that.
    async fn show(&mut self, place: &Place) -> Result<(), Failure> {
        let traces = Traces::new(place)?;
        traces.sweep().await;
        match admin::listen(&traces.socket()) {
            Ok(listener) => {
                let owner = rustix::process::geteuid().as_raw();
                self.admin.push(Door::Socket { listener, owner });
            }
            Err(error) => {
                tracing::warn!("`--status` does not find this server: {}", Failure::of(&error).message)
            }
        }
        self.traces = Some(Arc::new(traces));
        Ok(())
    }

    pub(super) fn traces(&self) -> Option<Arc<Traces>> {
        self.traces.clone()
    }

    pub(super) fn imds(&self) -> Vec<SocketAddr> {
        self.imds.iter().map(Listener::local_addr).collect()
    }

    pub(super) fn container(&self) -> Vec<SocketAddr> {
        self.container.iter().map(Listener::local_addr).collect()
    }

    /// Whether anybody can ask as in a container.
    pub(super) fn has_tokens(&self) -> bool {
        self.run.is_some() || !self.container.is_empty()
    }

    /// Where the token is to lie.
    pub(super) fn token_file(&self, arguments: &ServeArguments) -> Result<TokenFile, TokenError> {
        let named = arguments.doors.token_file.as_deref().map(TokenFile::named);
        let of_run = || self.run.as_ref().map(|(_, directory)| TokenFile::own(directory.join("token")));
        let own = || self.traces.as_ref().map(|traces| TokenFile::own(traces.token()));
        match named {
            Some(named) => Ok(named),
            None => of_run().or_else(own).expect("a server has traces or serves a run"),
        }
    }

    /// Serves at all of them.
    pub(super) fn serve(&mut self, vending: &Arc<Vending>, shutdown: &Shutdown) -> Tasks {
        let listeners: Vec<Listener> = self.imds.drain(..).chain(self.container.drain(..)).collect();
        let (metadata, until) = (Arc::clone(vending), shutdown.clone());
        let mut tasks = vec![tokio::spawn(async move { metadata.serve(listeners, until).await })];
        for door in self.admin.drain(..) {
            tasks.push(tokio::spawn(admin::serve(door, Arc::clone(vending), shutdown.clone())));
        }
        if let Some((introductions, directory)) = self.run.take() {
            let (service, until) = (Arc::clone(vending.service()), shutdown.clone());
            tasks.push(tokio::spawn(async move {
                introductions.serve(service, true, until).await;
                // The directory is the run's.
                let _ = sys::fs::remove(&Place::at(&directory).run_socket());
            }));
        }
        Tasks(tasks)
    }
}

impl Tasks {
    /// Returns when they have ended, or a moment before the process has to.
    pub(super) async fn finish(self) {
        let all = async {
            for task in self.0 {
                let _ = task.await;
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS, all).await;
    }
}

/// This user, those that were named, and nobody elsewhere unless it was said.
pub(super) fn access(audience: &AudienceArguments) -> AccessRules {
    let own = rustix::process::geteuid().as_raw();
    AccessRules {
        hosts: HostRule::Known(Vec::new()),
        browsers: false,
        users: UserRule::Only(audience.allow_user.iter().copied().chain([own]).collect()),
        remote: if audience.allow_remote { RemoteRule::Any } else { RemoteRule::None },
    }
}

/// Says once what it means to listen there.
pub(super) fn warn(imds: &[SocketAddr], container: &[SocketAddr]) {
    for endpoint in imds.iter().filter(|endpoint| is_exposed(endpoint)) {
        Output::note(&format!(
            "warning: whoever reaches http://{endpoint} is given these credentials: the metadata service asks for no proof"
        ));
    }
    for endpoint in container {
        if is_exposed(endpoint) {
            Output::note(&format!(
                "warning: http://{endpoint} can be reached from other machines; whoever shows the token there is given \
                 these credentials, and both go over the network as they are"
            ));
        }
        if !is_taken(endpoint.ip()) {
            Output::note(&format!(
                "note: SDKs take no http URL at {}: they ask at loopback, 169.254.170.2 and 169.254.170.23 alone \
                 (docs/serving.md)",
                url(*endpoint)
            ));
        }
    }
}

fn check(address: SocketAddr, allow_remote: bool) -> Result<(), Failure> {
    if !is_exposed(&address) || allow_remote {
        return Ok(());
    }
    let message = format!("{address} can be reached from other machines, and these are real credentials");
    Err(Failure::usage(message).hint(
        "take an address of loopback, or 169.254.170.2 of a network of Docker's (docs/serving.md); --allow-remote serves \
         there all the same",
    ))
}

/// Connections drain for at most four seconds; the process is gone after five.
const LAST_WORDS: Duration = Duration::from_millis(4_500);

//! `linklocal up`: serves until stopped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use linklocal::config::{Config, ConfigError};
use net::Shutdown;
use serde::Serialize;
use sys::Env;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::env::{Variables, url};
use super::exposure;
use super::run::Started;
use super::scenario::{ScenarioText, narrate};
use crate::admin::{
    self, Admin as _, Call, Door, InstanceSummary, Reply, ScenarioCall, ScenarioReply, ServerDescription,
};
use crate::arguments::{EnvFormat, Global, UpArguments};
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use crate::server::{Introductions, MAX_SESSIONS, Server, StartSettings, claim_when_left, give_up, open};

pub(super) async fn run(global: &Global, env: &Env, arguments: UpArguments) -> Result<(), Failure> {
    let while_run = arguments.while_run;
    match serve(global, env, arguments).await {
        // Told to whoever started the server, who tells the user.
        Err(failure) if while_run => Output::object(&Started::failed(&failure)),
        served => served,
    }
}

async fn serve(global: &Global, env: &Env, arguments: UpArguments) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let file = config_file(arguments.config);
    let config = file.as_deref().map_or_else(|| Ok(Config::default()), Config::load).map_err(wrong_config)?;
    let place = Place::find(global.data.as_deref(), env, config.server.data.clone())?;
    let metrics = arguments.metrics.or(config.server.metrics);
    let socket = config.server.admin_socket.clone().unwrap_or_else(|| place.admin_socket());
    let socket = std::path::absolute(&socket).unwrap_or(socket);
    let addresses = if arguments.imds.is_empty() { config.server.imds.clone() } else { arguments.imds };

    let container_addresses =
        if arguments.container.is_empty() { config.server.container.clone() } else { arguments.container };

    net::raise_descriptor_limit(descriptors(&config));
    let remote = config.access.remote;
    let lock = claim_when_left(&place).await?;
    let server =
        open(&place, StartSettings { config, seed: arguments.seed, addresses, container_addresses })?;
    let mut doors = vec![open_admin(&place, &socket)?];
    let introductions = open_introductions(&place)?;
    if let Some(address) = metrics {
        doors.push(open_metrics(address).await?);
    }
    let banner =
        Banner { server: server.description().await?, metrics, data: place.path(), admin_socket: &socket };
    let mut running = Running::start(&server, doors, &place);
    running.introduce(&server, introductions, arguments.while_run);
    exposure::warn(banner.endpoints(), remote);
    tracing::info!(data = %place.path().display(), process = std::process::id(), "serving");
    if arguments.while_run {
        Output::object(&Started::Serving)?;
    } else {
        Output { json: global.json }.result(&banner.object(), || banner.text())?;
    }

    if let Some(scenario) = arguments.scenario {
        play(&server, &scenario).await?;
    }

    while signals.next(&running.shutdown).await == Wish::Reload {
        reload(&server, file.as_deref()).await;
    }
    tracing::info!("stopping");
    running.stop().await;
    server.finish_trail();
    remove_sockets(&place, &socket);
    give_up(lock, server).await;
    Ok(())
}

/// Plays a scenario, and tells of it on stderr.
async fn play(server: &Arc<Server>, scenario: &str) -> Result<(), Failure> {
    let ScenarioText { path, text } = ScenarioText::read(scenario)?;
    let name = path.to_string_lossy().into_owned();
    let start = ScenarioCall::Start { name, text, instance_id: None, compress: None, refresh_window: None };
    server.call(Call::Scenario(start)).await?;
    let server = Arc::clone(server);
    tokio::spawn(narrate(move |seen| {
        let server = Arc::clone(&server);
        async move {
            match server.call(Call::Scenario(ScenarioCall::Follow { seen })).await {
                Ok(Reply::Scenario(ScenarioReply::Scenario(told))) => Some(told),
                _ => None,
            }
        }
    }));
    Ok(())
}

/// What runs until the end.
pub(super) struct Running {
    shutdown: Shutdown,
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
        let (server, shutdown) = (Arc::clone(server), self.shutdown.clone());
        self.serving.push(tokio::spawn(introductions.serve(server, while_used, shutdown)));
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

/// What the server prints once it listens.
#[derive(Debug)]
struct Banner<'a> {
    server: ServerDescription,
    metrics: Option<SocketAddr>,
    data: &'a Path,
    admin_socket: &'a Path,
}

/// The banner as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BannerObject<'a> {
    #[serde(flatten)]
    server: &'a ServerDescription,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<SocketAddr>,
    data: &'a Path,
    admin_socket: &'a Path,
    environment: Variables,
}

impl Banner<'_> {
    fn object(&self) -> BannerObject<'_> {
        let Self { server, metrics, data, admin_socket } = self;
        let environment = self.variables();
        BannerObject { server, metrics: *metrics, data, admin_socket, environment }
    }

    fn text(&self) -> String {
        let ServerDescription { endpoints, container_endpoints, instances, instance_count, .. } =
            &self.server;
        let mut text = String::from("The instance metadata service is at\n");
        for endpoint in endpoints {
            text.push_str(&format!("  {}\n", url(*endpoint)));
        }
        if endpoints.iter().any(SocketAddr::is_ipv6) {
            text.push_str("  (IPv6 is for instances with --http-protocol-ipv6 enabled; others refuse)\n");
        }
        text.push_str("for\n");
        for instance in instances {
            text.push_str(&format!("  {}\n", line(instance)));
        }
        if *instance_count > instances.len() {
            let more = instance_count - instances.len();
            text.push_str(&format!("  and {more} more: linklocal instance list\n"));
        }
        text.push_str("\nPoint programs at it:\n");
        for line in self.variables().spelled(EnvFormat::Sh).lines() {
            text.push_str(&format!("  {line}\n"));
        }
        if !container_endpoints.is_empty() {
            text.push_str("\nThe container credential endpoint (linklocal env --container) is at\n");
        }
        for endpoint in container_endpoints {
            text.push_str(&format!("  {}\n", url(*endpoint)));
        }
        let url = url(self.endpoint());
        text.push_str(&format!("\nTry it:\n  curl {url}/latest/meta-data/instance-id\n"));
        text
    }

    /// The addresses that are shown.
    fn endpoints(&self) -> impl Iterator<Item = SocketAddr> {
        let ServerDescription { endpoints, container_endpoints, instances, .. } = &self.server;
        let own = instances.iter().flat_map(|instance| &instance.endpoints);
        endpoints.iter().chain(container_endpoints).chain(own).copied()
    }

    fn variables(&self) -> Variables {
        Variables::for_endpoint(self.endpoint())
    }

    fn endpoint(&self) -> SocketAddr {
        *self.server.endpoints.first().expect("the configuration and the flag name at least one address")
    }
}

/// An instance on one line.
fn line(instance: &InstanceSummary) -> String {
    let mut line =
        format!("{} {} {}", instance.instance_id, instance.instance_type, instance.availability_zone);
    if let Some(role) = &instance.role {
        line.push_str(&format!(", role {role}"));
    }
    let endpoints = instance.endpoints.iter().map(|endpoint| format!(", at {}", url(*endpoint)));
    let sources = instance.sources.iter().map(|source| format!(", from {source}"));
    line.extend(endpoints.chain(sources));
    line
}

/// What the operator wants of a running server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Reload,
    Stop,
}

struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let open =
            |kind| signal(kind).map_err(|error| Failure::new(format!("signals cannot be received: {error}")));
        Ok(Self {
            hangup: open(SignalKind::hangup())?,
            interrupt: open(SignalKind::interrupt())?,
            terminate: open(SignalKind::terminate())?,
        })
    }

    /// A shutdown that somebody else started is a wish as well.
    async fn next(&mut self, shutdown: &Shutdown) -> Wish {
        tokio::select! {
            () = shutdown.started() => Wish::Stop,
            _ = self.hangup.recv() => Wish::Reload,
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.terminate.recv() => Wish::Stop,
        }
    }
}

/// The file that was named, else the one in the current directory.
fn config_file(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| Some(PathBuf::from(super::CONFIG)).filter(|file| file.exists()))
}

/// Reads the configuration again. A wrong one changes nothing.
async fn reload(server: &Server, file: Option<&Path>) {
    let Some(file) = file else {
        Output::note("nothing to read again: the server was started without a configuration file");
        return;
    };
    let taken = match Config::load(file) {
        Ok(config) => server.reload(config).await.map_err(Failure::from),
        Err(error) => Err(wrong_config(error)),
    };
    match taken {
        Ok(report) => Output::note(&report),
        Err(failure) => {
            Output::failure(&failure);
            Output::note("the configuration stays as it was");
        }
    }
}

pub(super) fn wrong_config(error: ConfigError) -> Failure {
    let failure = Failure::of(&error);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
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

fn remove_sockets(place: &Place, socket: &Path) {
    for path in [socket, &place.admin_socket(), &place.run_socket()] {
        if let Err(error) = sys::fs::remove(path) {
            tracing::warn!("{}", Failure::of(&error).message);
        }
    }
}

async fn open_metrics(address: SocketAddr) -> Result<Door, Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let failure = Failure::new(format!("{address} cannot be listened on for metrics: {error}"));
        failure.hint("choose another address with --metrics")
    })?;
    Ok(Door::Metrics(listener))
}

/// Connections, listeners of instances, and what the process needs besides.
fn descriptors(config: &Config) -> u64 {
    let connections = u64::try_from(config.server.max_connections).unwrap_or(u64::MAX);
    let sessions = u64::try_from(MAX_SESSIONS).unwrap_or(u64::MAX);
    connections
        .saturating_add(u64::from(config.instance_count()))
        .saturating_add(sessions)
        .saturating_add(256)
}

/// The metadata service drains for at most four seconds; the process is gone after five.
const LAST_WORDS: Duration = Duration::from_millis(4_500);

/// A new installation makes its signing keys in the background, after whoever started it has had the processor.
const KEYS_AFTER: Duration = Duration::from_secs(3);

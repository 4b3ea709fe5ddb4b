//! From a data directory and a configuration to a server, and from a configuration to another.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use account::identifier::Seed;
use account::{Installation, Instances, SessionIssuer, SyncReport};
use imds::{Roster, Service, Settings};
use linklocal::config::Config;
use metadata::{TokenKey, TokenKeys};
use net::{BindError, Identifier, Limits, Listener};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use store::Store;
use store_redb::{OpenError, RedbStore};
use sys::fs::Lock;
use sys::{Clock, Entropy};
use tokio::sync::{Mutex, Notify};
use types::Instance;

use super::account::{AccountHouse, AccountSettings};
use super::claim::claim;
use super::credentials::AccountCredentials;
use super::endpoints::Endpoints;
use super::host::{Ground, ServerHost};
use super::inventory::{Idle, Inventory};
use super::player::{Overlay, Player};
use super::trail::TrailKeeper;
use super::{RwLock, Server};
use crate::admin::Refusal;
use crate::failure::Failure;
use crate::identity::Authority;
use crate::place::Place;

/// What a server is started with.
#[derive(Debug)]
pub(crate) struct StartSettings {
    pub(crate) config: Config,
    /// Wins over the configuration's.
    pub(crate) seed: Option<String>,
    /// The server's own addresses.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Where it answers as the agents of containers do.
    pub(crate) container_addresses: Vec<SocketAddr>,
    /// The account's endpoints; none where they are off.
    pub(crate) api: Vec<SocketAddr>,
}

/// A server on a directory that nobody has taken.
pub(crate) fn start(place: &Place, settings: StartSettings) -> Result<(Arc<Server>, Lock), Failure> {
    let lock = claim(place)?;
    Ok((open(place, settings)?, lock))
}

/// Opens everything in its order: addresses, store, instances. The caller holds the directory's lock.
pub(crate) fn open(place: &Place, settings: StartSettings) -> Result<Arc<Server>, Failure> {
    let StartSettings { config, seed, addresses, container_addresses, api } = settings;
    let listeners = Listeners {
        shared: bound(&addresses, "`linklocal up --imds 127.0.0.1:0`")?,
        agents: bound(&container_addresses, "`linklocal up --container 127.0.0.1:0`")?,
        api: bound(&api, "`linklocal up --api 127.0.0.1:0`")?,
    };
    let store: Arc<dyn Store> =
        Arc::new(RedbStore::open(&place.store()).map_err(|error| store_failure(&error))?);
    let clock = Clock::system();
    let installation = installation(&*store, &clock)?;
    let seed = seed.or_else(|| config.seed.clone());
    let seed = seed.map_or(installation.seed, |text| Seed::from_text(&text));
    let inventory = Inventory {
        idle: Idle::default(),
        instances: Instances::new(Arc::clone(&store), seed),
        roster: Arc::new(Roster::new()),
        seed,
        overlay: Overlay::default(),
        created_at: installation.created_at.trunc_secs(),
        clock,
    };
    let server = assembled(place, config, inventory, &installation, (store, listeners))?;
    Ok(Arc::new(server))
}

/// Sockets that belong to no single instance.
struct Listeners {
    shared: Vec<Listener>,
    agents: Vec<Listener>,
    api: Vec<Listener>,
}

/// Opens addresses. `free` is what takes a free port where one of them is in use.
pub(crate) fn bound(addresses: &[SocketAddr], free: &str) -> Result<Vec<Listener>, Failure> {
    let listeners = addresses.iter().map(|address| Listener::bind(*address)).collect::<Result<Vec<_>, _>>();
    listeners.map_err(|error| {
        let failure = Failure::of(&error);
        match error {
            BindError::InUse { .. } => failure.hint(format!("{free} takes a free port and prints it")),
            _ => failure,
        }
    })
}

/// Whoever holds the store without the directory's lock is on its way out.
fn store_failure(error: &OpenError) -> Failure {
    let failure = Failure::of(error);
    if let OpenError::InUse { .. } = error { failure.passing() } else { failure }
}

fn installation(store: &dyn Store, clock: &Clock) -> Result<Installation, Failure> {
    let entropy = Entropy::system().bytes().map_err(|error| Failure::of(&error))?;
    Installation::load_or_create(store, &entropy, clock.now()).map_err(|error| Failure::of(&error))
}

/// The service and what it asks, over an inventory that becomes as the configuration declares it.
fn assembled(
    place: &Place,
    config: Config,
    inventory: Inventory,
    installation: &Installation,
    (store, listeners): (Arc<dyn Store>, Listeners),
) -> Result<Server, Failure> {
    let host = Arc::new(ServerHost::new(inventory.clone()));
    let settings = account_settings(place, &config, &inventory, &host, (installation, store))?;
    let account = Arc::new(AccountHouse::open(AccountSettings { listeners: listeners.api, ..settings })?);
    let issuer = SessionIssuer::new(installation.master_keys.clone());
    let credentials =
        Arc::new(AccountCredentials::new(issuer, config.credentials, Arc::clone(account.account())));
    let signer = Arc::new(Authority::open(place.identity(), Entropy::system()));
    let trail = TrailKeeper::start(place.trail(), inventory.clock.clone())
        .map_err(|error| Failure::new(format!("no thread for the trail: {error}")))?;
    let trail = Arc::new(trail);
    let service = Service::new(Settings {
        roster: Arc::clone(&inventory.roster),
        token_keys: TokenKeys::new(TokenKey::new(1, &installation.token_key), Vec::new()),
        fleet: config.fleet,
        credentials: Arc::clone(&credentials) as Arc<_>,
        signer: Arc::clone(&signer) as Arc<_>,
        container_endpoints: listeners.agents.iter().map(Listener::local_addr).collect(),
        access: config.access.rules(rustix::process::geteuid().as_raw()),
        trail: Arc::clone(&trail) as Arc<_>,
        identifier: Identifier::system(),
        clock: inventory.clock.clone(),
        entropy: Entropy::buffered(),
        limits: limits(&config),
    });
    let (endpoints, config) =
        opened(&inventory, config, Endpoints::new(Arc::clone(&service), listeners.shared, listeners.agents))?;
    let changed = account.settle_roles(&inventory)?;
    inventory.publish(&changed).map_err(Refusal::from)?;
    let ground = Ground {
        endpoints: Arc::new(Mutex::new(endpoints)),
        config: Arc::new(RwLock::new(Arc::new(config))),
        pending: Arc::new(Notify::new()),
    };
    host.settle(ground.clone());
    Ok(Server {
        registry: registry(&service, &trail, &account),
        account,
        trail,
        inventory,
        endpoints: ground.endpoints,
        service,
        signer,
        player: Player::default(),
        credentials,
        service_accounts: place.service_accounts(),
        config: ground.config,
        pending: ground.pending,
    })
}

/// The account is that of the first instance, in whose region callers are who do not say.
fn account_settings<'a>(
    place: &Place,
    config: &Config,
    inventory: &Inventory,
    host: &Arc<ServerHost>,
    (installation, store): (&'a Installation, Arc<dyn Store>),
) -> Result<AccountSettings<'a>, Failure> {
    let first = config.instances(&inventory.seed, inventory.created_at).next();
    let first = first.transpose().map_err(|error| Failure::of(&error))?;
    let first = first.expect("a configuration has at least one instance");
    Ok(AccountSettings {
        store,
        host: Arc::clone(host) as _,
        objects: place.objects(),
        installation,
        account_id: first.account_id,
        region: first.placement.region,
        clock: inventory.clock.clone(),
        limits: limits(config),
        config: config.account,
        request_limits: config.limits,
        quotas: config.quotas.clone(),
        trail: config.trail.clone(),
        place: place.clone(),
        directory: place.api(),
        listeners: Vec::new(),
    })
}

/// Makes the instances be as declared, and opens their own addresses. What is left of the configuration are settings.
fn opened(
    inventory: &Inventory,
    config: Config,
    mut endpoints: Endpoints,
) -> Result<(Endpoints, Config), Failure> {
    let wanted = declared_endpoints(inventory, &config)?;
    // Opened before anything is written: a taken port of a declared instance refuses the start. That of a launched one
    // is logged only, because it takes a running server to give that instance another.
    let opened = endpoints
        .open(&wanted)
        .map_err(|error| Failure::of(&error).hint("it is an endpoint of an instance in the configuration"))?;
    log_kept(&synchronized(inventory, &config)?);
    // Many declarations are much memory, which the instances rendered next take over.
    let config = config.without_instances();
    let mut own = inventory.publish_all().map_err(Refusal::from)?;
    for listener in opened {
        if let Some(owner) = own.remove(&listener.local_addr()) {
            endpoints.serve(&owner, vec![listener]);
        }
    }
    endpoints.open_all(own);
    Ok((endpoints, config))
}

/// The addresses of the declared instances. Goes through all of them, so whatever is wrong with one shows here, before
/// anything is written.
pub(super) fn declared_endpoints(inventory: &Inventory, config: &Config) -> Result<Vec<SocketAddr>, Refusal> {
    let mut endpoints = Vec::new();
    for instance in config.instances(&inventory.seed, inventory.created_at) {
        endpoints.extend(instance?.binding.endpoints);
    }
    Ok(endpoints)
}

/// Makes the instances be as declared, in the store; the roster follows when they are published.
pub(super) fn synchronized(inventory: &Inventory, config: &Config) -> Result<SyncReport, Refusal> {
    // Each was made once before: what comes here is whole.
    let declared =
        config.instances(&inventory.seed, inventory.created_at).filter_map(Result::<Instance, _>::ok);
    Ok(inventory.instances.sync_declared(declared)?)
}

/// What a new configuration did, and what of it waits for a restart.
pub(super) fn report_text(report: &SyncReport, old: &Config, new: &Config) -> String {
    log_kept(report);
    let SyncReport { created, updated, removed, unchanged, .. } = report;
    let mut text = format!(
        "configuration read again: {} instances new, {} changed, {} gone, {unchanged} as they were",
        created.len(),
        updated.len(),
        removed.len()
    );
    if old.server != new.server || old.fleet != new.fleet || old.seed != new.seed || old.trail != new.trail {
        text.push_str("; changes of [server], [fleet], [trail] and seed need a restart");
    }
    text
}

/// Run-time changes that a declaration did not overrule.
fn log_kept(report: &SyncReport) {
    for kept in &report.kept {
        tracing::info!(
            instance = %kept.instance_id, fields = kept.fields.join(", "),
            "changed at run time, so not as declared"
        );
    }
}

fn limits(config: &Config) -> Limits {
    Limits {
        connections: config.server.max_connections,
        drain: config.server.drain_timeout.min(LONGEST_DRAIN),
        ..Limits::default()
    }
}

fn registry(service: &Arc<Service>, trail: &TrailKeeper, account: &AccountHouse) -> Registry {
    let mut registry = Registry::default();
    service.metrics().register(service.connections(), &mut registry);
    service.callers().register(&mut registry);
    trail.register(&mut registry);
    if account.is_served() {
        account.register(&mut registry);
    }
    let build = Family::<[(&'static str, &'static str); 1], Gauge>::default();
    build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
    registry.register("linklocal_build", "The running version", build);
    registry
}

/// A server is gone within five seconds of SIGTERM.
const LONGEST_DRAIN: Duration = Duration::from_secs(4);

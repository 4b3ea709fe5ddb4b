//! `linklocal up`: serves until stopped.

mod banner;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use linklocal::config::Config;
use net::Shutdown;
use sys::Env;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::account::{self, KeysProfile};
use super::exposure;
use super::run::Started;
use super::scenario::{ScenarioText, narrate};
use super::serving::{Running, open_admin, open_introductions, open_metrics, remove_sockets, wrong_config};
use crate::admin::{Admin as _, Call, Reply, ScenarioCall, ScenarioReply};
use crate::arguments::{Global, UpArguments};
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use crate::server::{MAX_SESSIONS, Server, StartSettings, claim_when_left, give_up, open};

use banner::{Banner, Newcomer};

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
    let file = config_file(arguments.config.clone());
    let config = file.as_deref().map_or_else(|| Ok(Config::default()), Config::load).map_err(wrong_config)?;
    let place = Place::find(global.data.as_deref(), env, config.server.data.clone())?;
    let scenario = arguments.scenario.as_deref().map(ScenarioText::playable).transpose()?;
    let metrics = arguments.metrics.or(config.server.metrics);
    let socket = config.server.admin_socket.clone().unwrap_or_else(|| place.admin_socket());
    let socket = std::path::absolute(&socket).unwrap_or(socket);

    net::raise_descriptor_limit(descriptors(&config));
    let remote = config.access.remote;
    let lock = claim_when_left(&place).await?;
    let server = open(&place, settings(config, &arguments))?;
    let mut doors = vec![open_admin(&place, &socket)?];
    let introductions = open_introductions(&place)?;
    let metrics = match metrics {
        Some(address) => {
            let (door, bound) = open_metrics(address).await?;
            doors.push(door);
            Some(bound)
        }
        None => None,
    };
    let newcomer = newcomer(env, global.json, &arguments, &server);
    let account = server.account().description();
    let banner = Banner {
        server: server.description().await?,
        account: (!account.endpoints.is_empty()).then_some(account),
        newcomer,
        metrics,
        data: place.path(),
        admin_socket: &socket,
    };
    let mut running = Running::start(&server, doors, &place);
    running.introduce(&server, introductions, arguments.while_run);
    exposure::warn(banner.endpoints(), remote);
    tracing::info!(data = %place.path().display(), process = std::process::id(), "serving");
    if arguments.while_run {
        Output::object(&Started::Serving)?;
    } else {
        Output { json: global.json }.result(&banner.object(), || banner.text())?;
    }

    if let Some(scenario) = scenario {
        play(&server, scenario).await?;
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

/// What is served where: flags win over the file.
fn settings(config: Config, arguments: &UpArguments) -> StartSettings {
    let chosen = |typed: &[SocketAddr], configured: &[SocketAddr]| {
        if typed.is_empty() { configured.to_vec() } else { typed.to_vec() }
    };
    // A server that `run` started is for that program alone.
    let has_api = !arguments.no_api && !arguments.while_run;
    StartSettings {
        seed: arguments.seed.clone(),
        addresses: chosen(&arguments.imds, &config.server.imds),
        container_addresses: chosen(&arguments.container, &config.server.container),
        api: if has_api { chosen(&arguments.api, &config.server.api) } else { Vec::new() },
        config,
    }
}

/// The administrator of an account that was made just now, his keys in a profile where that is wanted. Later starts see to it that
/// the profile still leads to the account.
fn newcomer(env: &Env, json: bool, arguments: &UpArguments, server: &Server) -> Option<Newcomer> {
    let account = server.account().description();
    let wanted = (!arguments.no_profile).then_some(KeysProfile {
        name: &arguments.profile,
        endpoint: account.endpoints.first().copied(),
        region: &account.region,
        account_id: account.account_id,
    });
    let Some(administrator) = server.account().take_newcomer() else {
        if let Some(wanted) = wanted {
            account::follow(env, Output { json }, &wanted, &account.endpoints);
        }
        return None;
    };
    let kept = account::keep(env, Output { json }, wanted.as_ref(), &administrator);
    Some(Newcomer { administrator, kept })
}

/// Plays a scenario, and tells of it on stderr.
async fn play(server: &Arc<Server>, scenario: ScenarioText) -> Result<(), Failure> {
    let ScenarioText { path, text } = scenario;
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

/// Connections, each of which may have an object's file open, listeners of instances, and what the process needs besides.
fn descriptors(config: &Config) -> u64 {
    let connections = u64::try_from(config.server.max_connections).unwrap_or(u64::MAX);
    let sessions = u64::try_from(MAX_SESSIONS).unwrap_or(u64::MAX);
    connections
        .saturating_mul(2)
        .saturating_add(u64::from(config.instance_count()))
        .saturating_add(sessions)
        .saturating_add(256)
}

//! The file as written: tables and keys, before defaults and checks that need several of them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use account::RotationSchedule;
use account::declaration::Declaration;
use account::denial::EncodedMessages;
use metadata::Fleet;
use serde::Deserialize;
use toml_source::{Guide, Position, Span};
use types::Instance;

use super::access::RawAccess;
use super::error::ConfigError;
use super::fleet::{self, FleetFault};
use super::limits::{RawLimits, RawQuotas};
use super::source::{ReadFile, Source};
use super::trail::RawTrail;
use super::{AccountConfig, Config, Ec2Config, MetadataOptionsConfig, ServerConfig};

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawConfig {
    server: RawServer,
    fleet: RawFleet,
    metadata_options: RawMetadataOptions,
    ec2: RawEc2,
    credentials: RawCredentials,
    access: RawAccess,
    account: RawAccount,
    limits: RawLimits,
    quotas: RawQuotas,
    trail: RawTrail,
    seed: Option<String>,
    defaults: Declaration,
    instance: Vec<Declaration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawServer {
    imds: Option<Vec<SocketAddr>>,
    api: Option<Vec<SocketAddr>>,
    container: Vec<SocketAddr>,
    data: Option<PathBuf>,
    admin_socket: Option<PathBuf>,
    metrics: Option<SocketAddr>,
    drain_timeout: Option<Span>,
    max_connections: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawFleet {
    token_path_trailing_slash: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawMetadataOptions {
    propagation_delay: Option<Span>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawEc2 {
    transition_delay: Option<Span>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawCredentials {
    rotation_interval: Option<Span>,
    lifetime: Option<Span>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawAccount {
    encoded_messages: Option<RawEncodedMessages>,
    replays: Option<RawReplays>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawEncodedMessages {
    EveryService,
    AsAws,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawReplays {
    AsAws,
    Refused,
}

/// The configuration in a file's bytes: decode, parse, read named files, check, fill in defaults.
pub(super) fn config(path: &Path, bytes: &[u8], read: ReadFile<'_>) -> Result<Config, ConfigError> {
    let text = decode(path, bytes)?;
    let source = Source { path, text };
    let mut raw: RawConfig = toml_source::read(path, text, &GUIDE)?;
    source.read_user_data(&mut raw, read)?;
    fleet::check(&raw.instance, &raw.defaults).map_err(|fault| source.fault(&fault))?;
    Ok(Config {
        server: source.server(raw.server)?,
        fleet: raw.fleet.settings(),
        metadata_options: raw.metadata_options.settings(),
        ec2: raw.ec2.settings(),
        credentials: source.credentials(&raw.credentials)?,
        access: raw.access.checked(source, read)?,
        account: raw.account.settings(),
        limits: raw.limits.checked(source)?,
        quotas: raw.quotas.checked(source)?,
        trail: raw.trail.checked(source)?,
        seed: raw.seed,
        defaults: raw.defaults,
        declarations: raw.instance,
    })
}

impl Source<'_> {
    fn server(self, raw: RawServer) -> Result<ServerConfig, ConfigError> {
        let defaults = ServerConfig::default();
        let drain = raw.drain_timeout.map_or(defaults.drain_timeout, |span| span.0);
        if drain.as_secs() >= 5 {
            return Err(self.wrong(
                "server.drain-timeout",
                "drain-timeout: a server ends within 5s of SIGTERM; take less",
            ));
        }
        if raw.imds.as_ref().is_some_and(Vec::is_empty) {
            return Err(
                self.wrong("server.imds", "imds: the list is empty; name an address or leave the key out")
            );
        }
        let connections = raw.max_connections.unwrap_or(defaults.max_connections);
        if !(1..=MAX_CONNECTIONS).contains(&connections) {
            let problem = format!("max-connections: {connections} is not between 1 and {MAX_CONNECTIONS}");
            return Err(self.wrong("server.max-connections", problem));
        }
        Ok(ServerConfig {
            imds: raw.imds.unwrap_or(defaults.imds),
            api: raw.api.unwrap_or(defaults.api),
            container: raw.container,
            data: raw.data.map(|data| self.beside(&data)),
            admin_socket: raw.admin_socket.map(|socket| self.beside(&socket)),
            metrics: raw.metrics,
            drain_timeout: drain,
            max_connections: connections,
        })
    }

    fn credentials(self, raw: &RawCredentials) -> Result<RotationSchedule, ConfigError> {
        let defaults = RotationSchedule::default();
        let interval = raw.rotation_interval.map_or_else(|| defaults.interval(), |span| span.0);
        let lifetime = raw.lifetime.map_or_else(|| defaults.lifetime(), |span| span.0);
        RotationSchedule::new(interval, lifetime).map_err(|error| {
            let key =
                if raw.lifetime.is_some() { "credentials.lifetime" } else { "credentials.rotation-interval" };
            self.wrong(key, format!("[credentials]: {error}"))
        })
    }

    /// Replaces names of user data files by what is in them.
    fn read_user_data(self, raw: &mut RawConfig, read: ReadFile<'_>) -> Result<(), ConfigError> {
        self.read_one(&mut raw.defaults, "defaults", read)?;
        for (place, declaration) in raw.instance.iter_mut().enumerate() {
            self.read_one(declaration, &format!("instance[{place}]"), read)?;
        }
        Ok(())
    }

    fn read_one(
        self,
        declaration: &mut Declaration,
        key: &str,
        read: ReadFile<'_>,
    ) -> Result<(), ConfigError> {
        // Declared twice is the check's to find.
        let twice = declaration.user_data.is_some() || declaration.user_data_base64.is_some();
        let Some(file) = declaration.user_data_file().filter(|_| !twice).map(PathBuf::from) else {
            return Ok(());
        };
        let wrong = |problem: String| {
            self.wrong(&format!("{key}.user-data-file"), format!("user-data-file: {problem}"))
        };
        let bytes =
            read(&self.beside(&file), Instance::MAX_USER_DATA).map_err(|error| wrong(error.to_string()))?;
        declaration.set_user_data(bytes).map_err(|error| wrong(error.to_string()))
    }

    fn fault(self, fault: &FleetFault) -> ConfigError {
        let other = fault.other.as_deref().map(|key| self.position(key).line);
        let also = other.map(|line| format!("; the other is on line {line}")).unwrap_or_default();
        self.wrong(&fault.key, format!("{}{also}", fault.problem))
    }
}

impl RawFleet {
    fn settings(&self) -> Fleet {
        let defaults = Fleet::default();
        Fleet {
            token_path_trailing_slash: self
                .token_path_trailing_slash
                .unwrap_or(defaults.token_path_trailing_slash),
        }
    }
}

impl RawAccount {
    fn settings(&self) -> AccountConfig {
        let encoded_messages = match self.encoded_messages {
            None => EncodedMessages::default(),
            Some(RawEncodedMessages::EveryService) => EncodedMessages::Everywhere,
            Some(RawEncodedMessages::AsAws) => EncodedMessages::AsAws,
        };
        AccountConfig { encoded_messages, refuses_replays: matches!(self.replays, Some(RawReplays::Refused)) }
    }
}

impl RawEc2 {
    fn settings(&self) -> Ec2Config {
        let defaults = Ec2Config::default();
        Ec2Config { transition_delay: self.transition_delay.map_or(defaults.transition_delay, |span| span.0) }
    }
}

impl RawMetadataOptions {
    fn settings(&self) -> MetadataOptionsConfig {
        let defaults = MetadataOptionsConfig::default();
        MetadataOptionsConfig {
            propagation_delay: self.propagation_delay.map_or(defaults.propagation_delay, |span| span.0),
        }
    }
}

/// A file's text, or the place where it is none.
fn decode<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, ConfigError> {
    if bytes.len() > Config::MAX_FILE {
        let problem = format!("the file is larger than {} bytes; use count and ranges", Config::MAX_FILE);
        return Err(ConfigError::at(path, Position::START, problem));
    }
    Ok(toml_source::decode(path, bytes)?)
}

const GUIDE: Guide = Guide {
    lists: &["instance", "instance.network-interfaces", "instance.events.maintenance"],
    reference: "docs/configuration.md lists all keys of an instance",
};

/// Far above what one process can hold open.
const MAX_CONNECTIONS: usize = 1_000_000;

//! `linklocal.toml`: the server's settings and the instances it declares. `docs/configuration.md` is its reference.
//!
//! Rule: a configuration is whole or an error with its place. What one value can get wrong is found while it is read,
//! what needs several (a private address and its subnet, two instances with one id) right after, before anything uses it.

mod access;
mod error;
mod fleet;
mod limits;
mod raw;
mod source;
#[cfg(test)]
mod tests;
mod trail;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use account::RotationSchedule;
use account::declaration::{Declaration, DeclarationError};
use account::denial::EncodedMessages;
use account::identifier::Seed;
use account::quotas::QuotaRules;
use gateway::LimitSettings;
use metadata::Fleet;
use types::{Instance, Timestamp};

pub use access::{AccessConfig, AllowedUsers};
pub use error::ConfigError;
pub use toml_source::{Span, SpanError};
pub use trail::TrailConfig;

/// What `linklocal.toml` says, defaults filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub server: ServerConfig,
    /// In what the metadata service follows one fleet of EC2 or another.
    pub fleet: Fleet,
    pub metadata_options: MetadataOptionsConfig,
    pub ec2: Ec2Config,
    /// When role credentials change.
    pub credentials: RotationSchedule,
    /// Who is served what.
    pub access: AccessConfig,
    pub account: AccountConfig,
    /// What is enforced of AWS's request limits.
    pub limits: LimitSettings,
    /// Which requests to raise quotas are approved by themselves.
    pub quotas: QuotaRules,
    /// What is kept of calls.
    pub trail: TrailConfig,
    /// The text that generated ids follow from; `None` leaves it to the installation.
    pub seed: Option<String>,
    /// What every declared instance has unless it says otherwise.
    pub defaults: Declaration,
    declarations: Vec<Declaration>,
}

/// `[account]`: nothing here weakens what is enforced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountConfig {
    /// Where denials bear an encoded message.
    pub encoded_messages: EncodedMessages,
    /// Whether a signature is good once; AWS takes it for 15 minutes.
    pub refuses_replays: bool,
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// Addresses of the metadata service, beside the instances' own endpoints.
    pub imds: Vec<SocketAddr>,
    /// Addresses of the account's endpoints, for HTTP and HTTPS alike; none where the list is empty.
    pub api: Vec<SocketAddr>,
    /// Addresses that answer as the credential agents of ECS and EKS do.
    pub container: Vec<SocketAddr>,
    /// The data directory; relative paths are those of the file's directory, here as below.
    pub data: Option<PathBuf>,
    pub admin_socket: Option<PathBuf>,
    /// Where metrics are served to anybody, beside the admin socket.
    pub metrics: Option<SocketAddr>,
    /// How long running requests may take to end at shutdown.
    pub drain_timeout: Duration,
    /// Connections at once, over all listeners.
    pub max_connections: usize,
}

/// `[ec2]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ec2Config {
    /// How long an instance takes from one state to another, such as from `pending` to `running`.
    pub transition_delay: Duration,
}

/// `[metadata-options]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataOptionsConfig {
    /// How long changed metadata options stay `pending`. EC2 takes about ten seconds.
    pub propagation_delay: Duration,
}

impl Config {
    /// Files larger than this are refused.
    pub const MAX_FILE: usize = 8 * 1024 * 1024;

    /// Reads a file, and the files of user data that it names.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let bytes = sys::fs::read(path, Self::MAX_FILE)?;
        let read = |file: &Path, limit| sys::fs::read(file, limit);
        raw::config(path, &bytes, &read)
    }

    /// The configuration in the bytes of a file with this name. No other file is opened: an instance whose user data lies
    /// in one is an error, and so is a user by name.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, ConfigError> {
        raw::config(path, bytes, &|file, _| Err(sys::fs::ReadError::NotFound { path: file.to_owned() }))
    }

    /// How many instances there are, at least one.
    pub fn instance_count(&self) -> u32 {
        fleet::count(&self.declarations)
    }

    /// The settings alone, once the instances are made: many declarations take more memory than all else.
    pub fn without_instances(self) -> Self {
        Self { declarations: Vec::new(), ..self }
    }

    /// All instances, one after the other, in the order of the file; where none is declared, one believable instance over
    /// the defaults. They are made as they are asked for.
    ///
    /// `now` is the launch time of those that declare none: the installation's time, so that each start makes the same.
    pub fn instances(
        &self,
        seed: &Seed,
        now: Timestamp,
    ) -> impl Iterator<Item = Result<Instance, DeclarationError>> {
        fleet::instances(&self.declarations, &self.defaults, *seed, now)
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        let limits = net::Limits::default();
        Self {
            imds: vec![SocketAddr::from(([127, 0, 0, 1], 1338))],
            api: vec![SocketAddr::from(([127, 0, 0, 1], 4566))],
            container: Vec::new(),
            data: None,
            admin_socket: None,
            metrics: None,
            drain_timeout: limits.drain,
            max_connections: limits.connections,
        }
    }
}

impl Default for Ec2Config {
    fn default() -> Self {
        Self { transition_delay: Duration::from_secs(2) }
    }
}

impl Default for MetadataOptionsConfig {
    fn default() -> Self {
        Self { propagation_delay: Duration::from_secs(2) }
    }
}

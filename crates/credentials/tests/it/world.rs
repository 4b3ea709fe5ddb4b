//! A machine in a folder: a home, files, an environment, a clock that stands.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use client::{Client, Options, Proxies, Roots, Transport};
use credentials::{Context, Nobody};
use profile::plan::{Plan, plan};
use profile::{Arguments, Environment, FileState, Files, Platform, Sdk, View};
use sys::{Clock, Entropy, Env, FakeClock};
use types::Timestamp;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) root: tempfile::TempDir,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) now: Timestamp,
}

/// The files of this machine, as the binary gives them to a plan.
#[derive(Debug)]
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> FileState {
        match sys::fs::read(Path::new(path), 1 << 20) {
            Ok(bytes) => FileState::Bytes(bytes.into()),
            Err(sys::fs::ReadError::NotFound { .. }) => FileState::Absent,
            Err(error) => FileState::Unreadable(error.to_string()),
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home").to_str().unwrap().to_owned();
        Self { root, variables: vec![("HOME".to_owned(), home)], now: Timestamp::from_secs(1_234_567_890) }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Puts a file under the root.
    pub(crate) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        sys::fs::replace(&path, text.as_bytes(), 0o600).unwrap();
        path
    }

    pub(crate) fn plan(&self, sdk: Sdk) -> Plan {
        self.with_view(|view| plan(view, sdk))
    }

    /// What can be seen from here, for as long as `look` looks.
    pub(crate) fn with_view<T>(&self, look: impl FnOnce(&View<'_>) -> T) -> T {
        let environment: Environment =
            self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let view = View {
            environment: &environment,
            arguments: &Arguments::default(),
            files: &Disk,
            platform: Platform::Unix,
            now: self.now,
        };
        look(&view)
    }

    /// Carries out over `transport`.
    pub(crate) fn context(&self, transport: Arc<dyn Transport>) -> Context {
        self.context_over(Client::over(transport))
    }

    /// Carries out over real sockets.
    pub(crate) fn networked(&self) -> Context {
        self.context_over(Client::new(Options {
            tls: rustls::crypto::aws_lc_rs::default_provider,
            roots: Roots::Platform,
            proxies: Proxies::none(),
        }))
    }

    fn context_over(&self, client: Client) -> Context {
        let mut pairs = self.variables.clone();
        // Programs are found by it.
        pairs.push(("PATH".to_owned(), "/usr/bin:/bin".to_owned()));
        let env = Env::from_pairs(pairs);
        let context = Context::new(env, self.root.path().join("home/.aws"), client, Arc::new(Nobody));
        Context { clock: self.clock(), entropy: Entropy::seeded(7), ..context }
    }

    fn clock(&self) -> Clock {
        FakeClock::new(self.now).clock()
    }
}

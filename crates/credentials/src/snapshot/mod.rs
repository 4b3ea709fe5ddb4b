//! What can be seen from this process: variables, flags, files and the time, taken once.
//!
//! Rule: everything that is decided is decided from one view; each file is read once.

mod files;

use std::sync::{Arc, OnceLock};

use client::Client;
use profile::plan::{self, Ground, Plan};
use profile::reader::{Locations, Profiles, ReadError};
use profile::settings::{self, Found, SettingError};
use profile::{Arguments, Environment, Platform, Sdk, View};
use sys::Env;
use types::Timestamp;

use self::files::DiskFiles;
use crate::{Context, Prompt};

/// A view, and all that it borrows from.
#[derive(Debug)]
pub struct Snapshot {
    pub environment: Environment,
    pub arguments: Arguments,
    files: DiskFiles,
    pub now: Timestamp,
    /// As the system has it: what programs are started with.
    pub env: Env,
    /// Both files as `linklocal` itself reads them, once somebody wants them.
    reading: OnceLock<Reading>,
    /// Of `linklocal` itself, likewise.
    plan: OnceLock<Plan>,
}

/// Where the files are, and what they hold.
#[derive(Clone, Debug)]
struct Reading {
    locations: Option<Locations>,
    profiles: Arc<Result<Profiles, ReadError>>,
}

impl Snapshot {
    /// What is seen at `now` with these variables, by a program that was told `arguments`.
    pub fn new(env: &Env, arguments: Arguments, now: Timestamp) -> Self {
        Self {
            environment: environment(env),
            arguments,
            files: DiskFiles::default(),
            now,
            env: env.clone(),
            reading: OnceLock::new(),
            plan: OnceLock::new(),
        }
    }

    /// The same, were these variables not set, and then those set.
    pub fn supposing<'a>(
        mut self,
        unset: &[String],
        set: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Self {
        unset.iter().for_each(|name| self.environment.unset(name));
        set.clone().for_each(|(name, value)| self.environment.set(name, value));
        self.env = self.env.changed(unset, set);
        (self.reading, self.plan) = (OnceLock::new(), OnceLock::new());
        self
    }

    /// What `linklocal` does here.
    pub fn plan(&self) -> &Plan {
        self.plan.get_or_init(|| plan::plan_on(&self.ground(Sdk::Linklocal)))
    }

    /// Where requests to a service go, if somebody named another place than AWS's own.
    pub fn endpoint_url(&self, service_id: &str) -> Result<Option<Found<String>>, SettingError> {
        let ground = self.ground(Sdk::Linklocal);
        settings::endpoint_url(&ground.scope(&self.plan().profile.name), service_id)
    }

    /// The file of certificates to trust in place of the system's, if somebody named one.
    pub fn ca_bundle(&self) -> Option<Found<String>> {
        let ground = self.ground(Sdk::Linklocal);
        settings::ca_bundle(&ground.scope(&self.plan().profile.name))
    }

    /// The view, and both files as `sdk` reads them.
    pub fn ground(&self, sdk: Sdk) -> Ground<'_> {
        if sdk != Sdk::Linklocal {
            return Ground::new(&self.view(), sdk);
        }
        let Reading { locations, profiles } = self.reading.get_or_init(|| {
            let Ground { locations, profiles, .. } = Ground::new(&self.view(), sdk);
            Reading { locations, profiles }
        });
        Ground { view: self.view(), sdk, locations: locations.clone(), profiles: Arc::clone(profiles) }
    }

    /// What carrying out the plan takes: the AWS CLI's directory, `client` and whoever can be asked.
    pub fn context(&self, client: Client, prompt: Arc<dyn Prompt>) -> Context {
        let directory = self.env.home().unwrap_or_default().join(".aws");
        let context = Context::new(self.env.clone(), directory, client, prompt);
        Context { profile: Some(self.plan().profile.name.clone()), ..context }
    }

    pub fn view(&self) -> View<'_> {
        View {
            environment: &self.environment,
            arguments: &self.arguments,
            files: &self.files,
            platform: Platform::Unix,
            now: self.now,
        }
    }
}

fn environment(env: &Env) -> Environment {
    let mut environment = Environment::default();
    for (name, value) in env.pairs() {
        match (name.to_str(), value.to_str()) {
            (Some(name), Some(value)) => environment.set(name, value),
            _ => environment.not_unicode.push(name.to_string_lossy().into_owned()),
        }
    }
    environment.account_home = env.home().and_then(|home| home.into_os_string().into_string().ok());
    environment
}

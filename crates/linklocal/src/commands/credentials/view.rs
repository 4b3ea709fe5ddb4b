//! What can be seen from this process: variables, flags, files and the time, taken once.
//!
//! Rule: everything that a command decides it decides from one view.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;

use profile::plan::{self, Ground, Outcome, Plan, Provider};
use profile::settings::{self, Found};
use profile::{Arguments, Environment, Platform, Sdk, View};
use sys::{Clock, Env};
use types::Timestamp;

use super::files::DiskFiles;
use super::java;
use crate::arguments::{Assignment, ChainArguments, KeyArguments};
use crate::failure::Failure;

/// A view, and all that it borrows from.
#[derive(Debug)]
pub(in crate::commands) struct Snapshot {
    pub(in crate::commands) environment: Environment,
    pub(in crate::commands) arguments: Arguments,
    files: DiskFiles,
    pub(in crate::commands) now: Timestamp,
    /// As the system has it: what programs are started with.
    pub(in crate::commands) env: Env,
    /// Of `linklocal` itself, once somebody wants it.
    plan: OnceCell<Plan>,
}

impl Snapshot {
    /// This process, and what was typed.
    pub(in crate::commands) fn take(env: &Env, chain: &ChainArguments) -> Self {
        let mut snapshot = Self::of_keys(env, &chain.keys);
        snapshot.arguments.region = chain.region.clone();
        snapshot
    }

    /// The same where no region can be typed, or is none of the chain's matters.
    pub(in crate::commands) fn of_keys(env: &Env, keys: &KeyArguments) -> Self {
        let KeyArguments { access_key_id, secret_access_key, session_token, profile } = keys.clone();
        let environment = environment(env);
        let arguments = Arguments {
            profile,
            access_key_id,
            secret_access_key,
            session_token,
            java_properties: java::properties(&environment, &[]),
            terminal: has_terminal(),
            ..Arguments::default()
        };
        Self {
            environment,
            arguments,
            files: DiskFiles::default(),
            now: Clock::system().now(),
            env: env.clone(),
            plan: OnceCell::new(),
        }
    }

    /// The same, were these variables not set, those set, and these properties given to Java.
    pub(in crate::commands) fn supposing(
        mut self,
        unset: &[String],
        set: &[Assignment],
        properties: &[Assignment],
    ) -> Self {
        unset.iter().for_each(|name| self.environment.unset(name));
        set.iter().for_each(|variable| self.environment.set(&variable.key, &variable.value));
        self.arguments.java_properties = java::properties(&self.environment, properties);
        self.plan = OnceCell::new();
        self.env = self.env.changed(unset, set.iter().map(|variable| (&variable.key, &variable.value)));
        self
    }

    /// What `linklocal` does here.
    pub(in crate::commands) fn plan(&self) -> &Plan {
        self.plan.get_or_init(|| plan::plan_on(&self.ground(Sdk::Linklocal)))
    }

    /// Whether keys stand here as they are, or somebody named a profile that says whom to ask.
    pub(in crate::commands) fn gives_keys_unasked(&self) -> bool {
        let plan = self.plan();
        let stands = || plan.winner().is_some_and(|step| matches!(step.provider, Some(Provider::Static(_))));
        self.arguments.profile.is_some() || stands() || matches!(plan.outcome, Outcome::Error { .. })
    }

    /// Where requests to a service go, if somebody named another place than AWS's own.
    pub(in crate::commands) fn endpoint_url(
        &self,
        service_id: &str,
    ) -> Result<Option<Found<String>>, Failure> {
        let ground = self.ground(Sdk::Linklocal);
        let scope = ground.scope(&self.plan().profile.name);
        let found = settings::endpoint_url(&scope, service_id);
        found.map_err(|error| Failure::new(error.to_string()).hint(error.remedy))
    }

    /// The view, and both files as `sdk` reads them. They are never freed: the process is about to end, and to free thousands
    /// of profiles takes a fifth as long as to read them.
    pub(in crate::commands) fn ground(&self, sdk: Sdk) -> ManuallyDrop<Ground<'_>> {
        ManuallyDrop::new(Ground::new(&self.view(), sdk))
    }

    pub(in crate::commands) fn view(&self) -> View<'_> {
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

/// Whether this process has a terminal of its own to ask at, wherever its streams go.
fn has_terminal() -> bool {
    rustix::fs::open(
        "/dev/tty",
        rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY,
        rustix::fs::Mode::empty(),
    )
    .is_ok()
}

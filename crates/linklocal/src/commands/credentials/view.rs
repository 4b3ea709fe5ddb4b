//! What can be seen from this process, for one command.
//!
//! Rule: everything that a command decides it decides from one view.

use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

use profile::plan::{Ground, Outcome, Provider};
use profile::settings::Found;
use profile::{Arguments, Sdk};
use sys::{Clock, Env};

use super::java;
use crate::arguments::{Assignment, ChainArguments, KeyArguments};
use crate::failure::Failure;

/// A snapshot that is never freed: the process is about to end, and to free thousands of profiles takes a fifth as long as to
/// read them.
#[derive(Debug)]
pub(in crate::commands) struct Snapshot(ManuallyDrop<::credentials::Snapshot>);

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
        let arguments = Arguments {
            profile,
            access_key_id,
            secret_access_key,
            session_token,
            terminal: sys::terminal::is_there(),
            ..Arguments::default()
        };
        let mut snapshot = ::credentials::Snapshot::new(env, arguments, Clock::system().now());
        snapshot.arguments.java_properties = java::properties(&snapshot.environment, &[]);
        Self(ManuallyDrop::new(snapshot))
    }

    /// The same, were these variables not set, those set, and these properties given to Java.
    pub(in crate::commands) fn supposing(
        self,
        unset: &[String],
        set: &[Assignment],
        properties: &[Assignment],
    ) -> Self {
        let variables = set.iter().map(|variable| (variable.key.as_str(), variable.value.as_str()));
        let mut snapshot = ManuallyDrop::into_inner(self.0).supposing(unset, variables);
        snapshot.arguments.java_properties = java::properties(&snapshot.environment, properties);
        Self(ManuallyDrop::new(snapshot))
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
        let found = self.0.endpoint_url(service_id);
        found.map_err(|error| Failure::new(error.to_string()).hint(error.remedy))
    }

    /// The view, and both files as `sdk` reads them; never freed either.
    pub(in crate::commands) fn ground(&self, sdk: Sdk) -> ManuallyDrop<Ground<'_>> {
        ManuallyDrop::new(self.0.ground(sdk))
    }
}

impl Deref for Snapshot {
    type Target = ::credentials::Snapshot;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Snapshot {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

//! The library in one call: whose credentials, which region, and a client that signs with them.
//!
//! Rule: loading asks nobody. Variables and files are read once; whoever has to be asked for credentials is asked when the
//! first request is signed, and again before what he gave ends.

mod planned;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use client::retry::{self, Said, Setting};
use client::{Call, Caller, Client, Identity, Options, Proxies, Roots, TlsProvider};
use profile::plan::{Outcome, Plan};
use profile::settings::{Found, SettingError};
use profile::{Arguments, Place, Sdk};
use sys::{Clock, Env};

use crate::{Context, Nobody, Prompt, SharedCredentials, Snapshot};

/// What a program decides for itself; all else is as the machine is set up.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Makes the ciphers when the first `https` URL is met.
    pub tls: TlsProvider,
    /// Variables, instead of this process's.
    pub env: Env,
    /// The profile, whatever the variables say.
    pub profile: Option<String>,
    /// The region, whatever variables and profile say.
    pub region: Option<String>,
    /// Who is asked for codes of MFA devices; nobody unless somebody is named.
    pub prompt: Arc<dyn Prompt>,
    /// Credentials are handed out with at least this much of their life left.
    pub min_ttl: Duration,
    pub clock: Clock,
}

/// Credentials, region and connections of one identity. Clones share them.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    snapshot: Snapshot,
    context: Context,
    region: Found<String>,
    credentials: Arc<SharedCredentials>,
    caller: Caller,
}

/// The machine is not set up for any identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SessionError {
    /// Which setting, where, and what is wrong with it. No secret.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl SessionOptions {
    /// This process's variables and the system's clock; `tls` is, with rustls, `aws_lc_rs::default_provider`.
    pub fn new(tls: TlsProvider) -> Self {
        Self {
            tls,
            env: Env::system(),
            profile: None,
            region: None,
            prompt: Arc::new(Nobody),
            min_ttl: MIN_TTL,
            clock: Clock::system(),
        }
    }

    pub fn env(self, env: Env) -> Self {
        Self { env, ..self }
    }

    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..self }
    }

    pub fn prompt(self, prompt: Arc<dyn Prompt>) -> Self {
        Self { prompt, ..self }
    }

    pub fn min_ttl(self, min_ttl: Duration) -> Self {
        Self { min_ttl, ..self }
    }

    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }
}

impl Session {
    /// Reads variables and files, and says who will be asked. An error is one that no asking would mend.
    pub fn load(options: SessionOptions) -> Result<Self, SessionError> {
        let arguments = Arguments {
            profile: options.profile,
            region: options.region,
            terminal: options.prompt.is_there(),
            ..Arguments::default()
        };
        let snapshot = Snapshot::new(&options.env, arguments, options.clock.now());
        let client = Client::new(Options {
            tls: options.tls,
            roots: snapshot.ca_bundle().map_or(Roots::Platform, |file| Roots::Bundle(file.value.into())),
            proxies: Proxies::from_variables(|name| options.env.var(name)),
        });
        let context = Context { clock: options.clock, ..snapshot.context(client, options.prompt) };
        Self::of(snapshot, context, options.min_ttl)
    }

    /// The same from a snapshot that was taken before.
    pub fn of(snapshot: Snapshot, context: Context, min_ttl: Duration) -> Result<Self, SessionError> {
        let plan = snapshot.plan();
        if !matches!(plan.outcome, Outcome::Resolved(_)) {
            return Err(SessionError::of(plan));
        }
        let region = plan
            .region
            .clone()
            .unwrap_or_else(|| Found::new(profile::settings::LAST_RESORT_REGION.to_owned(), Place::Default));
        let credentials = Arc::new(planned::credentials(&context, plan, min_ttl));
        let settings = retry_settings(&snapshot)?;
        let caller =
            Caller::new(context.client.clone(), settings, context.clock.clone(), context.entropy.clone())
                .with_skew(context.skew.clone());
        Ok(Self(Arc::new(Inner { snapshot, context, region, credentials, caller })))
    }

    /// The profile in use.
    pub fn profile(&self) -> &str {
        &self.plan().profile.name
    }

    /// The region that requests are signed for; `us-east-1` where nobody names one.
    pub fn region(&self) -> &str {
        &self.0.region.value
    }

    /// The region with who names it: [`Place::Default`] where nobody does.
    pub fn found_region(&self) -> &Found<String> {
        &self.0.region
    }

    /// Where a service is called, where somebody named another place than AWS's own. `service_id` is as in the service's
    /// model: `STS`, `DynamoDB`.
    pub fn endpoint_url(&self, service_id: &str) -> Result<Option<Found<String>>, SettingError> {
        self.0.snapshot.endpoint_url(service_id)
    }

    /// Every source in its order, and what became of it.
    pub fn plan(&self) -> &Plan {
        self.0.snapshot.plan()
    }

    /// The credentials, renewed before they end; all that sign share them.
    pub fn credentials(&self) -> Arc<SharedCredentials> {
        Arc::clone(&self.0.credentials)
    }

    /// Who signs: these credentials, asked for anew at each attempt.
    pub fn identity(&self) -> Arc<dyn Identity> {
        self.0.credentials.identity(self.0.context.clock.clone())
    }

    /// Makes calls, with retries as variables and profile have them.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// A call by this identity in this region; `service` is the name in the signature.
    pub fn call(&self, service: impl Into<String>, request: http::Request<client::Body>) -> Call {
        Call::new(request, service, self.region()).signed_by(self.identity())
    }

    /// Clock, connections, and who can be asked.
    pub fn context(&self) -> &Context {
        &self.0.context
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("profile", &self.profile())
            .field("region", &self.0.region)
            .finish_non_exhaustive()
    }
}

impl SessionError {
    fn of(plan: &Plan) -> Self {
        match &plan.outcome {
            Outcome::Error { message, remedy, .. } => Self { what: message.clone(), remedy: remedy.clone() },
            Outcome::Resolved(_) | Outcome::None => Self {
                what: format!("no source has credentials; profile {:?} is in use", plan.profile.name),
                remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or configure a profile; \
                         `linklocal credentials explain` shows every source"
                    .to_owned(),
            },
        }
    }
}

/// As the variables have it, else the profile's keys.
fn retry_settings(snapshot: &Snapshot) -> Result<retry::Settings, SessionError> {
    let ground = snapshot.ground(Sdk::Linklocal);
    let scope = ground.scope(&snapshot.plan().profile.name);
    let said = |setting: Setting| {
        let key = || scope.setting(setting.key()?).filter(|found| !found.value.is_empty());
        let found = scope.filled(setting.variable()).or_else(key)?;
        Some(Said { value: found.value.to_owned(), place: found.place.to_string() })
    };
    retry::Settings::read(&said).map_err(|error| SessionError {
        what: error.to_string(),
        remedy: "correct the setting, or remove it".to_owned(),
    })
}

/// A request takes less, with all its attempts.
const MIN_TTL: Duration = Duration::from_secs(60);

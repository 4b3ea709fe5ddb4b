//! Where served credentials come from: the chain, looked through anew each time, and what is put on top of it.
//!
//! Rule: the files count as they are at the time: keys that somebody has written there are served from the next renewal on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use ::credentials::{
    Asked, Context, Keep, ResolveError, Resolved, RunError, Snapshot, Source, TerminalPrompt, known_identity,
    resolve, run, session_token,
};
use profile::plan::{AssumeRole, MfaSource, Outcome, Plan, Provider, SessionDetails, Step, StsTarget};
use profile::{Arguments, Sdk, settings};
use sys::{Clock, Env};
use types::{AccessKeyId, KeyKind};

use super::admission::Admission;
use super::principal;
use crate::arguments::IdentityArguments;
use crate::commands::network;
use crate::failure::Failure;

/// One identity's credentials.
pub(super) struct Origin {
    env: Env,
    arguments: Arguments,
    identity: IdentityArguments,
    context: Context,
    admission: Admission,
    /// Whether the last set stands in a file or variable, where another may stand tomorrow.
    stands: Arc<AtomicBool>,
}

/// What is known before anybody is asked.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) profile: String,
    /// `None` where nobody names one.
    pub(super) region: Option<String>,
    /// The source and where it is set up, in words.
    pub(super) source: String,
}

impl Origin {
    /// Looks through the chain; an error is one that no asking would mend.
    pub(super) fn open(
        env: &Env,
        identity: &IdentityArguments,
        admission: Admission,
    ) -> Result<(Self, Ground), Failure> {
        let there = sys::terminal::is_there();
        let arguments = Arguments {
            profile: identity.profile.clone(),
            region: identity.region.clone(),
            terminal: there,
            ..Arguments::default()
        };
        let snapshot = Snapshot::new(env, arguments.clone(), Clock::system().now());
        let plan = snapshot.plan();
        let step = plan.winner().ok_or_else(|| nobody(plan))?;
        if let Some(provider) = &step.provider {
            admission.foresee(provider, identity, super::super::sourced(step), region(plan))?;
        }
        let ground = Ground {
            profile: plan.profile.name.clone(),
            region: region(plan),
            source: super::super::sourced(step),
        };
        let bundle = snapshot.ca_bundle();
        let client = network::client(env, bundle.as_ref().map(|bundle| bundle.value.as_str()));
        let context = snapshot.context(client, Arc::new(TerminalPrompt { there }));
        let keep = Keep { min_ttl: identity.min_ttl.0, last_good: false, ..context.keep };
        let origin = Self {
            env: env.clone(),
            arguments,
            identity: identity.clone(),
            context: Context { keep, ..context },
            admission,
            stands: Arc::default(),
        };
        Ok((origin, ground))
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Whether the last set stands in a file or variable.
    pub(super) fn stands(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stands)
    }

    async fn find(&self) -> Result<Resolved, ResolveError> {
        let (plan, target) = self.look()?;
        let (resolved, step) = match &self.identity.role {
            None => {
                let found = run(&self.context, &plan).await.map_err(unfound)?;
                (found.resolved, &plan.steps[found.step])
            }
            Some(arn) => self.assumed(arn, &plan, target.clone()?).await?,
        };
        let resolved = if is_long_term(&resolved) && !self.identity.no_session {
            self.session(&target.clone()?, resolved).await?
        } else {
            principal::known(&self.context, target.as_ref().ok(), resolved).await?
        };
        let is_static = matches!(step.provider, Some(Provider::Static(_)));
        self.stands.store(is_static && resolved.expiration.is_none(), Relaxed);
        let (origin, region) = (super::super::sourced(step), region(&plan));
        self.admission.admit(&self.context, target.as_ref().ok(), &resolved, origin, region).await?;
        Ok(resolved)
    }

    /// The plan as things stand now, and where STS is.
    fn look(&self) -> Result<(Plan, Result<StsTarget, ResolveError>), ResolveError> {
        let snapshot = Snapshot::new(&self.env, self.arguments.clone(), self.context.clock.now());
        let plan = snapshot.plan().clone();
        let ground = snapshot.ground(Sdk::Linklocal);
        let target = settings::sts_target(&ground.scope(&plan.profile.name), plan.region.as_ref());
        let unusable =
            |error: settings::SettingError| ResolveError::new("setting", error.to_string(), error.remedy);
        Ok((plan, target.map_err(unusable)))
    }

    async fn assumed<'p>(
        &self,
        arn: &str,
        plan: &'p Plan,
        sts: StsTarget,
    ) -> Result<(Resolved, &'p Step), ResolveError> {
        let nothing = || ResolveError::new("none", nobody(plan).message, EXPLAIN);
        let step = plan.winner().ok_or_else(nothing)?;
        let base = step.provider.clone().ok_or_else(nothing)?;
        let role = AssumeRole {
            profile: plan.profile.name.clone(),
            role_arn: arn.to_owned(),
            role_session_name: self.identity.role_session_name.clone(),
            external_id: self.identity.external_id.clone(),
            duration_seconds: self.identity.duration_seconds,
            mfa_serial: self.identity.serial_number.clone(),
            mfa_source: MfaSource::default(),
            details: SessionDetails::default(),
            sts,
            base,
        };
        let resolved = resolve(&self.context, &Provider::AssumeRole(Box::new(role))).await?;
        Ok((resolved, step))
    }

    /// A session in place of long-term keys, which every SDK takes and which ends by itself.
    async fn session(&self, target: &StsTarget, keys: Resolved) -> Result<Resolved, ResolveError> {
        // It is kept who they are, so that STS is asked once; where it does not say, the session will not come either.
        let caller = known_identity(&self.context, target, &keys).await.ok();
        let keys = match caller {
            Some(caller) => Resolved { account_id: Some(caller.account), arn: Some(caller.arn), ..keys },
            None => keys,
        };
        let session = session_token(&self.context, target, &keys, self.identity.duration_seconds).await;
        let session = session.map_err(|error| ResolveError {
            remedy: format!("{}; or serve the keys themselves with --no-session", error.remedy),
            ..error
        })?;
        Ok(Resolved { arn: keys.arn, ..session })
    }
}

impl Source for Origin {
    fn ask(&self) -> Asked<'_> {
        Box::pin(self.find())
    }
}

fn is_long_term(resolved: &Resolved) -> bool {
    let id: Result<AccessKeyId, _> = resolved.access_key_id.parse();
    let has_token = resolved.session_token.as_ref().is_some_and(|token| !token.expose().is_empty());
    !has_token && id.is_ok_and(|id| id.kind() == KeyKind::LongTerm)
}

fn region(plan: &Plan) -> Option<String> {
    let region = plan.region.as_ref()?;
    let is_named = region.place != profile::Place::Default && !region.value.is_empty();
    is_named.then(|| region.value.clone())
}

fn nobody(plan: &Plan) -> Failure {
    match &plan.outcome {
        Outcome::Error { message, remedy, .. } => Failure::new(message).hint(remedy),
        Outcome::Resolved(_) | Outcome::None => {
            Failure::new(format!("no source has credentials; profile {:?} is in use", plan.profile.name))
                .hint(EXPLAIN)
        }
    }
}

fn unfound(error: RunError) -> ResolveError {
    let last = error.tried.last().map(|tried| tried.error.clone());
    last.unwrap_or_else(|| ResolveError::new(error.code, error.what, error.remedy))
}

/// How long a set counts that stands in a file or variable and says nothing of its end, until the file is read again.
pub(super) const STANDS: Duration = Duration::from_secs(60);
const EXPLAIN: &str = "`linklocal credentials explain` shows where credentials were looked for";

//! The search for credentials: a plan, and whoever it names asked.
//!
//! Rule: where nobody has to be asked, no event loop is made and no connection opened.

use std::sync::Arc;
use std::time::Duration;

use ::credentials::{CallerIdentity, Context, Keep, ResolveError, Resolved, TerminalPrompt};
use profile::plan::{ChosenProfile, Outcome, Plan, Provider, Source, State, Step, StsTarget};
use profile::{Place, Sdk, settings};
use tokio::runtime::Runtime;
use types::Timestamp;

use super::Snapshot;
use super::identity::Identity;
use crate::arguments::GuardArguments;
use crate::commands::{event_loop, network};
use crate::failure::Failure;
use crate::guard::{Guard, Subject};
use crate::output::Output;

/// Credentials, and how they were found.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Findings {
    pub(in crate::commands) plan: Plan,
    pub(in crate::commands) resolved: Resolved,
    /// Index of the plan's step that gave them.
    step: usize,
}

/// What came of a plan.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The step that gave credentials.
    pub(super) gave: Option<(usize, Resolved)>,
    /// Those that were asked before, in order, and had none. Where nobody gave any, the last one ended the search.
    pub(super) tried: Vec<(usize, ResolveError)>,
}

/// Asks on behalf of one snapshot: each source once, however many plans name it.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    snapshot: &'a Snapshot,
    /// How long credentials have to last that are kept from earlier.
    min_ttl: Duration,
    guard: Guard,
    /// Made when somebody has to be asked.
    line: Option<(Runtime, Context)>,
    answers: Vec<(Provider, Result<Resolved, ResolveError>)>,
}

impl Findings {
    /// What `linklocal` finds here, in the order of the AWS CLI.
    pub(in crate::commands) fn search(snapshot: &Snapshot) -> Result<Self, Failure> {
        Desk::new(snapshot).search()
    }

    /// The same, where it is what the directory and the flags expect.
    pub(in crate::commands) fn guarded(
        snapshot: &Snapshot,
        arguments: &GuardArguments,
    ) -> Result<Self, Failure> {
        Desk::new(snapshot).guarded(Guard::find(&snapshot.env, arguments)?).search()
    }

    /// Keys of the vault by the name of `--vault-key`, for which no chain is searched; where they are what is expected.
    pub(super) fn of_vault(
        snapshot: &Snapshot,
        arguments: &GuardArguments,
        id: &str,
        resolved: Resolved,
    ) -> Result<Self, Failure> {
        let place = Place::flag("--vault-key");
        let step = Step {
            source: Source::Process,
            state: State::Won,
            places: vec![place.clone()],
            detail: None,
            provider: None,
            goes_on: false,
        };
        let profile = ChosenProfile { name: id.to_owned(), place, exists: true };
        let plan =
            Plan { profile, steps: vec![step], outcome: Outcome::Resolved(0), ..snapshot.plan().clone() };
        let guard = Guard::find(&snapshot.env, arguments)?;
        Desk::new(snapshot).guarded(guard).admitted(Self { plan, resolved, step: 0 })
    }

    /// What came of asking a provider that no plan names.
    pub(in crate::commands) fn of_provider(
        snapshot: &Snapshot,
        provider: &Provider,
        resolved: Resolved,
    ) -> Self {
        Self { plan: plan_of(snapshot, provider), resolved, step: 0 }
    }

    pub(in crate::commands) fn step(&self) -> &Step {
        &self.plan.steps[self.step]
    }

    /// The source and where it is set up, in words.
    pub(in crate::commands) fn origin(&self) -> String {
        super::sourced(self.step())
    }

    pub(in crate::commands) fn identity(&self) -> Identity {
        Identity::of_resolved(&self.resolved)
    }

    /// What a guard is held against.
    fn subject(&self, now: Timestamp) -> Subject {
        let region = self.plan.region.as_ref().map(|region| region.value.clone());
        Subject::of_resolved(&self.resolved, self.origin(), region, now)
    }
}

/// Lets keys pass that were found otherwise, where they are what the directory and the flags expect.
pub(in crate::commands) fn admit(
    snapshot: &Snapshot,
    arguments: &GuardArguments,
    keys: &Resolved,
    origin: &str,
    region: &str,
) -> Result<(), Failure> {
    let guard = Guard::find(&snapshot.env, arguments)?;
    if guard.is_empty() {
        return Ok(());
    }
    let subject = Subject::of_resolved(keys, origin.to_owned(), Some(region.to_owned()), snapshot.now);
    Desk::new(snapshot).guarded(guard).admit(subject, keys)
}

impl<'a> Desk<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, min_ttl: Duration::ZERO, guard: Guard::default(), line: None, answers: Vec::new() }
    }

    /// Takes kept sessions only with so much of their life left.
    pub(super) fn lasting(mut self, min_ttl: Duration) -> Self {
        self.min_ttl = min_ttl;
        self
    }

    /// Gives credentials only where they are what is expected here.
    pub(in crate::commands) fn guarded(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    /// Carries out our own plan.
    pub(super) fn search(&mut self) -> Result<Findings, Failure> {
        let plan = self.snapshot.plan().clone();
        if !matches!(plan.outcome, Outcome::Resolved(_)) {
            return Err(self.nobody());
        }
        self.foresee_plan(&plan)?;
        self.carried_out(plan).and_then(|findings| self.admitted(findings))
    }

    /// The same for whoever is to assume a role: what is expected is expected of the role.
    pub(super) fn base(&mut self) -> Result<Findings, Failure> {
        let plan = self.snapshot.plan().clone();
        if !matches!(plan.outcome, Outcome::Resolved(_)) {
            return Err(self.nobody());
        }
        self.carried_out(plan)
    }

    fn carried_out(&mut self, plan: Plan) -> Result<Findings, Failure> {
        let Asked { gave, mut tried } = self.carry_out(&plan)?;
        let last = if gave.is_none() { tried.pop() } else { None };
        for (step, error) in tried {
            Output::note(&format!("note: {}: {error}", plan.steps[step].source.name()));
        }
        match (gave, last) {
            (Some((step, resolved)), _) => Ok(Findings { plan, resolved, step }),
            (None, Some((_, error))) => Err(hinted(Failure::new(&error.what), &error.remedy)),
            (None, None) => Err(nothing(&plan)),
        }
    }

    /// The session of a role that no plan names, or names otherwise; where it is what is expected here.
    pub(super) fn assumed(&mut self, provider: &Provider) -> Result<Findings, Failure> {
        let plan = plan_of(self.snapshot, provider);
        let region = plan.region.as_ref().map(|region| region.value.clone());
        self.foresee(&Subject::of_provider(provider, super::sourced(&plan.steps[0]), region))?;
        let answer = self.ask(provider)?;
        let resolved = answer.map_err(|error| hinted(Failure::new(&error.what), &error.remedy))?;
        self.admitted(Findings { plan, resolved, step: 0 })
    }

    /// Refuses what is known to be wrong before anybody is asked.
    pub(super) fn foresee(&self, subject: &Subject) -> Result<(), Failure> {
        self.guard.foresee(subject)
    }

    /// Before anybody types a code for what would be refused.
    fn foresee_plan(&self, plan: &Plan) -> Result<(), Failure> {
        match plan.winner().and_then(|step| Some((step, step.provider.as_ref()?))) {
            Some((step, provider)) if !self.guard.is_empty() => {
                let region = plan.region.as_ref().map(|region| region.value.clone());
                self.guard.foresee(&Subject::of_provider(provider, super::sourced(step), region))
            }
            _ => Ok(()),
        }
    }

    /// What was found, where it is what is expected here.
    fn admitted(&mut self, findings: Findings) -> Result<Findings, Failure> {
        if self.guard.is_empty() {
            return Ok(findings);
        }
        self.admit(findings.subject(self.snapshot.now), &findings.resolved)?;
        Ok(findings)
    }

    /// Holds `subject`, who has `keys`, against what is expected.
    pub(in crate::commands) fn admit(&mut self, subject: Subject, keys: &Resolved) -> Result<(), Failure> {
        if !self.guard.must_ask(&subject) {
            return self.guard.check(&subject);
        }
        let (sts, guard) = (self.sts()?, self.guard.clone());
        let (runtime, context) = self.line()?;
        runtime.block_on(guard.admit(context, Some(&sts), subject, keys))
    }

    /// Why our own plan gives nothing.
    pub(super) fn nobody(&self) -> Failure {
        match &self.snapshot.plan().outcome {
            Outcome::Error { message, remedy, .. } => hinted(Failure::new(message), remedy),
            Outcome::Resolved(_) | Outcome::None => nothing(self.snapshot.plan()),
        }
    }

    pub(super) fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// Whose STS says that credentials are.
    pub(super) fn caller(&mut self, keys: &Resolved) -> Result<CallerIdentity, Failure> {
        let target = self.sts()?;
        let (runtime, context) = self.line()?;
        let answer = runtime.block_on(::credentials::caller_identity(context, &target, keys));
        answer.map_err(|error| hinted(Failure::new(error.what), &error.remedy))
    }

    /// Where STS is called from here.
    pub(in crate::commands) fn sts(&self) -> Result<StsTarget, Failure> {
        let ground = self.snapshot.ground(Sdk::Linklocal);
        let plan = self.snapshot.plan();
        let target = settings::sts_target(&ground.scope(&plan.profile.name), plan.region.as_ref());
        target.map_err(|error| Failure::new(error.to_string()).hint(error.remedy))
    }

    /// Asks the winner, and those behind it as far as the SDK would.
    pub(super) fn carry_out(&mut self, plan: &Plan) -> Result<Asked, Failure> {
        let mut tried = Vec::new();
        for (index, step) in plan.candidates() {
            let Some(provider) = &step.provider else { continue };
            match self.ask(provider)? {
                Ok(resolved) => return Ok(Asked { gave: Some((index, resolved)), tried }),
                Err(error) => tried.push((index, error)),
            }
        }
        Ok(Asked { gave: None, tried })
    }

    /// What one source answers.
    pub(super) fn ask(&mut self, provider: &Provider) -> Result<Result<Resolved, ResolveError>, Failure> {
        if let Provider::Static(keys) = provider {
            return Ok(Ok(Resolved::from(keys)));
        }
        if let Some((_, answer)) = self.answers.iter().find(|(asked, _)| asked == provider) {
            return Ok(answer.clone());
        }
        let (runtime, context) = self.line()?;
        let answer = runtime.block_on(::credentials::resolve(context, provider));
        self.answers.push((provider.clone(), answer.clone()));
        Ok(answer)
    }

    fn line(&mut self) -> Result<(&Runtime, &Context), Failure> {
        let line = match self.line.take() {
            Some(line) => line,
            None => {
                let context = context(self.snapshot);
                let keep = Keep { min_ttl: self.min_ttl, ..context.keep };
                (event_loop()?, Context { keep, ..context })
            }
        };
        let (runtime, context) = self.line.insert(line);
        Ok((runtime, context))
    }
}

/// Work that nobody waits for any more ends with the search.
impl Drop for Desk<'_> {
    fn drop(&mut self) {
        if let Some((runtime, _)) = self.line.take() {
            runtime.shutdown_background();
        }
    }
}

/// What carrying out plans of this snapshot takes.
pub(in crate::commands) fn context(snapshot: &Snapshot) -> Context {
    let bundle = snapshot.ca_bundle();
    let client = network::client(&snapshot.env, bundle.as_ref().map(|bundle| bundle.value.as_str()));
    snapshot.context(client, Arc::new(TerminalPrompt { there: snapshot.arguments.terminal }))
}

/// The plan whose only source is this one, with the profile and the region of the snapshot's own.
fn plan_of(snapshot: &Snapshot, provider: &Provider) -> Plan {
    let own = snapshot.plan();
    let source = match (provider, own.winner()) {
        (Provider::WebIdentity(_), _) => Source::WebIdentity,
        (Provider::MfaSession(_), Some(winner)) => winner.source,
        _ => Source::AssumeRole,
    };
    let step = Step {
        source,
        state: State::WouldWin,
        places: own.winner().map(|step| step.places.clone()).unwrap_or_default(),
        detail: None,
        provider: Some(provider.clone()),
        goes_on: false,
    };
    Plan {
        profile: own.profile.clone(),
        region: own.region.clone(),
        steps: vec![step],
        outcome: Outcome::Resolved(0),
        sdk: Sdk::Linklocal,
        warnings: Vec::new(),
    }
}

/// Every source had none; those that something is set for say what is wrong with them.
fn nothing(plan: &Plan) -> Failure {
    let profile = &plan.profile;
    let message = match profile.exists {
        true => format!("no source has credentials; profile {:?} names none", profile.name),
        false => "no source has credentials".to_owned(),
    };
    Failure::new(message).hint("`linklocal credentials explain` shows every source and what is missing there")
}

fn hinted(failure: Failure, remedy: &str) -> Failure {
    if remedy.is_empty() { failure } else { failure.hint(remedy) }
}

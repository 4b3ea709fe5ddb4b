//! A plan, carried out: the winner is asked, and where it has nothing and the SDK goes on, whoever comes next.

use profile::plan::{Outcome, Plan, Source};

use crate::{Context, ResolveError, Resolved, resolve};

/// Credentials, and how they came about.
#[derive(Clone, Debug)]
pub struct Run {
    pub resolved: Resolved,
    /// Index into the plan's steps.
    pub step: usize,
    /// Those that were asked before, and had nothing.
    pub tried: Vec<Tried>,
}

/// A source that was asked in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Index into the plan's steps.
    pub step: usize,
    pub source: Source,
    pub error: ResolveError,
}

/// The plan gives no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct RunError {
    /// Stable, for machines.
    pub code: &'static str,
    pub what: String,
    pub remedy: String,
    pub tried: Vec<Tried>,
}

/// Asks the winner of the plan, and those behind it as far as the SDK would.
pub async fn run(context: &Context, plan: &Plan) -> Result<Run, RunError> {
    if let Outcome::Error { message, remedy, .. } = &plan.outcome {
        return Err(RunError::planned(message, remedy));
    }
    let context = &Context { profile: Some(plan.profile.name.clone()), ..context.clone() };
    let mut tried = Vec::new();
    for (index, step) in plan.candidates() {
        let Some(provider) = &step.provider else { continue };
        match resolve(context, provider).await {
            Ok(resolved) => return Ok(Run { resolved, step: index, tried }),
            Err(error) => tried.push(Tried { step: index, source: step.source, error }),
        }
    }
    Err(RunError::nothing(tried))
}

impl RunError {
    fn planned(message: &str, remedy: &str) -> Self {
        Self { code: "plan", what: message.to_owned(), remedy: remedy.to_owned(), tried: Vec::new() }
    }

    /// The last one that was asked is the one that ended it.
    fn nothing(tried: Vec<Tried>) -> Self {
        let (code, what, remedy) = match tried.last() {
            Some(last) => (last.error.code, last.error.what.clone(), last.error.remedy.clone()),
            None => ("none", "no source has credentials".to_owned(), EXPLAIN.to_owned()),
        };
        Self { code, what, remedy, tried }
    }
}

const EXPLAIN: &str = "`linklocal credentials explain` shows where they were looked for";

//! `linklocal credentials explain`: every source in its order, what stands there, which one wins, and why.
//!
//! Rule: nobody is asked without --probe, and whatever is shown holds no secret.

mod object;
mod text;

use profile::plan::{Outcome, Plan, Step};
use profile::settings::Found;
use profile::{Sdk, View};
use sys::Env;

use self::object::Object;
use super::Snapshot;
use super::identity::Identity;
use crate::arguments::{ExplainArguments, Whose};
use crate::failure::Failure;
use crate::output::Output;

/// What one SDK does here, and what is known beside its plan.
#[derive(Clone, Debug)]
struct Explained {
    plan: Plan,
    /// Of the winner, from whoever was asked.
    answer: Option<Identity>,
    probed: bool,
    settings: Vec<Setting>,
}

/// A setting beside credentials.
#[derive(Clone, Debug)]
struct Setting {
    name: &'static str,
    found: Found<String>,
}

pub(super) fn run(env: &Env, output: Output, arguments: &ExplainArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain).supposing(
        &arguments.unset,
        &arguments.set,
        &arguments.java_property,
    );
    let view = snapshot.view();
    match arguments.whose {
        Whose::One(sdk) => {
            let explained = Explained::of(&view, sdk);
            output.result(&Object::of(&explained), || text::text(&explained, &view))
        }
        Whose::All => Err(Failure::new("not there yet")),
    }
}

impl Explained {
    fn of(view: &View<'_>, sdk: Sdk) -> Self {
        Self { plan: profile::plan::plan(view, sdk), answer: None, probed: false, settings: Vec::new() }
    }

    fn winner(&self) -> Option<(usize, &Step)> {
        match self.plan.outcome {
            Outcome::Resolved(index) => Some((index, self.plan.steps.get(index)?)),
            Outcome::None | Outcome::Error { .. } => None,
        }
    }

    /// Whose credentials a step gives.
    fn identity(&self, index: usize) -> Identity {
        let is_winner = self.winner().is_some_and(|(winner, _)| winner == index);
        if let Some(answer) = self.answer.as_ref().filter(|_| is_winner) {
            return answer.clone();
        }
        let provider = self.plan.steps.get(index).and_then(|step| step.provider.as_ref());
        provider.map(Identity::of_provider).unwrap_or_default()
    }
}

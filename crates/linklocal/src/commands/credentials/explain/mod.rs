//! `linklocal credentials explain`: every source in its order, what stands there, which one wins, and why.
//!
//! Rule: nobody is asked without --probe, and whatever is shown holds no secret.

mod all;
mod object;
mod probe;
mod settings;
mod text;

use profile::Sdk;
use profile::plan::{Ground, Outcome, Plan, Step};
use sys::Env;

use self::object::Object;
use self::settings::Setting;
use super::Snapshot;
use super::identity::Identity;
use super::search::Desk;
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

pub(super) fn run(env: &Env, output: Output, arguments: &ExplainArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain).supposing(
        &arguments.unset,
        &arguments.set,
        &arguments.java_property,
    );
    let view = snapshot.view();
    let mut desk = Desk::new(&snapshot);
    let mut explain = |sdk: Sdk| {
        let explained = Explained::of(&Ground::new(&view, sdk));
        if arguments.probe { explained.probed(&mut desk) } else { Ok(explained) }
    };
    match arguments.whose {
        Whose::One(sdk) => {
            let explained = explain(sdk)?;
            output.result(&Object::of(&explained), || text::tell(&explained, &view))
        }
        Whose::All => {
            let all = Sdk::OTHERS.into_iter().map(explain).collect::<Result<Vec<_>, _>>()?;
            output.result(&all::objects(&all), || all::tell(&all))
        }
    }
}

impl Explained {
    fn of(ground: &Ground<'_>) -> Self {
        let plan = profile::plan::plan_on(ground);
        let settings = settings::settings(ground, &plan.profile.name);
        Self { plan, answer: None, probed: false, settings }
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

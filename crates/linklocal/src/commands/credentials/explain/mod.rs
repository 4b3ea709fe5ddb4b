//! `linklocal credentials explain`: every source in its order, what stands there, which one wins, and why.
//!
//! Rule: nobody is asked without --probe, and whatever is shown holds no secret.

mod all;
mod change;
mod object;
mod probe;
mod settings;
mod text;

use std::collections::BTreeMap;

use profile::Sdk;
use profile::plan::{self, Counterfactual, Ground, Outcome, Plan, Step, WhyNot};
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
    settings: Vec<Setting>,
    /// What would let another win.
    counterfactuals: Vec<Counterfactual>,
    /// The answer to --why-not; an SDK that knows no such name has it as an error.
    why_not: Option<Result<WhyNot, String>>,
    probed: bool,
    /// What those said who were asked, by step.
    answers: BTreeMap<usize, Result<Identity, String>>,
}

pub(super) fn run(env: &Env, output: Output, arguments: &ExplainArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain).supposing(
        &arguments.unset,
        &arguments.set,
        &arguments.java_property,
    );
    let view = snapshot.view();
    let mut desk = Desk::new(&snapshot);
    let asked = arguments.why_not.as_deref();
    let mut explain = |sdk: Sdk| {
        let explained = Explained::of(&snapshot.ground(sdk), asked);
        if arguments.probe { explained.probed(&mut desk) } else { Ok(explained) }
    };
    match arguments.whose {
        Whose::One(sdk) => {
            let mut explained = explain(sdk)?;
            if let Some(Err(error)) = &explained.why_not {
                return Err(Failure::usage(error).named("--why-not"));
            }
            if arguments.probe {
                explained.look_behind(&mut desk)?;
            }
            output.result(&Object::of(&explained), || text::tell(&explained, &view))
        }
        Whose::All => {
            let all = Sdk::OTHERS.into_iter().map(explain).collect::<Result<Vec<_>, _>>()?;
            output.result(&all::objects(&all), || all::tell(&all))
        }
    }
}

impl Explained {
    fn of(ground: &Ground<'_>, asked: Option<&str>) -> Self {
        let plan = plan::plan_on(ground);
        let why_not = asked.map(|name| plan::why_not(ground, &plan, name).map_err(|error| error.to_string()));
        Self {
            settings: settings::settings(ground, &plan.profile.name),
            counterfactuals: plan::counterfactuals(ground, &plan),
            why_not,
            probed: false,
            answers: BTreeMap::new(),
            plan,
        }
    }

    fn winner(&self) -> Option<(usize, &Step)> {
        match self.plan.outcome {
            Outcome::Resolved(index) => Some((index, self.plan.steps.get(index)?)),
            Outcome::None | Outcome::Error { .. } => None,
        }
    }

    /// Whose credentials a step gives.
    fn identity(&self, index: usize) -> Identity {
        if let Some(Ok(answer)) = self.answers.get(&index) {
            return answer.clone();
        }
        let provider = self.plan.steps.get(index).and_then(|step| step.provider.as_ref());
        provider.map(Identity::of_provider).unwrap_or_default()
    }
}

//! What those say who must be asked: the plan as it stands after its SDK has carried it out.
//!
//! Rule: what the SDK itself would ask is asked, and each source once, however many SDKs name it; besides only the roles of
//! this machine that something stands before, which cost nobody anything.

use ::credentials::ResolveError;
use profile::plan::{Outcome, Plan, Provider, State, Step};

use super::super::identity::Identity;
use super::super::search::{Asked, Desk};
use super::Explained;
use crate::failure::Failure;

impl Explained {
    /// The same, once the winner and those behind it were asked.
    pub(super) fn probed(mut self, desk: &mut Desk<'_>) -> Result<Self, Failure> {
        let Asked { gave, tried } = desk.carry_out(&self.plan)?;
        self.probed = true;
        let gave_up = gave.is_none();
        let last = tried.last().cloned();
        for (index, error) in tried {
            self.plan.steps[index].state = refused(&error, gave_up);
        }
        match (gave, last) {
            (Some((index, resolved)), _) => {
                self.answers.insert(index, Ok(Identity::of_resolved(&resolved)));
                won(&mut self.plan, index);
            }
            (None, Some((index, error))) => failed(&mut self.plan, index, &error),
            // Nobody was to be asked: the plan ends without credentials, or with an error of its own.
            (None, None) => {}
        }
        Ok(self)
    }

    /// Asks the container's agent and the metadata service, where they are shadowed: whose role it is that does not win.
    pub(super) fn look_behind(&mut self, desk: &mut Desk<'_>) -> Result<(), Failure> {
        for (index, step) in self.plan.steps.iter().enumerate() {
            if let (State::ShadowedBy(_), Some(provider @ (Provider::Container(_) | Provider::Imds(_)))) =
                (&step.state, &step.provider)
            {
                let answer = desk.ask(provider)?;
                let answer =
                    answer.map(|resolved| Identity::of_resolved(&resolved)).map_err(|error| error.what);
                self.answers.insert(index, answer);
            }
        }
        Ok(())
    }
}

fn won(plan: &mut Plan, index: usize) {
    plan.outcome = Outcome::Resolved(index);
    plan.steps[index].state = State::Won;
    for step in plan.steps.iter_mut().skip(index + 1) {
        if matches!(step.state, State::ShadowedBy(_)) {
            step.state = State::ShadowedBy(index);
        }
    }
}

/// Nobody gave any. An SDK that would have gone on had no more to ask, and finds none; one that stops says why.
fn failed(plan: &mut Plan, index: usize, error: &ResolveError) {
    let Step { goes_on, .. } = plan.steps[index];
    plan.outcome = match goes_on {
        true => Outcome::None,
        false => {
            Outcome::Error { step: Some(index), message: error.what.clone(), remedy: error.remedy.clone() }
        }
    };
    for step in plan.steps.iter_mut().skip(index + 1).filter(|_| !goes_on) {
        if matches!(step.state, State::ShadowedBy(_)) {
            step.state =
                State::Skipped { why: format!("the search ends with the error of step {}", index + 1) };
        }
    }
}

fn refused(error: &ResolveError, fatal: bool) -> State {
    State::Broken { why: error.what.clone(), remedy: error.remedy.clone(), fatal }
}

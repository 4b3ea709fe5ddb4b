//! Puts the steps of a plan together.
//!
//! Rule: a model says of each source, in its SDK's order, what it finds there as if it were the only one; who wins,
//! whom it shadows and what is no longer looked at is decided here, alike for all.

use super::{Outcome, Plan, Provider, Source, State, Step};
use crate::Place;

/// What a model finds at one source.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) finding: Finding,
    pub(super) places: Vec<Place>,
    pub(super) detail: Option<String>,
    pub(super) goes_on: bool,
    /// Another kind of the same profile is before it, and it is not asked when that one fails.
    pub(super) spare: bool,
}

/// What stands there.
#[derive(Clone, Debug)]
// One lives at a time, and a box for it would be opened at once.
#[allow(clippy::large_enum_variant)]
pub(super) enum Finding {
    NotSet,
    /// It gives credentials, or is asked for them.
    Ready(Provider),
    Partial {
        missing: Vec<String>,
        fatal: bool,
        /// What the SDK says where it stops here.
        message: String,
        remedy: String,
    },
    Broken {
        why: String,
        remedy: String,
        fatal: bool,
    },
    /// The SDK does not look at it here.
    Skipped(String),
}

/// The steps as they come.
#[derive(Debug, Default)]
pub(super) struct Chain {
    steps: Vec<Step>,
    outcome: Option<Outcome>,
}

impl Finding {
    fn is_fatal(&self) -> bool {
        matches!(self, Self::Partial { fatal: true, .. } | Self::Broken { fatal: true, .. })
    }
}

impl Look {
    pub(super) fn not_set() -> Self {
        Self::new(Finding::NotSet)
    }

    pub(super) fn ready(provider: Provider) -> Self {
        Self::new(Finding::Ready(provider))
    }

    /// Some of it is there, and the SDK goes on to the next source.
    pub(super) fn partial(missing: &[&str]) -> Self {
        let missing = missing.iter().map(|&name| name.to_owned()).collect();
        Self::new(Finding::Partial { missing, fatal: false, message: String::new(), remedy: String::new() })
    }

    /// Some of it is there, and the SDK stops.
    pub(super) fn partial_fatal(missing: &[&str], message: String, remedy: String) -> Self {
        let missing = missing.iter().map(|&name| name.to_owned()).collect();
        Self::new(Finding::Partial { missing, fatal: true, message, remedy })
    }

    /// It is there and cannot work, and the SDK goes on to the next source.
    pub(super) fn broken(why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Finding::Broken { why: why.into(), remedy: remedy.into(), fatal: false })
    }

    /// It is there and cannot work, and the SDK stops.
    pub(super) fn fatal(why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Finding::Broken { why: why.into(), remedy: remedy.into(), fatal: true })
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self::new(Finding::Skipped(why.into()))
    }

    /// Where its settings stand.
    pub(super) fn at(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.places.extend(places);
        self
    }

    /// One line for people; no secret.
    pub(super) fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The SDK asks the next source where this one fails.
    pub(super) fn going_on(mut self) -> Self {
        self.goes_on = true;
        self
    }

    /// It could give credentials, but is not asked for them.
    pub(super) fn spared(mut self) -> Self {
        self.spare = true;
        self
    }

    fn new(finding: Finding) -> Self {
        Self { finding, places: Vec::new(), detail: None, goes_on: false, spare: false }
    }
}

impl Chain {
    /// The search ends before any source is looked at; all that follow are skipped.
    pub(super) fn stop(&mut self, message: impl Into<String>, remedy: impl Into<String>) {
        let error = Outcome::Error { step: None, message: message.into(), remedy: remedy.into() };
        self.outcome.get_or_insert(error);
    }

    /// The next source in order.
    pub(super) fn look(&mut self, source: Source, look: Look) {
        let index = self.steps.len();
        if self.outcome.is_some() && !look.spare && look.finding.is_fatal() {
            // Whoever is asked before it is the last: what the SDK would go on to is an error.
            let last = self.steps.iter_mut().rfind(|step| step.provider.is_some());
            last.into_iter().for_each(|step| step.goes_on = false);
        }
        let (state, provider) = match &self.outcome {
            None => self.first(index, look.finding),
            Some(Outcome::Resolved(winner)) => behind(*winner, look.finding),
            Some(Outcome::Error { step, .. }) => (stopped(*step), None),
            Some(Outcome::None) => unreachable!("only `finish` says that there are none"),
        };
        let Look { places, detail, goes_on, spare, .. } = look;
        let provider = provider.filter(|_| !spare);
        self.steps.push(Step { source, state, places, detail, provider, goes_on });
    }

    /// Whether nobody won and nothing ended the search so far.
    pub(super) fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// All sources were looked at.
    pub(super) fn finish(self) -> (Vec<Step>, Outcome) {
        (self.steps, self.outcome.unwrap_or(Outcome::None))
    }

    /// Fills in what the chain knows of a plan.
    pub(super) fn into_plan(self, plan: Plan) -> Plan {
        let (steps, outcome) = self.finish();
        Plan { steps, outcome, ..plan }
    }

    /// Nobody won yet.
    fn first(&mut self, index: usize, finding: Finding) -> (State, Option<Provider>) {
        match finding {
            Finding::NotSet => (State::NotSet, None),
            Finding::Skipped(why) => (State::Skipped { why }, None),
            Finding::Ready(provider) => {
                self.outcome = Some(Outcome::Resolved(index));
                let sure = matches!(provider, Provider::Static(_));
                (if sure { State::Won } else { State::WouldWin }, Some(provider))
            }
            Finding::Partial { missing, fatal, message, remedy } => {
                if fatal {
                    self.outcome = Some(Outcome::Error { step: Some(index), message, remedy });
                }
                (State::Partial { missing, fatal }, None)
            }
            Finding::Broken { why, remedy, fatal } => {
                if fatal {
                    let (message, remedy) = (why.clone(), remedy.clone());
                    self.outcome = Some(Outcome::Error { step: Some(index), message, remedy });
                }
                (State::Broken { why, remedy, fatal }, None)
            }
        }
    }
}

/// Somebody won already: nothing here is fatal any more.
fn behind(winner: usize, finding: Finding) -> (State, Option<Provider>) {
    match finding {
        Finding::NotSet => (State::NotSet, None),
        Finding::Skipped(why) => (State::Skipped { why }, None),
        Finding::Ready(provider) => (State::ShadowedBy(winner), Some(provider)),
        Finding::Partial { missing, .. } => (State::Partial { missing, fatal: false }, None),
        Finding::Broken { why, remedy, .. } => (State::Broken { why, remedy, fatal: false }, None),
    }
}

fn stopped(step: Option<usize>) -> State {
    let why = match step {
        Some(step) => format!("the search ends with the error of step {}", step + 1),
        None => "the search ends with an error before any source is looked at".to_owned(),
    };
    State::Skipped { why }
}

//! The time line: what begins and ends when, by the clock of whoever plays it.

use std::fmt;
use std::time::Duration;

use toml_source::Span;

use crate::chance::jitter;
use crate::{Action, CredentialTimes, Scenario};

/// A scenario laid out in time. Times are as they pass for the player, compression and chance applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub scenario: Scenario,
    /// How many seconds of the scenario's time pass in one.
    pub compress: u32,
    pub refresh_window: Duration,
    /// In order; what ends comes before what begins at the same moment.
    pub steps: Vec<Step>,
    /// When it is over.
    pub duration: Duration,
}

/// Something that begins, ends, or happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Since the beginning.
    pub at: Duration,
    /// When what begins here is over.
    pub until: Duration,
    /// Which event of the scenario.
    pub event: usize,
    /// Which repetition of it, from 0.
    pub repetition: usize,
    pub kind: StepKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    Ends,
    Begins,
    /// Begins and is over.
    Happens,
}

/// What may be said anew of a scenario that is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// In place of the file's.
    pub compress: Option<u32>,
    pub refresh_window: Option<Duration>,
}

/// A scenario without a time line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("time: with its repetitions the scenario has more than {max} steps; make every longer", max = Scenario::MAX_EVENTS)]
    TooMany { event: usize },
    #[error(
        "credentials: {name} becomes {span:?} when compressed, and a second is the smallest step of the times in \
         documents; compress less"
    )]
    TooFast { name: &'static str, span: Duration },
}

impl Settings {
    /// A day in less than a second.
    pub const MOST_COMPRESSED: u32 = 100_000;
}

impl PlanError {
    /// Where in the file it shows, as a path of keys.
    pub fn key(&self) -> String {
        match self {
            Self::TooMany { event } => format!("at[{event}].time"),
            Self::TooFast { name, .. } => format!("credentials.{name}"),
        }
    }
}

impl Plan {
    pub fn of(scenario: &Scenario, settings: Settings) -> Result<Self, PlanError> {
        let compress = settings.compress.unwrap_or(scenario.compress).max(1);
        scenario.credentials.check(compress)?;
        let mut steps = Vec::new();
        for (event, _) in scenario.events.iter().enumerate() {
            for (repetition, (begin, end)) in scenario.occurrences(event).enumerate() {
                if steps.len() >= Scenario::MAX_EVENTS {
                    return Err(PlanError::TooMany { event });
                }
                let until = end.unwrap_or(scenario.duration) / compress;
                let step = |at: Duration, kind| Step { at: at / compress, until, event, repetition, kind };
                if scenario.events[event].action.is_instant() {
                    steps.push(Step { until: begin / compress, ..step(begin, StepKind::Happens) });
                } else {
                    steps.push(step(begin, StepKind::Begins));
                }
                steps.extend(end.map(|end| step(end, StepKind::Ends)));
            }
        }
        steps.sort_by_key(|step| (step.at, step.kind != StepKind::Ends, step.event, step.repetition));
        Ok(Self {
            compress,
            refresh_window: settings.refresh_window.unwrap_or(scenario.credentials.refresh_window),
            steps,
            duration: scenario.duration / compress,
            scenario: scenario.clone(),
        })
    }

    /// The moments at which something changes, each once; the end is not among them.
    pub fn moments(&self) -> Vec<Duration> {
        let mut moments = vec![Duration::ZERO];
        moments.extend(self.steps.iter().map(|step| step.at));
        moments.dedup();
        moments
    }

    pub fn action(&self, step: &Step) -> &Action {
        &self.scenario.events[step.event].action
    }

    /// A step in words.
    pub fn told(&self, step: &Step) -> String {
        match step.kind {
            StepKind::Ends => format!("over: {}", self.action(step)),
            StepKind::Begins | StepKind::Happens => self.action(step).to_string(),
        }
    }

    /// How sets are issued, in words.
    fn sets(&self) -> String {
        let times = &self.scenario.credentials;
        let spelled = |span: Option<Duration>| span.map(|span| Span(span / self.compress).to_string());
        let mut text = match (spelled(times.interval), spelled(times.lifetime)) {
            (None, None) => return String::new(),
            (Some(interval), None) => format!("a new set every {interval}"),
            (None, Some(lifetime)) => format!("sets that live {lifetime}"),
            (Some(interval), Some(lifetime)) => format!("a new set every {interval} that lives {lifetime}"),
        };
        if !self.refresh_window.is_zero() {
            text.push_str(&format!(" and {} for the client to refresh in", Span(self.refresh_window)));
        }
        text
    }
}

impl Scenario {
    /// When an event begins and ends, each time, on the scenario's time line. An end at the scenario's end is none.
    fn occurrences(&self, event: usize) -> impl Iterator<Item = (Duration, Option<Duration>)> {
        let it = &self.events[event];
        let (seed, duration) = (self.seed, self.duration);
        let count = match it.every {
            Some(every) => (duration - it.time).as_millis().div_ceil(every.as_millis().max(1)),
            None => 1,
        };
        (0..usize::try_from(count).unwrap_or(usize::MAX)).map_while(move |repetition| {
            let number = u32::try_from(repetition).ok()?;
            let begin = it.time + it.every.unwrap_or_default().checked_mul(number)?;
            let begin = begin + jitter(seed, event, repetition, it.jitter);
            let end = it.lasting.map(|lasting| begin + lasting).filter(|end| *end < duration);
            (begin < duration).then_some((begin, end))
        })
    }
}

impl CredentialTimes {
    fn check(&self, compress: u32) -> Result<(), PlanError> {
        for (name, span) in [("interval", self.interval), ("lifetime", self.lifetime)] {
            if let Some(span) = span.map(|span| span / compress).filter(|span| *span < SMALLEST_SPAN) {
                return Err(PlanError::TooFast { name, span });
            }
        }
        Ok(())
    }
}

/// The time line as `scenario show` prints it.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.scenario.name, self.scenario.question)?;
        let compressed = match self.compress {
            1 => String::new(),
            by => format!(", {by} times as fast as its time line"),
        };
        writeln!(f, "takes {}{compressed}, seed {}", Span(self.duration), self.scenario.seed)?;
        writeln!(f, "{:>10}  starts{}", "0s", prefixed("; ", &self.sets()))?;
        for step in &self.steps {
            writeln!(f, "{:>10}  {}", Span(step.at).to_string(), self.told(step))?;
        }
        writeln!(f, "{:>10}  everything as it was", Span(self.duration).to_string())
    }
}

fn prefixed(prefix: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{prefix}{text}") }
}

const SMALLEST_SPAN: Duration = Duration::from_secs(1);

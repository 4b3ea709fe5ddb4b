//! Bad days of a credential system, on purpose.
//!
//! A file becomes a [`Scenario`], a scenario a printable [`Plan`], a plan what is [`InForce`] at each moment. Whoever plays
//! it does that and nothing else, and what a client did meanwhile becomes a [`grade::Report`].
//!
//! Rule: all of this is data in, data out. Times are spans since the scenario began; nobody here knows what time it is.
//!
//! ```
//! use std::path::Path;
//! use std::time::Duration;
//! use scenario::{Plan, Scenario, Settings, shipped};
//!
//! let file = shipped("spot-interruption").expect("it comes with the program");
//! let scenario = Scenario::parse(Path::new("spot.toml"), file.text.as_bytes())?;
//! let plan = Plan::of(&scenario, Settings { compress: Some(60), ..Settings::default() })?;
//! assert!(!plan.moments().is_empty());
//! // What is in force ten seconds in, which are ten minutes of the scenario's own time.
//! let _in_force = plan.in_force(Duration::from_secs(10));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod grade;

mod action;
mod chance;
mod force;
mod offset;
mod plan;
mod raw;
mod shipped;

use std::path::Path;
use std::time::Duration;

use toml_source::Fault;

pub use action::{
    Action, Effect, OptionsChange, RequestFault, ResetMoment, RoleRemoval, ServiceVersion, Target,
};
pub use force::{CredentialsInForce, Expired, InForce, RoleInForce, Scheduled};
pub use offset::{Offset, OffsetError};
pub use plan::{Plan, PlanError, Settings, Step, StepKind};
pub use shipped::{SHIPPED, Shipped, shipped};

use grade::Measure;

/// A scenario as its file tells it, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    /// What it answers.
    pub question: String,
    /// Which figure of the report is the answer.
    pub measure: Measure,
    /// What chance follows from.
    pub seed: u64,
    /// How long the time line is.
    pub duration: Duration,
    /// How many seconds of the time line pass in one.
    pub compress: u32,
    pub credentials: CredentialTimes,
    /// In the order of the file.
    pub events: Vec<Event>,
}

/// How credentials are issued when the scenario begins; times of the time line but for the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CredentialTimes {
    /// Between two sets; `None` is the server's own.
    pub interval: Option<Duration>,
    /// Of a set, from its issue; `None` is the server's own.
    pub lifetime: Option<Duration>,
    /// How long before a set's end the client refreshes: it is added to each lifetime, and never compressed, since
    /// clients count it by their own clocks.
    pub refresh_window: Duration,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, on the time line.
    pub time: Duration,
    /// Up to so much later, as the seed has it.
    pub jitter: Duration,
    /// Again and again at this distance.
    pub every: Option<Duration>,
    /// For how long; `None` is to the end, or nothing that lasts.
    pub lasting: Option<Duration>,
    pub action: Action,
}

impl Scenario {
    /// Files larger than this are refused.
    pub const MAX_FILE: usize = 1024 * 1024;
    /// A file with more events is refused; so is a plan with more, once repetitions are counted.
    pub const MAX_EVENTS: usize = 10_000;

    /// The scenario in the bytes of a file with this name.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Fault> {
        raw::scenario(path, bytes)
    }
}

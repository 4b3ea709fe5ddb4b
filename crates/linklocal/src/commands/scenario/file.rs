//! The file that a scenario is in, or the scenario of that name.

use std::path::{Path, PathBuf};

use scenario::{Plan, SHIPPED, Scenario, Settings, shipped};
use toml_source::Fault;

use crate::arguments::Pace;
use crate::failure::Failure;

/// A scenario as it is written.
#[derive(Clone, Debug)]
pub(in crate::commands) struct ScenarioText {
    /// As errors name it.
    pub(in crate::commands) path: PathBuf,
    pub(in crate::commands) text: String,
}

impl ScenarioText {
    /// A scenario that comes with linklocal, else a file. A path with a slash or an ending is always a file.
    pub(in crate::commands) fn read(named: &str) -> Result<Self, Failure> {
        if let Some(shipped) = shipped(named) {
            return Ok(Self { path: PathBuf::from(named), text: shipped.text.to_owned() });
        }
        let path = Path::new(named);
        if !path.exists() && !named.contains('/') && path.extension().is_none() {
            let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
            return Err(Failure::new(format!("there is no scenario and no file {named:?}"))
                .hint(format!("scenarios: {}", names.join(", "))));
        }
        let text = sys::fs::read_text(path, Scenario::MAX_FILE).map_err(|error| Failure::of(&error))?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// One that can be played as it is written.
    pub(in crate::commands) fn playable(named: &str) -> Result<Self, Failure> {
        let file = Self::read(named)?;
        file.plan(Pace { compress: None, refresh_window: None })?;
        Ok(file)
    }

    pub(super) fn scenario(&self) -> Result<Scenario, Failure> {
        Scenario::parse(&self.path, self.text.as_bytes()).map_err(wrong)
    }

    pub(super) fn plan(&self, pace: Pace) -> Result<Plan, Failure> {
        Plan::of(&self.scenario()?, settings(pace)).map_err(|error| Failure::of(&error))
    }
}

pub(super) fn settings(pace: Pace) -> Settings {
    Settings { compress: pace.compress, refresh_window: pace.refresh_window.map(|span| span.0) }
}

fn wrong(fault: Fault) -> Failure {
    let failure = Failure::of(&fault);
    match fault.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

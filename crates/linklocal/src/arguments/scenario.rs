//! `linklocal scenario …`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ScenarioCommand {
    /// Play a scenario on the running server
    Run(ScenarioFile),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ScenarioFile {
    /// A file, or the name of a scenario that comes with linklocal
    #[arg(value_name = "FILE|NAME")]
    pub(crate) scenario: String,
}

pub(super) const EXAMPLES: &str = "\
Example:
  $ linklocal scenario run lost-tokens";

//! `linklocal credentials lint`.

use clap::{Args, ValueEnum};

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct LintArguments {
    /// Mend what can be mended without asking; `linklocal configure undo` takes changes of the two files back
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    Text,
    /// As --json
    Json,
    /// SARIF 2.1.0, for code scanners and editors
    Sarif,
}

pub(super) const EXAMPLES: &str = "\
Reads the config and credentials files as each SDK does, and looks at permissions, start-up files of shells and cached \
logins. Shows no value that could be a secret. Leaves with 1 if there are errors. docs/lint.md explains every code.

Example:
  $ linklocal credentials lint
  $ linklocal credentials lint --fix --dry-run
  $ linklocal credentials lint --fix
  $ linklocal credentials lint --format sarif > lint.sarif";

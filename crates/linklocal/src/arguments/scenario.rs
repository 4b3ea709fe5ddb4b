//! `linklocal scenario …`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use linklocal::config::Span;
use scenario::grade::Condition;

#[derive(Debug, Subcommand)]
pub(crate) enum ScenarioCommand {
    /// List the scenarios that come with linklocal
    #[command(after_help = "Example:\n  $ linklocal scenario list")]
    List,
    /// Print a scenario's time line
    #[command(after_help = SHOW)]
    Show(ShowScenarioArguments),
    /// Check a scenario file
    #[command(after_help = "Example:\n  $ linklocal scenario check outage.toml")]
    Check(CheckScenarioArguments),
    /// Play a scenario on the running server
    #[command(after_help = RUN)]
    Run(RunScenarioArguments),
    /// End the scenario that is being played, and put everything back
    #[command(after_help = "Example:\n  $ linklocal scenario stop")]
    Stop,
    /// Show the scenario that is being played, or was played last
    #[command(after_help = "Example:\n  $ linklocal scenario status --json")]
    Status,
    /// Run a program through a scenario and report what it did
    #[command(after_help = GRADE)]
    Grade(GradeArguments),
}

/// What may be said anew of a scenario.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Pace {
    /// Let so many seconds of the time line pass in one, in place of what the file says
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) compress: Option<u32>,
    /// How long before the end of a set the client refreshes; each set lives so much longer
    #[arg(long, value_name = "SPAN")]
    pub(crate) refresh_window: Option<Span>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ShowScenarioArguments {
    /// A file, or the name of a scenario that comes with linklocal
    #[arg(value_name = "FILE|NAME")]
    pub(crate) scenario: String,
    #[command(flatten)]
    pub(crate) pace: Pace,
    /// Print the file itself, to begin one's own with
    #[arg(long)]
    pub(crate) source: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CheckScenarioArguments {
    /// Scenario file; may be repeated
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunScenarioArguments {
    /// A file, or the name of a scenario that comes with linklocal
    #[arg(value_name = "FILE|NAME")]
    pub(crate) scenario: String,
    /// The instance that it befalls [default: all of them]
    #[arg(long, visible_alias = "instance-id", value_name = "ID")]
    pub(crate) instance: Option<String>,
    #[command(flatten)]
    pub(crate) pace: Pace,
    /// Return at once and let it play; `linklocal scenario stop` ends it
    #[arg(long)]
    pub(crate) detach: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GradeArguments {
    /// A file, or the name of a scenario that comes with linklocal
    #[arg(value_name = "FILE|NAME")]
    pub(crate) scenario: String,
    #[command(flatten)]
    pub(crate) pace: Pace,
    /// Configuration of the server that CMD meets [default: one believable instance]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The instance that CMD is on; may be left out where there is only one
    #[arg(long, visible_alias = "instance-id", value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// Also write the report to a file, in Markdown
    #[arg(long, value_name = "FILE.md")]
    pub(crate) report: Option<PathBuf>,
    /// Leave with 1 if the report shows it: v1-fallback, gap>SPAN, repeated-tokens>NUMBER, recovery>SPAN, unnoticed,
    /// calls>NUMBER, exit; may be repeated
    #[arg(long, value_name = "CONDITION", value_delimiter = ',')]
    pub(crate) fail_on: Vec<Condition>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

pub(super) const EXAMPLES: &str = "\
A scenario is a file that puts events on a time line: credentials that rotate late or have expired, roles that are revoked, \
tokens that are lost, errors, silence, spot interruptions. Nothing of it is stored: when it is over, everything is as it was.

Example:
  $ linklocal scenario list
  $ linklocal scenario run lost-tokens
  $ linklocal scenario grade late-rotation -- python3 app.py";

const SHOW: &str = "\
Example:
  $ linklocal scenario show late-rotation
  $ linklocal scenario show late-rotation --source > mine.toml";

const RUN: &str = "\
Prints each step as it happens. Ctrl-C ends the scenario and puts everything back.

Example:
  $ linklocal scenario run flaky --instance i-0123456789abcdef0
  $ linklocal scenario run mine.toml --compress 60 --detach";

const GRADE: &str = "\
CMD meets a server of its own, as with `linklocal run`, and is ended with the scenario. The report goes to stdout, what CMD \
says to stderr. SDKs refresh at different distances from the end of a set: 15 minutes in boto3, 10 seconds in Rust. Say so \
with --refresh-window, and a scenario of seconds shows what happens every few hours.

Exit codes: 0 graded, whatever CMD left with; 1 not graded, or a condition of --fail-on is met; 2 wrong usage.

Example:
  $ linklocal scenario grade token-refused -- ./app
  $ linklocal scenario grade late-rotation --refresh-window 15m --fail-on 'gap>20s' -- ./app
  $ linklocal scenario grade lost-tokens --report report.md --fail-on repeated-tokens -- ./app";

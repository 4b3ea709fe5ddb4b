//! `linklocal run`.

use std::ffi::OsString;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArguments {
    /// The instance to be on; may be left out where there is only one
    #[arg(long, visible_alias = "instance-id", value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// Never fall back to environment variables, and let no other link-local address be reached
    #[arg(long)]
    pub(crate) isolate: bool,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

pub(super) const EXAMPLES: &str = "\
Example:
  $ linklocal run -- curl http://169.254.169.254/latest/meta-data/instance-id
  $ linklocal run --isolate -- ./tests.sh";

//! `linklocal audit …`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check the metadata options and profiles of all instances, as AWS Config does
    #[command(after_help = EXAMPLES)]
    Instances(AuditInstancesArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct AuditInstancesArguments {
    /// Leave with 1 where there are findings
    #[arg(long)]
    pub(crate) fail: bool,
}

pub(super) const EXAMPLES: &str = "\
Each finding bears the name of AWS's rule, control or metric where there is one, and the command that cures it.

Example:
  $ linklocal audit instances
  $ linklocal audit instances --json --fail";

//! `linklocal limits`.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct LimitsArguments {
    /// Only limits of this service, such as ec2
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Show also the limits that nobody met
    #[arg(long)]
    pub(crate) all: bool,
    /// Fill all buckets and count anew
    #[arg(long, conflicts_with_all = ["service", "all"])]
    pub(crate) reset: bool,
}

pub(super) const EXAMPLES: &str = "\
Each operation has a bucket of tokens in each region: SIZE is what can be asked at once, PER SECOND what can be asked for long. \
ON AWS is what AWS would have refused, whatever [limits] of linklocal.toml enforces here.

Example:
  $ linklocal limits
  $ linklocal limits --service ec2 --all
  $ linklocal limits --json | jq '.Buckets[] | select(.RefusedOnAws > 0)'
  $ linklocal limits --reset";

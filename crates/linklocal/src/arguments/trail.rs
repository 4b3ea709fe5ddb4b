//! `linklocal trail`.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct TrailArguments {
    /// Go on showing hand-outs as they happen
    #[arg(short, long)]
    pub(crate) follow: bool,
}

pub(super) const EXAMPLES: &str = "\
Example:
  $ linklocal trail --follow";

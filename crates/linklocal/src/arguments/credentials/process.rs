//! `linklocal credentials process`.

use clap::Args;

use super::ChainArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct ProcessArguments {
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
}

pub(super) const EXAMPLES: &str = "\
Prints one JSON object to stdout and nothing else; what goes wrong is on stderr, with exit code 1. In ~/.aws/config:

  [profile app]
  credential_process = linklocal credentials process --profile base

Example:
  $ linklocal credentials process --profile base";

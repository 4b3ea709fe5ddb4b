//! `linklocal credentials process`.

use clap::Args;

use super::{ChainArguments, GuardArguments};
use crate::arguments::VaultArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct ProcessArguments {
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
    /// Hand over the long-term keys that `credentials import` keeps in the vault under this name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["profile", "access_key_id"])]
    pub(crate) vault_key: Option<String>,
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

pub(super) const EXAMPLES: &str = "\
Prints one JSON object to stdout and nothing else; what goes wrong is on stderr, with exit code 1. In ~/.aws/config:

  [profile app]
  credential_process = linklocal credentials process --profile base

Example:
  $ linklocal credentials process --profile base";

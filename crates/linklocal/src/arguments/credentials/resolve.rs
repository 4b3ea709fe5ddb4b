//! `linklocal credentials resolve`.

use clap::Args;

use super::ChainArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct ResolveArguments {
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
}

pub(super) const EXAMPLES: &str = "\
Exit code 1 where there are none; stderr says what was tried.

Example:
  $ linklocal credentials resolve
  $ linklocal credentials resolve --profile dev --json";

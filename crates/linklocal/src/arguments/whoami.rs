//! `linklocal whoami`.

use clap::Args;

use super::credentials::ChainArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct WhoamiArguments {
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    /// Ask STS who that is (GetCallerIdentity), after asking whoever must be asked for the credentials
    #[arg(long)]
    pub(crate) probe: bool,
}

pub(super) const EXAMPLES: &str = "\
Asks nobody without --probe: the account is encoded in the key id, or stands in the profile.

Example:
  $ linklocal whoami
  $ linklocal whoami --profile dev --probe";

//! What is expected of credentials before anything starts with them.

use clap::Args;
use types::AccountId;

/// Beside these, `.linklocal.toml` of the directory is held to.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Guard")]
pub(crate) struct GuardArguments {
    /// Go on with credentials of this account alone; may be repeated. What a directory's .linklocal.toml allows is held to besides
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) expect_account: Vec<AccountId>,
}

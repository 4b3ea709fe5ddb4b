//! `linklocal credentials exec`.

use std::ffi::OsString;

use clap::Args;
use linklocal::config::Span;

use super::ChainArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct ExecArguments {
    /// Start nothing with credentials that end sooner than this, such as 15m or 0s
    #[arg(long, value_name = "SPAN", default_value = "5m")]
    pub(crate) min_ttl: Span,
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

pub(super) const EXAMPLES: &str = "\
CMD takes the place of this process, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, \
AWS_CREDENTIAL_EXPIRATION, AWS_REGION and AWS_DEFAULT_REGION in its environment and without what would name other \
credentials.

Exit codes: CMD's own; 127 where CMD is not there, 126 where it cannot be executed, as from a shell. What goes wrong \
before CMD starts: 1, or 2 for wrong usage.

Example:
  $ linklocal credentials exec -- aws s3 ls
  $ linklocal credentials exec --profile dev --min-ttl 1h -- terraform apply";

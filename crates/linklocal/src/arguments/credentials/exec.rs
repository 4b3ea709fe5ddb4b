//! `linklocal credentials exec`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};
use linklocal::config::Span;

use super::{ChainArguments, GuardArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct ExecArguments {
    /// Start nothing with credentials that end sooner than this, such as 15m or 0s
    #[arg(long, value_name = "SPAN", default_value = "5m")]
    pub(crate) min_ttl: Span,
    /// Whether CMD gets an endpoint where its SDKs fetch each new set before the last one ends, in place of keys in its
    /// environment
    #[arg(long, value_enum, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_value_t = Refresh::Never,
        default_missing_value = "always")]
    pub(crate) refresh: Refresh,
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// When credentials are served in place of being set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Refresh {
    /// Where they end and their source can give others
    Auto,
    /// Also where they do not end
    Always,
    /// Keys in the environment, which nobody renews
    Never,
}

pub(super) const EXAMPLES: &str = "\
CMD takes the place of this process, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, \
AWS_CREDENTIAL_EXPIRATION, AWS_REGION and AWS_DEFAULT_REGION in its environment and without what would name other \
credentials.

With --refresh the session never dies while CMD runs: AWS_CONTAINER_CREDENTIALS_FULL_URI and \
AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE lead the SDKs to an endpoint that lives as long as CMD does. A program that knows \
keys in its environment alone cannot use it.

Exit codes: CMD's own; 127 where CMD is not there, 126 where it cannot be executed, as from a shell. What goes wrong \
before CMD starts: 1, or 2 for wrong usage.

Example:
  $ linklocal credentials exec -- aws s3 ls
  $ linklocal credentials exec --profile dev --min-ttl 1h -- terraform apply
  $ linklocal credentials exec --profile dev --refresh -- ./migrate-for-hours.sh";

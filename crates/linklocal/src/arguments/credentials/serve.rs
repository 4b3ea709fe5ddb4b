//! `linklocal credentials serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use linklocal::config::Span;
use types::instance::HopLimit;

use crate::arguments::{EnvFormat, GuardArguments, value};

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) doors: DoorArguments,
    #[command(flatten)]
    pub(crate) identity: IdentityArguments,
    #[command(flatten)]
    pub(crate) audience: AudienceArguments,
    /// Spelling of the variables [default: sh, or json with --json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<EnvFormat>,
    /// Write the variables to this file once programs can be served; it is removed at the end
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Also print the commands that give containers of Docker these credentials
    #[arg(long)]
    pub(crate) docker: bool,
    /// Also serve /health and /metrics to anyone who reaches this address; port 0 takes any free port
    #[arg(long, value_name = "ADDR", value_parser = value::address)]
    pub(crate) metrics: Option<SocketAddr>,
    /// Show the servers of this user that run, whose credentials they have and how they stand; serves nothing
    #[arg(long, conflicts_with_all = ["imds", "container", "profile", "role", "while_run"])]
    pub(crate) status: bool,
    /// Serve what sessions of `linklocal run` in this directory hand over, and leave with the last of them
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) while_run: Option<PathBuf>,
}

/// Where programs find the credentials.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Endpoints")]
pub(crate) struct DoorArguments {
    /// Serve as the metadata service of an instance, here; may be repeated [default of ADDR: any free port of loopback]
    #[arg(long, value_name = "ADDR", value_parser = value::address, num_args = 0..=1, default_missing_value = FREE)]
    pub(crate) imds: Vec<SocketAddr>,
    /// Serve as a container's credential endpoint, here, to whoever shows the token; may be repeated; goes without saying
    /// where there is no --imds [default of ADDR: any free port of loopback]
    #[arg(long, value_name = "ADDR", value_parser = value::address, num_args = 0..=1, default_missing_value = FREE)]
    pub(crate) container: Vec<SocketAddr>,
    /// Whether the metadata service answers version 2 alone
    #[arg(long, value_enum, default_value_t = HttpTokens::Required, value_name = "STATE")]
    pub(crate) http_tokens: HttpTokens,
    /// How many network hops the reply with a session token survives, 1 to 64
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) http_put_response_hop_limit: HopLimit,
    /// File for the token of the container endpoint; one that is there is gone on with, and it stays [default: a file of
    /// this server's in the data directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// How long a token is handed out before the next takes its place in the file; it is good five minutes longer; 0s keeps
    /// one
    #[arg(long, value_name = "SPAN", default_value = "1h")]
    pub(crate) rotate_token: Span,
}

/// Whose credentials.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct IdentityArguments {
    /// Profile of ~/.aws [default: as the AWS CLI finds credentials]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Region [default: the profile's]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Role to assume with the profile's credentials
    #[arg(long, value_name = "ARN", visible_alias = "role-arn")]
    pub(crate) role: Option<String>,
    /// Name of the role's session [default: linklocal-TIME]
    #[arg(long, value_name = "NAME", requires = "role")]
    pub(crate) role_session_name: Option<String>,
    /// External id that the role asks for
    #[arg(long, value_name = "ID", requires = "role")]
    pub(crate) external_id: Option<String>,
    /// MFA device whose code the role asks for
    #[arg(long, value_name = "ARN", requires = "role")]
    pub(crate) serial_number: Option<String>,
    /// Length of each session of --role, or of the sessions that are served in place of long-term keys
    #[arg(long, value_name = "N")]
    pub(crate) duration_seconds: Option<u32>,
    /// Hand out a user's long-term keys themselves, and no session in their place
    #[arg(long)]
    pub(crate) no_session: bool,
    /// Hand out no set of which less than this is left
    #[arg(long, value_name = "SPAN", default_value = "1m")]
    pub(crate) min_ttl: Span,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
}

/// Who is served.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Who is served")]
pub(crate) struct AudienceArguments {
    /// Also serve processes of this user of this machine, by number as `id -u` prints it; may be repeated [default: this
    /// user's alone, and not root's]
    #[arg(long, value_name = "UID")]
    pub(crate) allow_user: Vec<u32>,
    /// Also serve clients elsewhere: containers with a network of their own, guests, other machines
    #[arg(long)]
    pub(crate) allow_remote: bool,
}

/// The values of `--http-tokens`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HttpTokens {
    /// Versions 1 and 2
    Optional,
    /// Version 2
    Required,
}

impl From<HttpTokens> for types::instance::Tokens {
    fn from(tokens: HttpTokens) -> Self {
        match tokens {
            HttpTokens::Optional => Self::Optional,
            HttpTokens::Required => Self::Required,
        }
    }
}

const FREE: &str = "127.0.0.1:0";

pub(super) const EXAMPLES: &str = "\
Programs are given credentials from memory; a quarter of a set's life before its end, fifteen minutes at most, the next is \
fetched. Where that fails the old set is served on, and the attempt repeated. Codes of MFA devices are asked for at the \
terminal, at the start and when a session is renewed; programs do not wait for that.

Only processes of this user are served, and no request that a web page caused or a proxy passed on. Each hand-out is told in \
`linklocal trail`. In place of a user's long-term keys a session is served (GetSessionToken), which without MFA may not call \
IAM; --no-session serves the keys.

SIGHUP fetches a new set at once; SIGTERM and SIGINT finish what is under way and leave within five seconds.

Example:
  $ linklocal credentials serve --profile dev
  $ linklocal credentials serve --profile dev --container 127.0.0.1:1339 --ready-file ~/.aws/serve.env &
  $ linklocal credentials serve --imds 127.0.0.1:1338 --role arn:aws:iam::111122223333:role/deploy
  $ linklocal credentials serve --container 169.254.170.2:1339 --allow-remote --docker   # docs/serving.md
  $ linklocal credentials serve --status";

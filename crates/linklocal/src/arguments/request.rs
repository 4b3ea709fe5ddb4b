//! `linklocal request`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use client::retry;

use super::GuardArguments;
use super::signing::KeyArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct RequestArguments {
    /// METHOD URL, or URL alone; service:Action of a service that has actions, METHOD service:/path of one that has paths, or
    /// METHOD s3://bucket/key
    #[arg(value_name = "METHOD URL|service:Action", required = true, num_args = 1..=2)]
    pub(crate) words: Vec<String>,
    /// Parameter of an action, such as RoleName=web, or with := in JSON, such as Limit:=10; may be repeated
    #[arg(short, long = "parameter", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub(crate) parameter: Vec<String>,
    #[command(flatten)]
    pub(crate) message: MessageArguments,
    #[command(flatten)]
    pub(crate) answer: AnswerArguments,
    #[command(flatten)]
    pub(crate) retry: RetryArguments,
    #[command(flatten)]
    pub(crate) burst: BurstArguments,
    #[command(flatten)]
    pub(crate) network: NetworkArguments,
    #[command(flatten)]
    pub(crate) signing: RequestSigningArguments,
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
}

/// What is sent.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct MessageArguments {
    /// The method, as curl has it; the same as METHOD before the URL
    #[arg(short = 'X', long, alias = "request", value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A header to add; may be repeated, also with the same name
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Body: TEXT, @FILE, or @- for stdin, byte for byte; the method becomes POST
    #[arg(short = 'd', long, value_name = "TEXT|@FILE|@-", allow_hyphen_values = true, conflicts_with_all = ["data_raw", "upload_file"])]
    pub(crate) data_binary: Option<String>,
    /// Body, as it stands, @ too; the method becomes POST
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "upload_file")]
    pub(crate) data_raw: Option<String>,
    /// File to upload, or - for stdin; the method becomes PUT
    #[arg(short = 'T', long, value_name = "FILE|-")]
    pub(crate) upload_file: Option<PathBuf>,
    /// Content-Type of the body
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Put the text of -d into the query, as it stands; the method stays GET
    #[arg(short = 'G', long)]
    pub(crate) get: bool,
    /// Parameter to add to the query, which is encoded as AWS wants it; may be repeated
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub(crate) url_query: Vec<String>,
}

/// What becomes of the answer.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Answer")]
pub(crate) struct AnswerArguments {
    /// File for the body, which appears there once it is whole; - for stdout, whatever it is
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: Option<PathBuf>,
    /// Print status line and headers before the body
    #[arg(short, long)]
    pub(crate) include: bool,
    /// Leave with 1 where the status is 400 or more, without its body
    #[arg(short, long)]
    pub(crate) fail: bool,
    /// Follow redirects, up to 10 of them; a signed request never follows any
    #[arg(short = 'L', long, requires = "unsigned")]
    pub(crate) location: bool,
    /// Neither progress nor notes on stderr, only errors
    #[arg(short, long)]
    pub(crate) silent: bool,
    /// Print the signed request without sending it; the signature and the session token are taken out
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What happens when an attempt fails.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Retry")]
pub(crate) struct RetryArguments {
    /// How attempts follow each other [default: $AWS_RETRY_MODE, the profile's retry_mode, exponential]
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) retry_mode: Option<RetryMode>,
    /// Attempts, the first included [default: $AWS_MAX_ATTEMPTS, the profile's max_attempts, the mode's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) max_attempts: Option<u32>,
    /// How waits are drawn [default: none in exponential, full in all others]
    #[arg(long, value_enum, value_name = "JITTER")]
    pub(crate) jitter: Option<Jitter>,
    /// Draw the attempts on a time line: on stderr, or into a file that ends in .svg or .txt
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[allow(clippy::option_option, reason = "absent, without a file, with one")]
    pub(crate) retry_report: Option<Option<PathBuf>>,
}

/// How often.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Many requests")]
pub(crate) struct BurstArguments {
    /// Send this many requests and print a summary in place of the answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) count: Option<u32>,
    /// Requests a second, begun on time whether or not earlier ones are answered [default: each after the one before]
    #[arg(long, value_name = "R", requires = "count", value_parser = rate)]
    pub(crate) rate: Option<f64>,
    /// The most requests under way at once [default: 1; with --rate 1000]
    #[arg(long, value_name = "N", requires = "count", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) parallel: Option<u32>,
}

/// How the endpoint is reached.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct NetworkArguments {
    /// Endpoint of service:Action, service:/path and s3:// [default: $AWS_ENDPOINT_URL_…, $AWS_ENDPOINT_URL, the profile's, that
    /// of the region]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Seconds to look the host up, to connect, and to negotiate TLS [default: 10 each]
    #[arg(long, alias = "cli-connect-timeout", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) connect_timeout: Option<Duration>,
    /// Seconds without a byte of the answer [default: 60]
    #[arg(long, alias = "cli-read-timeout", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) read_timeout: Option<Duration>,
    /// Seconds for one attempt, its body included [default: none]
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) max_time: Option<Duration>,
    /// Speak HTTP/1.1 where the server would speak HTTP/2, too
    #[arg(long = "http1.1")]
    pub(crate) http1: bool,
    /// Proxy for this request [default: $HTTPS_PROXY, $HTTP_PROXY, $ALL_PROXY, but for the hosts of $NO_PROXY]
    #[arg(short = 'x', long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// File of certificates to trust in place of the system's [default: $AWS_CA_BUNDLE, the profile's ca_bundle]
    #[arg(long, visible_alias = "cacert", value_name = "FILE")]
    pub(crate) ca_bundle: Option<String>,
}

/// What the signature is for.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Signature")]
pub(crate) struct RequestSigningArguments {
    /// Signing name of the service, such as s3 or execute-api [default: what the host says]
    #[arg(long, value_name = "NAME", conflicts_with = "unsigned")]
    pub(crate) service: Option<String>,
    /// Region [default: what the host says, else $AWS_REGION, $AWS_DEFAULT_REGION, the profile's, us-east-1]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Send no signature, and look for no credentials
    #[arg(long, visible_alias = "no-sign-request", conflicts_with_all = ["access_key_id", "secret_access_key", "session_token"])]
    pub(crate) unsigned: bool,
    /// Sign UNSIGNED-PAYLOAD in place of the hash of the body, as S3 takes it over TLS
    #[arg(long, conflicts_with = "unsigned")]
    pub(crate) unsigned_payload: bool,
}

/// Retry modes as variables and profiles name them, and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RetryMode {
    /// 6 attempts, waits of 1, 2, 4, 8 and 16 s
    Exponential,
    /// As the SDKs: 3 attempts, waits by lot, a quota of retries
    Standard,
    /// As the SDKs with AWS_NEW_RETRIES_2026
    #[value(name = "standard-2.1")]
    Standard21,
    /// Standard, and a limit on the rate once the service throttles
    Adaptive,
    /// The same over standard-2.1
    #[value(name = "adaptive-2.1")]
    Adaptive21,
    /// As botocore was used to: 5 attempts
    Legacy,
    /// One attempt
    Off,
}

/// How waits are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Jitter {
    /// To the letter
    None,
    /// Anything from nothing to the whole wait
    Full,
}

impl From<RetryMode> for retry::Mode {
    fn from(mode: RetryMode) -> Self {
        match mode {
            RetryMode::Exponential => Self::Exponential,
            RetryMode::Standard => Self::Standard,
            RetryMode::Standard21 => Self::Standard21,
            RetryMode::Adaptive => Self::Adaptive,
            RetryMode::Adaptive21 => Self::Adaptive21,
            RetryMode::Legacy => Self::Legacy,
            RetryMode::Off => Self::Off,
        }
    }
}

impl From<Jitter> for retry::Jitter {
    fn from(jitter: Jitter) -> Self {
        match jitter {
            Jitter::None => Self::None,
            Jitter::Full => Self::Full,
        }
    }
}

/// Seconds with a fraction, from a thousandth to a day.
fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no number of seconds from 0.001 to 86400");
    let number: f64 = text.parse().map_err(|_| wrong())?;
    match (0.001..=86_400.0).contains(&number) {
        true => Ok(Duration::from_secs_f64(number)),
        false => Err(wrong()),
    }
}

/// Requests a second.
fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|rate| (0.001..=100_000.0).contains(rate));
    number.ok_or_else(|| format!("{text:?} is no number from 0.001 to 100000"))
}

pub(super) const EXAMPLES: &str = "\
Signs with the credentials that the AWS CLI would take, sends, tries again where that helps and nowhere else, and prints the \
answer. Service and region are those of the host. Where AWS refuses a signature, the reason is looked for and said.

Example:
  $ linklocal request sts:GetCallerIdentity
  $ linklocal request iam:GetRole -p RoleName=web
  $ linklocal request dynamodb:Query -d @query.json
  $ linklocal request GET 'https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
  $ linklocal request GET lambda:/2015-03-31/functions --region eu-west-1
  $ linklocal request GET s3://bucket/backup.tar -o backup.tar
  $ linklocal request PUT s3://bucket/backup.tar -T backup.tar
  $ linklocal request --dry-run sqs:ListQueues
  $ linklocal request ec2:DescribeRegions --count 200 --rate 50 --retry-mode adaptive --retry-report

Exit codes: 0 an answer came; 1 none came, an action or a signature was refused, or a request failed with --fail, -o or \
--count; 2 wrong usage.";

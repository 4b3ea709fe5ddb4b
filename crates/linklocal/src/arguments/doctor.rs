//! `linklocal doctor`.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Attack an account's endpoints (STS, IAM, S3) instead, and fail if anything passes
    #[arg(long)]
    pub(crate) account: bool,
    /// Profile of an administrator of that account, whose endpoint_url says where it is [default: linklocal]
    #[arg(long, value_name = "NAME", requires = "account")]
    pub(crate) profile: Option<String>,
    /// Attack an endpoint that is not on this machine: users and roles are made there, and removed
    #[arg(long, requires = "account")]
    pub(crate) not_local: bool,
    /// Service to check; with --account, the account's URL [default: $AWS_EC2_METADATA_SERVICE_ENDPOINT, else the running server, else
    /// http://169.254.169.254]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Only this check, or this group of checks; may be repeated
    #[arg(long, value_name = "ID|GROUP")]
    pub(crate) only: Vec<String>,
    /// All but this check, or this group of checks; may be repeated
    #[arg(long, value_name = "ID|GROUP")]
    pub(crate) except: Vec<String>,
    /// Also write the result as a JUnit report, as CI systems read it
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// List the checks and ask nobody
    #[arg(long, conflicts_with_all = ["endpoint", "junit"])]
    pub(crate) list: bool,
}

pub(super) const EXAMPLES: &str = "\
Reads only: GET, HEAD, OPTIONS, requests for tokens, and methods that EC2 refuses. Prints no token and no secret. A check \
that does not apply is skipped with the reason; advice warns and never fails. Exit code 1 where a check failed.

Example:
  $ linklocal doctor
  $ linklocal doctor --endpoint http://169.254.169.254 --json
  $ linklocal doctor --only token --except token.length --junit doctor.xml";

//! `linklocal doctor`.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Service to check [default: $AWS_EC2_METADATA_SERVICE_ENDPOINT, else the running server, else
    /// http://169.254.169.254]
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
}

pub(super) const EXAMPLES: &str = "\
Example:
  $ linklocal doctor
  $ linklocal doctor --endpoint http://169.254.169.254 --json";

//! `linklocal quota …`.

use clap::{Args, Subcommand};
use types::Region;

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum QuotaCommand {
    /// List quotas: what they are worth here, and what AWS gives a new account
    List(ListQuotasArguments),
    /// List requests to raise quotas, the newest first
    Requests(QuotaRequestsArguments),
    /// Approve a request: its value is in force at once
    Approve(DecideQuotaArguments),
    /// Deny a request
    Deny(DecideQuotaArguments),
    /// Close the case of a request without changing anything
    Close(DecideQuotaArguments),
    /// Set a quota without a request
    Set(SetQuotaArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ListQuotasArguments {
    /// Only quotas of this service, such as ec2
    #[arg(long = "service-code", visible_alias = "service", value_name = "SERVICE")]
    pub(crate) service_code: Option<String>,
    /// Region [default: that of the account]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<Region>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct QuotaRequestsArguments {
    /// Only those that nobody decided
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DecideQuotaArguments {
    /// Id of the request; as much of its beginning as tells it from others
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// What is kept with the decision
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SetQuotaArguments {
    /// Service and code, such as ec2/L-1216C47A
    #[arg(value_name = "SERVICE/CODE")]
    pub(crate) quota: String,
    /// The new value, higher or lower
    #[arg(value_name = "VALUE", required_unless_present = "default")]
    pub(crate) value: Option<u64>,
    /// Back to the default
    #[arg(long, conflicts_with = "value")]
    pub(crate) default: bool,
    /// Region [default: that of the account]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<Region>,
}

pub(super) const EXAMPLES: &str = "\
Requests come from `aws service-quotas request-service-quota-increase`. What [quotas] of linklocal.toml approves needs nobody.

Example:
  $ linklocal quota list --service ec2
  $ linklocal quota requests --open
  $ linklocal quota approve 4b0d788fc43f455ea4015cd43bab2326855Cy4Lj
  $ linklocal quota deny 4b0d788f --reason 'no capacity in this region'
  $ linklocal quota set ec2/L-1216C47A 64";

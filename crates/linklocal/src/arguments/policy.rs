//! `linklocal policy …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check what policies allow and deny, case by case from files
    #[command(after_help = TEST)]
    Test(TestPolicyArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct TestPolicyArguments {
    /// File with cases, TOML or JSON; may be repeated
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Run only the cases whose names have this text in them, capitals or not
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Show also for what is as expected which statements speak of the action, and what they came to
    #[arg(long)]
    pub(crate) trace: bool,
}

pub(super) const EXAMPLES: &str = "\
Example:
  $ linklocal policy test policies/cases.toml";

const TEST: &str = "\
A file of cases:

  [policy.readers]                      # a policy by name: from a file beside this one,
  file = \"readers.json\"
  [policy.mfa]                          # or as it stands here
  document = '''{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"iam:*\",
    \"Resource\": \"*\", \"Condition\": {\"BoolIfExists\": {\"aws:MultiFactorAuthPresent\": \"false\"}}}}'''

  [defaults]                            # what cases do not say
  principal = \"arn:aws:iam::123456789012:user/alice\"
  identity = [\"readers\", \"mfa\", \"arn:aws:iam::aws:policy/IAMReadOnlyAccess\"]

  [[case]]
  name = \"readers read\"
  action = [\"s3:GetObject\", \"s3:ListBucket\"]
  resource = [\"arn:aws:s3:::reports\", \"arn:aws:s3:::reports/*\"]
  expect = \"allow\"

  [[case]]
  name = \"no IAM without MFA\"
  action = \"iam:GetUser\"
  resource = \"arn:aws:iam::123456789012:user/alice\"
  context = { \"aws:MultiFactorAuthPresent\" = false }
  expect = \"explicit-deny\"

Layers: identity, boundary, session, resource-policy, key-policy, trust, endpoint, service-control and resource-control. \
Expected: allow, deny, explicit-deny or implicit-deny, and with it the layer that denies (layer) and the Sid that \
decides (statement). docs/policy.md has every key.

Exit code 0 where all is as expected, 1 where not: then each miss is shown with the statements that speak of the action, \
by file, line and column.

Example:
  $ linklocal policy test cases.toml
  $ linklocal policy test --only mfa --trace cases.toml
  $ linklocal policy test --json policies/*.toml | jq '.Unmet'";

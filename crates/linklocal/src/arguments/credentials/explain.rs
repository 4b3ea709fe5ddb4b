//! `linklocal credentials explain`.

use std::str::FromStr;

use clap::Args;
use profile::{Sdk, SdkError};

use super::super::Assignment;
use super::ChainArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Whose search: linklocal, cli2, boto3, rust, js, java, go, or all for a table of who picks what here
    #[arg(long = "as", value_name = "SDK", default_value = "linklocal")]
    pub(crate) whose: Whose,
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    /// Ask those who must be asked, too: containers, instance metadata, STS, IAM Identity Center, processes
    #[arg(long)]
    pub(crate) probe: bool,
    /// Pretend that this variable is set; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<Assignment>,
    /// Pretend that this variable is not set; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) unset: Vec<String>,
    /// Say why this source or profile does not win, and what would let it
    #[arg(long, value_name = "SOURCE|PROFILE")]
    pub(crate) why_not: Option<String>,
    /// A system property of a Java program, beside those of JAVA_TOOL_OPTIONS; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) java_property: Vec<Assignment>,
}

/// One SDK, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    One(Sdk),
    All,
}

impl FromStr for Whose {
    type Err = SdkError;

    fn from_str(text: &str) -> Result<Self, SdkError> {
        if text == "all" { Ok(Self::All) } else { text.parse().map(Self::One) }
    }
}

pub(super) const EXAMPLES: &str = "\
Reads variables and files, asks nobody without --probe, and shows no secret. Variables are first unset, then set; nothing of \
it is kept.

Example:
  $ linklocal credentials explain
  $ linklocal credentials explain --as all
  $ linklocal credentials explain --as js --profile dev --json
  $ linklocal credentials explain --unset AWS_ACCESS_KEY_ID --set AWS_PROFILE=dev
  $ linklocal credentials explain --why-not iam-role
  $ linklocal credentials explain --as java --java-property aws.profile=dev";

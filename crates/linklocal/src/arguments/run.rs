//! `linklocal run`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{ContainerAgent, IdentityArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArguments {
    /// The instance to be on; may be left out where there is only one
    #[arg(long, visible_alias = "instance-id", value_name = "ID", conflicts_with_all = ["profile", "role"])]
    pub(crate) instance: Option<String>,
    /// What CMD is to find itself in: a task on AWS Fargate, a pod with EKS Pod Identity, a Lambda function [default: an EC2
    /// instance]
    #[arg(long = "as", value_enum, value_name = "WORKLOAD")]
    pub(crate) workload: Option<Workload>,
    /// With --profile or --role, whose credentials CMD is to have.
    #[command(flatten)]
    pub(crate) identity: IdentityArguments,
    /// Never fall back to environment variables, and let no other link-local address be reached
    #[arg(long)]
    pub(crate) isolate: bool,
    /// Also point SDKs at a container credential endpoint, as in a task or pod on that instance, beside its metadata service
    #[arg(long, value_enum, value_name = "AGENT", conflicts_with = "workload")]
    pub(crate) container: Option<ContainerAgent>,
    /// Hide credentials and metadata settings of this shell and of ~/.aws from CMD, as on a new instance; goes without saying
    /// with --as, --profile and --role
    #[arg(long)]
    pub(crate) clean_env: bool,
    /// Configuration of the server that is started where none runs [default: linklocal.toml in the current directory,
    /// where there is one]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "role"])]
    pub(crate) config: Option<PathBuf>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// What a program may find itself in, beside an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Workload {
    /// A task of Amazon ECS on AWS Fargate: credentials by an id, and the task metadata endpoint
    Ecs,
    /// A pod with EKS Pod Identity: credentials by the token of a service account
    Eks,
    /// A Lambda function: credentials in variables, which nobody renews
    Lambda,
}

impl RunArguments {
    /// Whether CMD is to have credentials of AWS, in place of those that the local account makes.
    pub(crate) fn are_real(&self) -> bool {
        self.identity.profile.is_some() || self.identity.role.is_some()
    }
}

impl Workload {
    /// With its article: `a task`.
    pub(crate) fn a_name(self) -> &'static str {
        match self {
            Self::Ecs => "a task",
            Self::Eks => "a pod",
            Self::Lambda => "a function",
        }
    }

    /// The agent that gives it credentials.
    pub(crate) fn agent(self) -> Option<ContainerAgent> {
        match self {
            Self::Ecs => Some(ContainerAgent::Ecs),
            Self::Eks => Some(ContainerAgent::Eks),
            Self::Lambda => None,
        }
    }
}

pub(super) const EXAMPLES: &str = "\
CMD and all that it starts find the instance metadata service at 169.254.169.254 and fd00:ec2::254, and the container \
credential endpoints at 169.254.170.2, 169.254.170.23 and fd00:ec2::23. Nothing on this machine is changed, and no other \
program sees it. Where no server runs, one is started for the life of CMD.

With --profile or --role the credentials are real ones of AWS, renewed while CMD runs, by a server of this run alone. With \
--as CMD finds what such a task, pod or function finds, and no metadata service. Either hides other credentials from CMD, and \
says which.

Exit codes: CMD's own; 127 where CMD is not there, 126 where it cannot be executed, as from a shell. What goes wrong \
before CMD starts: 1, or 2 for wrong usage.

Example:
  $ linklocal run -- curl http://169.254.169.254/latest/meta-data/instance-id
  $ linklocal run --isolate -- ./tests.sh
  $ linklocal run --profile dev --expect-account 111122223333 -- ./app
  $ linklocal run --as ecs -- python3 app.py
  $ linklocal run --as lambda --profile dev -- node handler.js";

//! `linklocal run`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::ContainerAgent;

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArguments {
    /// The instance to be on; may be left out where there is only one
    #[arg(long, visible_alias = "instance-id", value_name = "ID")]
    pub(crate) instance: Option<String>,
    /// Never fall back to environment variables, and let no other link-local address be reached
    #[arg(long)]
    pub(crate) isolate: bool,
    /// Also point SDKs at a container credential endpoint, as in a task or pod on that instance
    #[arg(long, value_enum, value_name = "AGENT")]
    pub(crate) container: Option<ContainerAgent>,
    /// Hide credentials and metadata settings of this shell and of ~/.aws from CMD, as on a new instance
    #[arg(long)]
    pub(crate) clean_env: bool,
    /// Configuration of the server that is started where none runs [default: linklocal.toml in the current directory,
    /// where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

pub(super) const EXAMPLES: &str = "\
CMD and all that it starts find the instance metadata service at 169.254.169.254 and fd00:ec2::254, and the container \
credential endpoints at 169.254.170.2, 169.254.170.23 and fd00:ec2::23. Nothing on this machine is changed, and no other \
program sees it. Where no server runs, one is started for the life of CMD.

Exit codes: CMD's own; 127 where CMD is not there, 126 where it cannot be executed, as from a shell. What goes wrong \
before CMD starts: 1, or 2 for wrong usage.

Example:
  $ linklocal run -- curl http://169.254.169.254/latest/meta-data/instance-id
  $ linklocal run --isolate -- ./tests.sh
  $ linklocal run --container ecs -- python3 app.py";

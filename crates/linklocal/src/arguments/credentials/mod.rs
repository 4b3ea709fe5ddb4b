//! `linklocal credentials …`.

mod exec;
mod explain;
mod export;
mod import;
mod lint;
mod login;
mod process;
mod resolve;
mod serve;

use clap::{Args, Subcommand};

use super::{GuardArguments, KeyArguments};

pub(crate) use exec::{ExecArguments, Refresh};
pub(crate) use explain::{ExplainArguments, Whose};
pub(crate) use export::{ExportArguments, ExportFormat};
pub(crate) use import::ImportKeysArguments;
pub(crate) use lint::{LintArguments, LintFormat};
pub(crate) use login::LoginArguments;
pub(crate) use process::ProcessArguments;
pub(crate) use resolve::ResolveArguments;
pub(crate) use serve::{AudienceArguments, IdentityArguments, ServeArguments};

#[derive(Debug, Subcommand)]
pub(crate) enum CredentialsCommand {
    /// Show every source of credentials in its order, which one wins, and what would let another win
    #[command(after_help = explain::EXAMPLES)]
    Explain(ExplainArguments),
    /// Find credentials and show whose they are, where they are from and when they end, without their secrets
    #[command(after_help = resolve::EXAMPLES)]
    Resolve(ResolveArguments),
    /// Find credentials and print them for a shell, a file or a program
    #[command(after_help = export::EXAMPLES)]
    Export(ExportArguments),
    /// Hand credentials to an SDK, as `credential_process` of a profile
    #[command(after_help = process::EXAMPLES)]
    Process(ProcessArguments),
    /// Find credentials and run a program with them in its environment
    #[command(after_help = exec::EXAMPLES)]
    Exec(ExecArguments),
    /// Serve credentials to programs, renewed ahead of time: as a metadata service, or as a container's endpoint
    #[command(after_help = serve::EXAMPLES)]
    Serve(Box<ServeArguments>),
    /// Move a user's long-term keys from the plain files into the keyring, or an encrypted file, and back
    #[command(after_help = import::EXAMPLES)]
    Import(ImportKeysArguments),
    /// Find what is wrong with the config and credentials files, and for which SDKs; --fix mends what it can
    #[command(after_help = lint::EXAMPLES)]
    Lint(LintArguments),
    /// Log in to IAM Identity Center, for the AWS CLI and the SDKs too
    #[command(after_help = login::EXAMPLES)]
    Login(LoginArguments),
}

/// Where the search starts.
#[derive(Clone, Debug, Args)]
pub(crate) struct ChainArguments {
    #[command(flatten)]
    pub(crate) keys: KeyArguments,
    /// Region [default: as the AWS CLI finds it, else us-east-1]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

pub(super) const EXAMPLES: &str = "\
Sources are asked in the order of the AWS CLI. Nothing but `export`, `process` and `exec` hands out a secret.

Example:
  $ linklocal credentials explain
  $ linklocal credentials explain --as all
  $ linklocal credentials exec --profile dev -- terraform plan";

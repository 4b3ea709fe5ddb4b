//! `linklocal credentials export`.

use clap::{Args, ValueEnum};

use super::{ChainArguments, GuardArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArguments {
    /// Who is to read them [default: env, or json with --json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    #[command(flatten)]
    pub(crate) chain: ChainArguments,
    #[command(flatten)]
    pub(crate) guard: GuardArguments,
}

/// Who reads exported credentials. Names are those of `aws configure export-credentials` where it has the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// bash, dash, zsh: eval "$(linklocal credentials export)"
    #[value(alias = "sh")]
    Env,
    /// The same without `export`: variables of the shell alone
    EnvNoExport,
    /// linklocal credentials export --format fish | source
    Fish,
    /// linklocal credentials export --format powershell | Out-String | Invoke-Expression
    Powershell,
    /// Lines for a batch file of Windows
    WindowsCmd,
    /// linklocal credentials export --format nushell | from nuon | load-env
    Nushell,
    /// A .env file, as docker run --env-file and many tools read it
    Dotenv,
    /// An object of variables and values
    Json,
    /// What `credential_process` of a profile prints
    Process,
}

pub(super) const EXAMPLES: &str = "\
Whoever reads the output has the secrets. In the forms that shells evaluate, variables of an older set are unset: a token \
never stays behind beside new keys.

Example:
  $ eval \"$(linklocal credentials export)\"
  $ linklocal credentials export --profile dev --format fish | source
  $ docker run --env-file <(linklocal credentials export --format dotenv) …";

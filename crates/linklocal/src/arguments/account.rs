//! `linklocal account …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Show the account: its number, its endpoints, what is in it, and that everything is enforced
    Status,
    /// Remove all users, roles, policies, buckets and their objects, and start anew: a root user, an administrator with
    /// new keys, the instances' roles
    Reset(ResetAccountArguments),
    /// Print the account as one JSON document
    Export(ExportAccountArguments),
    /// Put a document of `export` in the account's place, all of it or nothing
    Import(ImportAccountArguments),
    /// Identity providers whose tokens AssumeRoleWithWebIdentity takes
    #[command(subcommand)]
    OidcProvider(OidcProviderCommand),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ResetAccountArguments {
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Profile that gets the new administrator's keys
    #[arg(long, value_name = "NAME", default_value = "linklocal", conflicts_with = "no_profile")]
    pub(crate) profile: String,
    /// Write no profile: the keys are printed alone, once
    #[arg(long)]
    pub(crate) no_profile: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportAccountArguments {
    /// Include secret access keys and seeds of MFA devices, so that they work after `import`
    #[arg(long)]
    pub(crate) with_secrets: bool,
    /// Write to this file, for its owner alone, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportAccountArguments {
    /// A document of `export`; - is stdin
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum OidcProviderCommand {
    /// Trust an issuer, with its keys given here: nothing is fetched
    Add(OidcProviderArguments),
    /// List issuers
    List,
    /// Trust an issuer no longer
    Remove {
        /// Its URL or ARN
        #[arg(value_name = "URL|ARN")]
        provider: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct OidcProviderArguments {
    /// The issuer, as in the tokens' `iss`: https://…
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,
    /// An audience that its tokens may name; may be repeated
    #[arg(long = "client-id", value_name = "ID", required = true)]
    pub(crate) client_ids: Vec<String>,
    /// File with its public keys, a JSON Web Key Set; - is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
}

pub(super) const EXAMPLES: &str = "\
The commands speak to the running server.

Example:
  $ linklocal account status
  $ linklocal account export --with-secrets -o account.json
  $ linklocal account import account.json
  $ linklocal account oidc-provider add --url https://issuer.example --client-id sts.amazonaws.com --keys jwks.json";

//! Where secrets are kept: flags of every command that keeps one or takes one out.

use std::path::PathBuf;

use clap::Args;
use vault::Choice;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct VaultArguments {
    /// Where secrets are kept: auto (the system's keyring, else the file), secret-service, kernel, file, keychain, wincred
    /// [default: $LINKLOCAL_VAULT, else auto]
    #[arg(long, value_name = "PLACE")]
    pub(crate) vault: Option<Choice>,
    /// The encrypted file [default: $LINKLOCAL_VAULT_FILE, else linklocal/vault in the user's data directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) vault_file: Option<PathBuf>,
}

//! `linklocal credentials import`.

use clap::Args;

use types::Secret;

use crate::arguments::{TrialArguments, VaultArguments};

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportKeysArguments {
    /// Profile whose keys are meant [default: $AWS_PROFILE, else $AWS_DEFAULT_PROFILE, else default]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Take the keys out of the plain files once the vault has them, and put a line there by which every SDK finds them
    #[arg(long)]
    pub(crate) remove_plain: bool,
    /// Put the keys of the vault back into the plain file, and forget them in the vault
    #[arg(long, conflicts_with_all = ["remove_plain", "csv", "vault_key", "replace"])]
    pub(crate) restore: bool,
    /// Keys from a CSV file of the AWS console in place of the plain files: PATH or file://PATH
    #[arg(long, value_name = "FILE", value_parser = crate::arguments::signing::secret)]
    pub(crate) csv: Option<Secret<String>>,
    /// Name under which the vault keeps the keys [default: the name of the profile]
    #[arg(long, value_name = "NAME", conflicts_with = "csv")]
    pub(crate) vault_key: Option<String>,
    /// Take the place of other keys that the vault keeps under this name
    #[arg(long)]
    pub(crate) replace: bool,
    /// Make the change even where some SDK would no longer find the keys
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
    #[command(flatten)]
    pub(crate) trial: TrialArguments,
}

pub(super) const EXAMPLES: &str = "\
The keys are put into the vault, read back and compared before anything else is changed; they are in one place at least at \
every moment. Then the profile gets a credential_process line that runs this program, by which every SDK and every role with \
this source_profile finds them as before; `linklocal` itself reads the vault. No copy of the files is kept that holds the \
keys, and older copies that do are removed, so that `configure undo` does not take this back: --restore does.

Keys that lay in a plain file may be elsewhere, too: in backups, in shell history. To be sure, make new keys in IAM and \
delete these.

Example:
  $ linklocal credentials import --remove-plain --profile alice
  $ linklocal credentials import --remove-plain --profile alice --dry-run
  $ linklocal credentials import --csv alice_accessKeys.csv --profile alice
  $ linklocal credentials import --restore --profile alice";

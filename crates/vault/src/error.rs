//! What can go wrong, said so that it can be told apart: a wrong passphrase, a damaged file, a keyring that is not there.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::backend::Backend;
use crate::file::FileError;

/// A vault could not be opened, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Chosen by name, and not there.
    #[error("{backend} cannot be used here: {reason}; {remedy}")]
    Unavailable { backend: Backend, reason: String, remedy: &'static str },
    #[error(
        "there is no home directory, so nothing says where the encrypted file is; set HOME or LINKLOCAL_VAULT_FILE"
    )]
    NoHome,
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    #[error("encrypted file {} cannot be used", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: FileError,
    },
    /// It answers, and refuses.
    #[error("{backend} failed; {remedy}")]
    Keyring {
        backend: Backend,
        remedy: &'static str,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// There is no passphrase.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    #[error("passphrase file {} cannot be read", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: sys::fs::ReadError,
    },
    #[error(
        "passphrase file {} may be read or changed by others (owner {owner}, mode {mode:04o}); run `chmod 600 {}` as its owner, this user",
        path.display(), path.display()
    )]
    Open { path: PathBuf, owner: u32, mode: u32 },
    #[error("command of LINKLOCAL_VAULT_PASSPHRASE_COMMAND cannot be run; check it")]
    Command(#[source] io::Error),
    #[error(
        "command of LINKLOCAL_VAULT_PASSPHRASE_COMMAND failed with {status}; run it by itself to see why"
    )]
    CommandFailed { status: String },
    #[error(
        "passphrase of {place} is empty, has more than {limit} bytes, or is not UTF-8; give one line of text"
    )]
    Form { place: String, limit: usize },
    #[error(
        "encrypted file's passphrase cannot be asked for, since there is no terminal; \
         name a file that holds it in LINKLOCAL_VAULT_PASSPHRASE_FILE"
    )]
    NoTerminal(#[source] io::Error),
    #[error("the two passphrases differ; nothing was written, try again")]
    Differ,
    #[error("encrypted file's passphrase was not given; nothing was read or written")]
    Interrupted,
}

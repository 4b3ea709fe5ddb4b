//! The authority's files: `keys.pem`, which is secret and made once, and certificates, which follow from it.
//!
//! The keys are one file because one file can be made in one step: of processes that start together one makes it, the
//! others find it.

use std::path::{Path, PathBuf};

use sys::fs::{DirectoryError, ReadError, ReplaceError};
use sys::{Entropy, EntropyError};
use zeroize::Zeroizing;

use super::key_ring::{KeyRing, KeyRingError};
use super::pem;

/// Keys or certificates could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("signing keys of instance identity documents are not available")]
pub(crate) struct AuthorityError(#[from] AuthorityErrorKind);

#[derive(Debug, thiserror::Error)]
pub(super) enum AuthorityErrorKind {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] ReplaceError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(
        "key file {} is damaged: {reason}; bring it back from a backup, or remove it to start with a new authority",
        path.display()
    )]
    Damaged { path: PathBuf, reason: KeyRingError },
}

/// The keys in `directory`, made if there are none.
pub(super) fn load_or_create(directory: &Path, entropy: &Entropy) -> Result<KeyRing, AuthorityErrorKind> {
    sys::fs::private_directory(directory)?;
    let path = directory.join(KEYS);
    if let Some(keys) = load(&path)? {
        return Ok(keys);
    }
    let made = KeyRing::generate(entropy)?;
    if sys::fs::create(&path, made.to_text().as_bytes(), 0o600)? {
        return Ok(made);
    }
    // Somebody else was quicker: theirs count.
    let missing = || ReadError::NotFound { path: path.clone() };
    load(&path)?.ok_or_else(missing).map_err(AuthorityErrorKind::from)
}

fn load(path: &Path) -> Result<Option<KeyRing>, AuthorityErrorKind> {
    let text = match sys::fs::read_text(path, KEYS_LIMIT) {
        Ok(text) => Zeroizing::new(text),
        Err(ReadError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let damaged = |reason| AuthorityErrorKind::Damaged { path: path.to_owned(), reason };
    KeyRing::from_text(&text).map(Some).map_err(damaged)
}

/// Writes a certificate for verifiers, unless it stands there already.
pub(super) fn publish(directory: &Path, name: &str, certificate: &[u8]) -> Result<(), AuthorityErrorKind> {
    let path = directory.join(name);
    let text = pem::block("CERTIFICATE", certificate);
    let present = sys::fs::read_text(&path, CERTIFICATE_LIMIT).is_ok_and(|found| found == *text);
    if !present {
        sys::fs::replace(&path, text.as_bytes(), 0o644)?;
    }
    Ok(())
}

const KEYS: &str = "keys.pem";
/// Four keys in PEM take about 5,000 bytes.
const KEYS_LIMIT: usize = 64 * 1024;
const CERTIFICATE_LIMIT: usize = 16 * 1024;

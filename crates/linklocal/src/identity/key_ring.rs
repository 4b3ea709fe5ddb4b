//! The four private keys of an installation, and their form on disk: PEM blocks under a line with their checksum.
//!
//! The checksum is there because a DSA key with one wrong bit is another DSA key.

use sha2::{Digest, Sha256};
use sys::{Entropy, EntropyError};
use zeroize::Zeroizing;

use super::key::{Key, KeyKind};
use super::pem;
use super::rng::SeededRng;

/// The private keys of an installation.
pub(super) struct KeyRing {
    pub(super) authority: Key,
    pub(super) rsa1024: Key,
    pub(super) dsa: Key,
    pub(super) rsa2048: Key,
}

/// A text is not a key ring.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyRingError {
    #[error("the first line is not `{PREFACE}` and a checksum")]
    Preface,
    #[error("what follows the first line does not match its checksum")]
    Checksum,
    #[error("the keys are not those of this version: RSA-2048, RSA-1024, DSA, RSA-2048")]
    Keys,
}

impl KeyRing {
    pub(super) fn generate(entropy: &Entropy) -> Result<Self, EntropyError> {
        let mut rng = SeededRng::new(entropy)?;
        Ok(Self::from_each(|kind| Some(Key::generate(kind, &mut rng))).expect("each key was made"))
    }

    pub(super) fn to_text(&self) -> Zeroizing<String> {
        let keys = [&self.authority, &self.rsa1024, &self.dsa, &self.rsa2048];
        let mut blocks = Zeroizing::new(String::with_capacity(8192));
        for key in keys {
            blocks.push_str(&pem::block(LABEL, &key.to_pkcs8_der()));
        }
        Zeroizing::new(format!("{PREFACE} {}\n{}", checksum(&blocks), *blocks))
    }

    pub(super) fn from_text(text: &str) -> Result<Self, KeyRingError> {
        let (first, rest) = text.split_once('\n').ok_or(KeyRingError::Preface)?;
        let expected = first.strip_prefix(PREFACE).ok_or(KeyRingError::Preface)?;
        if expected.trim() != checksum(rest) {
            return Err(KeyRingError::Checksum);
        }
        let mut blocks = pem::blocks(LABEL, rest).ok_or(KeyRingError::Keys)?.into_iter();
        Self::from_each(|kind| Key::from_pkcs8_der(kind, &blocks.next()?)).ok_or(KeyRingError::Keys)
    }

    /// Asks for the keys in the order in which they are written.
    fn from_each(mut key: impl FnMut(KeyKind) -> Option<Key>) -> Option<Self> {
        Some(Self {
            authority: key(KeyKind::Rsa2048)?,
            rsa1024: key(KeyKind::Rsa1024)?,
            dsa: key(KeyKind::Dsa)?,
            rsa2048: key(KeyKind::Rsa2048)?,
        })
    }
}

pub(super) fn checksum(text: &str) -> String {
    Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

const PREFACE: &str = "linklocal identity keys, sha256";
const LABEL: &str = "PRIVATE KEY";

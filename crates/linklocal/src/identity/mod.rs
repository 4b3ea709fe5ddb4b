//! The installation's signing authority for instance identity documents.
//!
//! On EC2 the three signatures are checked with certificates that AWS publishes per region; here an authority made at
//! first need signs its own, and writes them to the data directory. Algorithms and layout follow facts/imds.md section
//! 2.3 and `docs/adr/0003-identity-document-signatures.md`.

mod certificate;
mod der;
mod files;
mod key;
mod key_ring;
mod oid;
mod pem;
mod rng;
mod rsa1024;
mod signed_data;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use imds::{DocumentSigner, SignDocumentError};
use metadata::SignatureKind;
use serde::Deserialize;
use sys::Entropy;
use types::Timestamp;

use certificate::Certificate;
use files::AuthorityErrorKind;
use key_ring::KeyRing;

pub(crate) use files::AuthorityError;

/// Signs instance identity documents with keys that it keeps in a directory.
pub(crate) struct Authority {
    directory: PathBuf,
    entropy: Entropy,
    signers: OnceLock<Signers>,
    making: Mutex<()>,
}

/// The keys in use, and the certificates that signatures refer to.
struct Signers {
    keys: KeyRing,
    dsa: Certificate,
    rsa2048: Certificate,
}

impl Authority {
    /// An authority whose keys are in `directory`. Touches nothing yet: keys are read, or made, when first needed.
    pub(crate) fn open(directory: PathBuf, entropy: Entropy) -> Self {
        Self { directory, entropy, signers: OnceLock::new(), making: Mutex::new(()) }
    }

    /// Reads the keys, or makes them, which takes about a second: not for an async thread. Signing does the same when
    /// this was not called; callers that come meanwhile wait.
    pub(crate) fn prepare(&self) -> Result<(), AuthorityError> {
        self.signers().map(|_| ())
    }

    fn signers(&self) -> Result<&Signers, AuthorityError> {
        if let Some(signers) = self.signers.get() {
            return Ok(signers);
        }
        // The lock guards no data: a panic under it leaves nothing half done.
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signers) = self.signers.get() {
            return Ok(signers);
        }
        let signers = self.load()?;
        Ok(self.signers.get_or_init(|| signers))
    }

    fn load(&self) -> Result<Signers, AuthorityErrorKind> {
        let keys = files::load_or_create(&self.directory, &self.entropy)?;
        let root = certificate::root(&keys.authority);
        let rsa1024 = certificate::signer(&keys.authority, &keys.rsa1024, "RSA-1024");
        let dsa = certificate::signer(&keys.authority, &keys.dsa, "DSA");
        let rsa2048 = certificate::signer(&keys.authority, &keys.rsa2048, "RSA-2048");
        for (name, certificate) in
            [("ca.pem", &root), ("rsa-1024.pem", &rsa1024), ("dsa.pem", &dsa), ("rsa-2048.pem", &rsa2048)]
        {
            files::publish(&self.directory, name, &certificate.der)?;
        }
        Ok(Signers { keys, dsa, rsa2048 })
    }
}

impl DocumentSigner for Authority {
    fn sign(&self, document: &[u8], kind: SignatureKind) -> Result<Bytes, SignDocumentError> {
        let signers = self.signers().map_err(|error| SignDocumentError(with_causes(&error)))?;
        let signature = match kind {
            SignatureKind::Signature => signers.keys.rsa1024.sign(document),
            SignatureKind::Pkcs7 => {
                signed_data::sign(document, signing_time(document)?, &signers.keys.dsa, &signers.dsa)
            }
            SignatureKind::Rsa2048 => {
                signed_data::sign(document, signing_time(document)?, &signers.keys.rsa2048, &signers.rsa2048)
            }
        };
        Ok(Bytes::copy_from_slice(pem::wrapped(&signature, LINE).as_bytes()))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// EC2 signs when the instance starts. So do we, to the second: the same document gets the same signature for ever.
fn signing_time(document: &[u8]) -> Result<Timestamp, SignDocumentError> {
    let parts: DocumentParts = serde_json::from_slice(document)
        .map_err(|error| SignDocumentError(format!("its pendingTime cannot be read: {error}")))?;
    Ok(parts.pending_time)
}

#[derive(Deserialize)]
struct DocumentParts {
    #[serde(rename = "pendingTime")]
    pending_time: Timestamp,
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Characters in a line of Base64 (RFC 2045 section 6.8).
const LINE: usize = 76;

#[cfg(test)]
mod tests;

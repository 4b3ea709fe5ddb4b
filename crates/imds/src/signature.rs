//! Signatures of an instance's identity document.
//!
//! Rule: each is made once, when it is first read, and not on the thread that answers: with a new installation's keys
//! still in the making that takes a second. They go when the instance changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use metadata::SignatureKind;

use crate::roster::Entry;
use crate::source::{DocumentSigner, SignDocumentError};

/// The signatures that have been made of one document.
#[derive(Debug, Default)]
pub(crate) struct Signatures(Mutex<Vec<(SignatureKind, Bytes)>>);

impl Signatures {
    pub(crate) fn made(&self, kind: SignatureKind) -> Option<Bytes> {
        self.lock().iter().find(|(made, _)| *made == kind).map(|(_, body)| body.clone())
    }

    /// Two who sign at once have the same bytes, so the second changes nothing.
    fn keep(&self, kind: SignatureKind, body: &Bytes) {
        let mut made = self.lock();
        if made.iter().all(|(known, _)| *known != kind) {
            made.push((kind, body.clone()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(SignatureKind, Bytes)>> {
        // Whole signatures are put in at once, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Signs the document of `entry` on a thread that may take its time, and keeps the signature.
pub(crate) async fn sign(
    entry: Arc<Entry>,
    signer: Arc<dyn DocumentSigner>,
    kind: SignatureKind,
) -> Result<Bytes, SignDocumentError> {
    let signing = tokio::task::spawn_blocking(move || {
        let body = signer.sign(&entry.rendered.tree().identity_document(), kind)?;
        entry.signatures.keep(kind, &body);
        Ok(body)
    });
    signing.await.unwrap_or_else(|error| Err(SignDocumentError(error.to_string())))
}

//! Signatures of an instance's identity document.
//!
//! Rule: each is made once, when it is first read, and not on the thread that answers: with a new installation's keys
//! still in the making that takes a second. They go when the instance changes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use metadata::SignatureKind;

use crate::source::{DocumentSigner, SignDocumentError};

/// The signatures that have been made of one document.
#[derive(Debug, Default)]
pub(crate) struct Signatures(Mutex<Vec<(SignatureKind, Bytes)>>);

impl Signatures {
    pub(crate) fn made(&self, kind: SignatureKind) -> Option<Bytes> {
        self.lock().iter().find(|(made, _)| *made == kind).map(|(_, body)| body.clone())
    }

    /// Signs `document` and keeps the signature. Takes its time.
    pub(crate) fn make(
        &self,
        document: &[u8],
        signer: &dyn DocumentSigner,
        kind: SignatureKind,
    ) -> Result<Bytes, SignDocumentError> {
        let body = signer.sign(document, kind)?;
        let mut made = self.lock();
        // Two who sign at once have the same bytes, so the second changes nothing.
        if made.iter().all(|(known, _)| *known != kind) {
            made.push((kind, body.clone()));
        }
        Ok(body)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(SignatureKind, Bytes)>> {
        // Whole signatures are put in at once, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

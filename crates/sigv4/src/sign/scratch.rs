//! The text that is hashed and signed, in one buffer that serves many signatures.

use std::fmt;
use std::ops::Range;

use types::Secret;
use zeroize::Zeroize as _;

use super::Steps;
use crate::canonical::Layout;
use crate::key::sha256;
use crate::payload::hex;
use crate::{ALGORITHM, AmzDate, Scope, Signature, SigningKey};

/// A buffer for signing over and over without allocating: hand the same one to [`crate::sign_with`] and
/// [`crate::presign_with`]. It holds the last canonical request, session token included, and wipes it when dropped.
#[derive(Default)]
pub struct Scratch {
    pub(super) text: Vec<u8>,
    /// The query that presigning adds.
    pub(super) query: Vec<u8>,
    holds_token: bool,
}

/// What a signature was made from: parts of [`Scratch`].
pub(super) struct Sealed {
    pub(super) layout: Layout,
    pub(super) string_to_sign: Range<usize>,
    pub(super) signature: Signature,
}

impl Scratch {
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn begin(&mut self, token: Option<&Secret<String>>) {
        self.text.clear();
        self.query.clear();
        self.text.reserve(ROOM);
        self.holds_token |= token.is_some();
    }

    /// Appends the string to sign to the canonical request, and signs it.
    pub(super) fn seal(
        &mut self,
        layout: Layout,
        date: &AmzDate,
        scope: &Scope<'_>,
        key: &SigningKey,
    ) -> Sealed {
        let digest = sha256(&self.text[layout.whole.clone()]);
        let start = self.text.len();
        let out = &mut self.text;
        out.extend_from_slice(ALGORITHM.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(date.as_bytes());
        out.push(b'\n');
        scope.write(out);
        out.push(b'\n');
        out.extend_from_slice(&hex(&digest));
        let signature = key.sign(&self.text[start..]);
        Sealed { layout, string_to_sign: start..self.text.len(), signature }
    }

    pub(super) fn steps(&self, sealed: &Sealed) -> Steps {
        let text = |range: &Range<usize>| String::from_utf8_lossy(&self.text[range.clone()]).into_owned();
        Steps {
            canonical_request: Secret::new(text(&sealed.layout.whole)),
            string_to_sign: text(&sealed.string_to_sign),
            signature: sealed.signature,
        }
    }
}

/// What most canonical requests and strings to sign take together.
const ROOM: usize = 1024;

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.holds_token {
            self.text.zeroize();
            self.query.zeroize();
        }
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

//! The text that is hashed and signed, in one buffer that serves many signatures.

use std::fmt;
use std::ops::Range;

use types::Secret;
use zeroize::Zeroize as _;

use super::Steps;
use crate::key::sha256;
use crate::payload::hex;
use crate::{ALGORITHM, AmzDate, Scope, Signature, SigningKey};

/// A buffer for signing over and over without allocating: hand the same one to [`crate::sign_with`] and
/// [`crate::presign_with`]. It holds the last canonical request, session token included, and wipes it when dropped.
#[derive(Default)]
pub struct Scratch {
    /// The canonical request, and after it the string to sign.
    pub(super) text: Vec<u8>,
    /// The query that presigning adds.
    pub(super) query: Vec<u8>,
    string_to_sign: Range<usize>,
    holds_token: bool,
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
    pub(super) fn seal(&mut self, date: &AmzDate, scope: &Scope<'_>, key: &SigningKey) -> Signature {
        let digest = sha256(&self.text);
        let start = self.text.len();
        let out = &mut self.text;
        out.extend_from_slice(ALGORITHM.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(date.as_bytes());
        out.push(b'\n');
        scope.write(out);
        out.push(b'\n');
        out.extend_from_slice(&hex(&digest));
        self.string_to_sign = start..out.len();
        key.sign(&out[start..])
    }

    /// What the last signature was made of.
    pub(super) fn steps(&self, signature: Signature) -> Steps {
        let text = |range: Range<usize>| String::from_utf8_lossy(&self.text[range]).into_owned();
        Steps {
            canonical_request: Secret::new(text(0..self.string_to_sign.start)),
            string_to_sign: text(self.string_to_sign.clone()),
            signature,
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

//! The text that is hashed and signed, in one buffer that serves many signatures.

use std::fmt;
use std::ops::Range;

use types::Secret;
use zeroize::Zeroize as _;

use super::Steps;
use crate::key::sha256;
use crate::payload::hex;
use crate::{ALGORITHM, AmzDate, Request, Scope, Signature, SigningKey};

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

    /// Empties the buffers and makes room for all of a request, lest a buffer that grows leave a token behind.
    pub(super) fn begin(&mut self, request: &Request<'_>, token: Option<&Secret<String>>) {
        let token = token.map(|token| token.expose().len());
        let headers: usize = request.headers.iter().map(|(name, value)| 2 * name.len() + value.len()).sum();
        // Encoded, a byte becomes three.
        let query = ROOM + 3 * token.unwrap_or(0);
        let text = query.saturating_add(headers).saturating_add(request.target.len().saturating_mul(3));
        empty(&mut self.text, text.min(MOST));
        empty(&mut self.query, query.min(MOST));
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

fn empty(buffer: &mut Vec<u8>, room: usize) {
    if buffer.capacity() < room {
        buffer.zeroize();
        *buffer = Vec::with_capacity(room);
    }
    buffer.clear();
}

/// More than any request within bounds takes; what lies beyond is refused while it is written.
const MOST: usize = 1024 * 1024;

/// What a string to sign takes, or the parameters of a signature but its token, and more.
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

//! Room that a verification works in.

use std::fmt;

/// Buffers that are kept from one request to the next: decoded parameters, and the texts that are hashed. What a
/// verification found borrows from them, so each of several requests in hand needs its own.
#[derive(Default)]
pub struct Scratch {
    text: Vec<u8>,
    canonical: Vec<u8>,
}

/// A piece of text, on the wire as it is meant, or decoded.
#[derive(Clone, Copy)]
pub(super) enum Piece<'r> {
    Wire(&'r str),
    Decoded { start: usize, end: usize },
}

impl Scratch {
    /// Both buffers, empty.
    pub(super) fn parts(&mut self) -> (&mut Vec<u8>, &mut Vec<u8>) {
        self.text.clear();
        self.canonical.clear();
        (&mut self.text, &mut self.canonical)
    }
}

/// They hold tokens and signatures.
impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

impl<'r> Piece<'r> {
    /// Takes bytes that mean themselves; what is not UTF-8 in them becomes U+FFFD, which no key id and no scope holds.
    pub(super) fn plain(bytes: &'r [u8], text: &mut Vec<u8>) -> Self {
        match str::from_utf8(bytes) {
            Ok(wire) => Self::Wire(wire),
            Err(_) => Self::decoded(text, |out| out.extend_from_slice(bytes)),
        }
    }

    /// Takes a parameter's value: escapes are undone, and `+` is a space.
    pub(super) fn parameter(bytes: &'r [u8], text: &mut Vec<u8>) -> Self {
        if bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
            return Self::decoded(text, |out| out.extend(super::parameters::decoded(bytes)));
        }
        Self::plain(bytes, text)
    }

    /// The text; the buffer is the one it was taken with.
    pub(super) fn resolve(self, text: &'r [u8]) -> &'r str {
        match self {
            Self::Wire(wire) => wire,
            Self::Decoded { start, end } => {
                let decoded = text.get(start..end).and_then(|bytes| str::from_utf8(bytes).ok());
                decoded.expect("it was put there as UTF-8")
            }
        }
    }

    fn decoded(text: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let start = text.len();
        write(text);
        if str::from_utf8(&text[start..]).is_err() {
            let mended = String::from_utf8_lossy(&text[start..]).into_owned();
            text.truncate(start);
            text.extend_from_slice(mended.as_bytes());
        }
        Self::Decoded { start, end: text.len() }
    }
}

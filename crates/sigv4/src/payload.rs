//! What stands for the body in a canonical request (facts/sigv4.md section 1.2).

use sha2::{Digest as _, Sha256};

/// SHA-256 of nothing.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The body, or what is signed in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// The whole body, which will be hashed.
    Body(&'a [u8]),
    /// The hash of a body that was read elsewhere.
    Sha256([u8; 32]),
    /// A body that is not hashed up front.
    Keyword(PayloadKeyword),
}

/// The values of `x-amz-content-sha256` that are no hash; upper case only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadKeyword {
    Unsigned,
    /// Chunks without signatures, then a trailer.
    StreamingUnsignedTrailer,
    StreamingHmac,
    StreamingHmacTrailer,
    StreamingEcdsa,
    StreamingEcdsaTrailer,
    /// Event streams.
    StreamingHmacEvents,
}

impl PayloadKeyword {
    pub const ALL: [Self; 7] = [
        Self::Unsigned,
        Self::StreamingUnsignedTrailer,
        Self::StreamingHmac,
        Self::StreamingHmacTrailer,
        Self::StreamingEcdsa,
        Self::StreamingEcdsaTrailer,
        Self::StreamingHmacEvents,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "UNSIGNED-PAYLOAD",
            Self::StreamingUnsignedTrailer => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            Self::StreamingHmac => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            Self::StreamingHmacTrailer => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            Self::StreamingEcdsa => "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
            Self::StreamingEcdsaTrailer => "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
            Self::StreamingHmacEvents => "STREAMING-AWS4-HMAC-SHA256-EVENTS",
        }
    }

    /// The keyword that these bytes are, compared with case.
    pub fn read(text: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|keyword| keyword.as_str().as_bytes() == text)
    }
}

impl Payload<'_> {
    /// Appends the last line of the canonical request: lower-case hex, or the keyword.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Body([]) => out.extend_from_slice(EMPTY_SHA256.as_bytes()),
            Self::Body(body) => write_hex(&Sha256::digest(body), out),
            Self::Sha256(hash) => write_hex(hash, out),
            Self::Keyword(keyword) => out.extend_from_slice(keyword.as_str().as_bytes()),
        }
    }
}

pub(crate) fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend(
        bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]),
    );
}

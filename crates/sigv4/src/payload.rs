//! What stands for the body in a canonical request (facts/sigv4.md section 1.2).

use std::fmt;

use crate::key::sha256;

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
    /// The text of `x-amz-content-sha256` as sent: what verifiers sign, in whichever case its digits are.
    Text(&'a str),
}

/// The value of `x-amz-content-sha256` that goes with a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PayloadText(Text);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Hash([u8; 64]),
    Keyword(&'static str),
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
    /// The last line of the canonical request; `None` for a [`Payload::Text`] that is neither a hash nor a keyword.
    pub fn text(&self) -> Option<PayloadText> {
        Some(PayloadText(match self {
            Self::Body([]) => Text::Keyword(EMPTY_SHA256),
            Self::Body(body) => Text::Hash(hex(&sha256(body))),
            Self::Sha256(hash) => Text::Hash(hex(hash)),
            Self::Keyword(keyword) => Text::Keyword(keyword.as_str()),
            Self::Text(text) => match PayloadKeyword::read(text.as_bytes()) {
                Some(keyword) => Text::Keyword(keyword.as_str()),
                None if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => return None,
                None => Text::Hash(text.as_bytes().try_into().ok()?),
            },
        }))
    }

    /// Appends the last line of the canonical request.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => out.extend_from_slice(text.as_bytes()),
            hashed => {
                let text = hashed.text().expect("all but texts are a hash or a keyword");
                out.extend_from_slice(text.as_str().as_bytes());
            }
        }
    }
}

impl PayloadText {
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Hash(digits) => str::from_utf8(digits).expect("hexadecimal is ASCII"),
            Text::Keyword(keyword) => keyword,
        }
    }
}

impl fmt::Debug for PayloadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Lower-case digits of 32 bytes.
pub(crate) fn hex(bytes: &[u8; 32]) -> [u8; 64] {
    let mut digits = [0; 64];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = pair_of(*byte);
    }
    digits
}

pub(crate) fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(bytes.iter().flat_map(|byte| pair_of(*byte)));
}

/// Reckoned, not looked up: it runs on vectors.
fn pair_of(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| digit + b'0' + if digit > 9 { b'a' - b'0' - 10 } else { 0 })
}

//! The length of a body in chunks, before its first byte is there: `content-length` is signed with the request.

use super::{MIN_CHUNK, SIGNATURE_EXTENSION, TRAILER_SIGNATURE};
use crate::PayloadKeyword;
use crate::v4a::PADDED_LENGTH;

/// How a body is cut and what it bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkLayout<'a> {
    /// One of the `STREAMING-…-PAYLOAD` and `…-TRAILER` keywords.
    pub keyword: PayloadKeyword,
    /// Bytes of data in each chunk but the last, at least [`MIN_CHUNK`]. AWS recommends 64 KiB or more.
    pub chunk: u64,
    /// Name, and length of the value, of each field of the trailer.
    pub trailer: &'a [(&'a str, u64)],
}

/// No body can be cut like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkLayoutError {
    #[error("{} is no keyword of a body in chunks", .0.as_str())]
    Keyword(PayloadKeyword),
    #[error("chunks of {0} bytes are too small; S3 takes 8192 and more")]
    TooSmall(u64),
    #[error("the keyword ends in -TRAILER and there is no field of a trailer, or the other way round")]
    Trailer,
    #[error("the encoded body would be longer than 2^64 bytes")]
    TooLong,
}

impl ChunkLayout<'_> {
    /// The length of the encoded body in bytes, of a body of `decoded` bytes: what `content-length` says.
    pub fn encoded_length(&self, decoded: u64) -> Result<u64, ChunkLayoutError> {
        let (signature, trailer) = form(self.keyword)?;
        if self.chunk < MIN_CHUNK {
            return Err(ChunkLayoutError::TooSmall(self.chunk));
        }
        if trailer == self.trailer.is_empty() {
            return Err(ChunkLayoutError::Trailer);
        }
        let head = |size: u64| digits(size) + signature.map_or(0, |length| extension() + length) + LINE_END;
        let last = decoded % self.chunk;
        let full = (decoded / self.chunk).checked_mul(
            self.chunk.checked_add(head(self.chunk) + LINE_END).ok_or(ChunkLayoutError::TooLong)?,
        );
        let last = if last == 0 { 0 } else { last + head(last) + LINE_END };
        [Some(last), Some(head(0)), self.trailer_length(signature), Some(LINE_END)]
            .into_iter()
            .try_fold(full.ok_or(ChunkLayoutError::TooLong)?, |sum, part| sum.checked_add(part?))
            .ok_or(ChunkLayoutError::TooLong)
    }

    fn trailer_length(&self, signature: Option<u64>) -> Option<u64> {
        let line = |name: &str, value: u64| value.checked_add(name.len() as u64 + 1 + LINE_END);
        let fields =
            self.trailer.iter().try_fold(0_u64, |sum, (name, value)| sum.checked_add(line(name, *value)?))?;
        match signature {
            Some(length) if !self.trailer.is_empty() => fields.checked_add(line(TRAILER_SIGNATURE, length)?),
            _ => Some(fields),
        }
    }
}

/// The length of a signature, if there is one, and whether a trailer follows.
fn form(keyword: PayloadKeyword) -> Result<(Option<u64>, bool), ChunkLayoutError> {
    const ECDSA: Option<u64> = Some(PADDED_LENGTH as u64);
    match keyword {
        PayloadKeyword::StreamingUnsignedTrailer => Ok((None, true)),
        PayloadKeyword::StreamingHmac => Ok((Some(64), false)),
        PayloadKeyword::StreamingHmacTrailer => Ok((Some(64), true)),
        PayloadKeyword::StreamingEcdsa => Ok((ECDSA, false)),
        PayloadKeyword::StreamingEcdsaTrailer => Ok((ECDSA, true)),
        PayloadKeyword::Unsigned | PayloadKeyword::StreamingHmacEvents => {
            Err(ChunkLayoutError::Keyword(keyword))
        }
    }
}

/// How many hexadecimal digits a size takes.
fn digits(size: u64) -> u64 {
    u64::from((u64::BITS - size.leading_zeros()).div_ceil(4).max(1))
}

fn extension() -> u64 {
    SIGNATURE_EXTENSION.len() as u64
}

const LINE_END: u64 = 2;

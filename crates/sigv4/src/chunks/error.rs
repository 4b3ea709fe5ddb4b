//! Why a body in chunks is refused, and how S3 says so (suites' `errors/s3-auth-errors.json`; the fields in that order).
//!
//! Rule: what S3 tells apart has a code of its own; what it does not keeps its own words for logs.

use types::Secret;

use super::chain::Mismatch;
use crate::verify::{Refusal, Rule};

/// The body is not what was signed, or no body in chunks at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    #[error("the body comes in chunks but x-amz-decoded-content-length does not say how long it is")]
    MissingLength,
    #[error("chunk {chunk} has a head that is no head: {fault}")]
    Head { chunk: u64, fault: HeadFault },
    #[error("chunk {chunk} is not followed by a line end")]
    MissingLineEnd { chunk: u64 },
    /// The number is that of the chunk whose head shows the fault, which S3 tells as well.
    #[error(
        "a chunk of {size} bytes is followed by chunk {chunk}; only the last may have less than 8192: gather \
         more before sending"
    )]
    TooSmall { chunk: u64, size: u64 },
    /// The limit is ours: [`ChunkReader::with_max_chunk`](super::ChunkReader::with_max_chunk).
    #[error("chunk {chunk} has {size} bytes, and at most {most} are held until they are verified")]
    TooLarge { chunk: u64, size: u64, most: u64 },
    #[error("x-amz-decoded-content-length says {declared} bytes, the chunks hold {sent}")]
    Length { declared: u64, sent: u64 },
    #[error("the body ends before its last chunk does")]
    Truncated,
    #[error("something follows the end of the last chunk")]
    TrailingBytes,
    #[error("the trailer {0}")]
    Trailer(TrailerFault),
    #[error("the signature of {} does not hold; the chunk, or one before it, is not as it was signed", place(*chunk))]
    Mismatch {
        /// Counted from one; `None` is the trailer.
        chunk: Option<u64>,
        access_key_id: String,
        string_to_sign: Secret<String>,
        /// As sent.
        provided: Secret<String>,
    },
}

/// What is wrong with the line before a chunk's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    #[error("it is too long")]
    TooLong,
    #[error("the size is not one to sixteen hexadecimal digits")]
    Size,
    #[error("no `;chunk-signature=` follows the size")]
    NoSignature,
    #[error("the body is unsigned, and something follows the size")]
    Extension,
}

/// What is wrong with the fields after the last chunk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrailerFault {
    #[error("is longer than 8 KiB")]
    TooLong,
    #[error("is announced by x-amz-content-sha256, but x-amz-trailer names no field, or not properly")]
    Undeclared,
    #[error("holds a line that is no `name:value`")]
    Line,
    #[error("holds the field {0}, which x-amz-trailer does not name")]
    Unexpected(String),
    #[error("holds the field {0} twice")]
    Twice(String),
    #[error("lacks the field {0}, which x-amz-trailer names")]
    Missing(String),
    #[error("ends without x-amz-trailer-signature")]
    NoSignature,
    #[error("goes on after x-amz-trailer-signature")]
    AfterSignature,
}

impl ChunkError {
    /// The code of S3's answer.
    pub fn code(&self) -> &'static str {
        self.answer().1
    }

    /// The HTTP status of S3's answer.
    pub fn status(&self) -> u16 {
        self.answer().0
    }

    /// The message of S3's answer.
    pub fn message(&self) -> &'static str {
        self.answer().2
    }

    /// The elements that follow the message in S3's answer, in their order.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooSmall { chunk, size } => {
                vec![("Chunk", chunk.to_string()), ("BadChunkSize", size.to_string())]
            }
            Self::TooLarge { size, most, .. } => {
                vec![("ProposedSize", size.to_string()), ("MaxSizeAllowed", most.to_string())]
            }
            Self::Mismatch { access_key_id, string_to_sign, provided, .. } => vec![
                ("AWSAccessKeyId", access_key_id.clone()),
                ("StringToSign", string_to_sign.expose().clone()),
                ("SignatureProvided", provided.expose().clone()),
                ("StringToSignBytes", spaced_hex(string_to_sign.expose().as_bytes())),
            ],
            _ => Vec::new(),
        }
    }

    pub(super) fn mismatch(chunk: Option<u64>, provided: &[u8]) -> impl FnOnce(Mismatch) -> Self {
        move |Mismatch { access_key_id, string_to_sign }| Self::Mismatch {
            chunk,
            access_key_id,
            string_to_sign,
            provided: Secret::new(String::from_utf8_lossy(provided).into_owned()),
        }
    }

    fn answer(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::MissingLength => {
                (411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
            }
            Self::Head { .. }
            | Self::MissingLineEnd { .. }
            | Self::Length { .. }
            | Self::Truncated
            | Self::TrailingBytes => (400, "IncompleteBody", "The request body terminated unexpectedly"),
            Self::TooSmall { .. } => (
                400,
                "InvalidChunkSizeError",
                "Only the last chunk is allowed to have a size less than 8192 bytes",
            ),
            Self::TooLarge { .. } => {
                (400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            }
            Self::Trailer(_) => (
                400,
                "MalformedTrailerError",
                "The request contained trailing data that was not well-formed or did not conform to our \
                 published schema.",
            ),
            Self::Mismatch { .. } => (
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your key \
                 and signing method.",
            ),
        }
    }
}

/// In S3's words.
impl From<ChunkError> for Refusal {
    fn from(error: ChunkError) -> Self {
        let rule = match &error {
            ChunkError::MissingLength => Rule::NoDecodedLength,
            ChunkError::Mismatch { .. } => Rule::Signature,
            _ => Rule::Body,
        };
        let refusal = Self::new(rule, error.status(), error.code(), error.message());
        error.fields().into_iter().fold(refusal, |refusal, (name, value)| refusal.field(name, value))
    }
}

/// `41 57 53`: how S3 shows bytes.
pub(crate) fn spaced_hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

fn place(chunk: Option<u64>) -> String {
    chunk.map_or_else(|| "the trailer".to_owned(), |number| format!("chunk {number}"))
}

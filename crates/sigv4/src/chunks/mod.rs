//! Bodies in chunks: `aws-chunked`, signed and unsigned, with trailers.
//!
//! Rule: a byte of a signed chunk leaves the reader when the chunk's signature holds, never before. Chunk, last chunk and
//! trailer each sign what they are and the signature before them, the first that of the request (facts/sigv4.md section 1.8;
//! S3 API Reference, "Signature calculations: transferring payload in multiple chunks" and "… including trailing headers").

mod chain;
mod error;
mod length;
mod reader;
mod signer;
#[cfg(test)]
mod tests;
mod trailer;

pub use chain::{SigningChain, VerifyingChain};
pub use error::{ChunkError, HeadFault, TrailerFault};
pub use length::{ChunkLayout, ChunkLayoutError};
pub use reader::ChunkReader;
pub use signer::{ChunkSignError, ChunkSigner};
pub use trailer::{Trailer, TrailerNames};

pub(crate) use chain::ChainText;
pub(crate) use error::spaced_hex;

/// The least size of a chunk that is not the last with data, in bytes.
pub const MIN_CHUNK: u64 = 8192;

/// What a chunk's signature follows in its head.
const SIGNATURE_EXTENSION: &str = ";chunk-signature=";

/// The field that ends a signed trailer.
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

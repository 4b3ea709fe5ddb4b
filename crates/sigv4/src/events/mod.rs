//! Event streams: frames, and the chain of their signatures.
//!
//! Rule: a frame is read whole or not at all, and its payload leaves the verifier when its signature holds. A signed stream is
//! frames in frames: the outer one bears `:date`, `:chunk-signature` and, as its payload, the event; one without a payload
//! closes the stream (facts/sigv4.md section 1.8; Amazon Transcribe Developer Guide, "Event stream encoding").

mod chain;
mod checksum;
mod decode;
mod error;
mod header;
mod message;
#[cfg(test)]
mod tests;

pub use chain::{EventSigner, EventVerifier, SignedEvent};
pub use decode::MessageReader;
pub use error::{EventSignatureError, MessageError};
pub use header::{Header, HeaderValue};
pub use message::Message;

/// The most that the headers of a frame may take, in bytes.
pub const MAX_HEADERS: usize = 128 << 10;

/// The most that the payload of a frame may take, in bytes.
pub const MAX_PAYLOAD: usize = 16 << 20;

/// The time of a signature, as a header of type timestamp.
const DATE: &str = ":date";

/// The signature itself, as a header of type bytes.
const SIGNATURE: &str = ":chunk-signature";

/// Two lengths and their checksum.
const PRELUDE: usize = 12;

/// The checksum at the end.
const CHECKSUM: usize = 4;

//! What is wrong with a frame, and with its signature.

/// The bytes are no frame, or a frame cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error("the checksum of the frame's prelude is wrong: these are not the first bytes of a frame")]
    PreludeChecksum,
    #[error("the checksum of the frame is wrong: it was changed on the way")]
    Checksum,
    #[error("a frame of {total} bytes cannot hold {headers} bytes of headers")]
    Lengths { total: usize, headers: usize },
    #[error("the headers take {0} bytes; a frame holds at most 131072")]
    Headers(usize),
    #[error("the payload takes {0} bytes; a frame holds at most 16777216")]
    Payload(usize),
    #[error("a header's name has {0} bytes; 1 to 255 are allowed")]
    Name(usize),
    #[error("a header's value has {0} bytes; at most 32767 are allowed")]
    Value(usize),
    #[error("a header has type {0}; there are 0 to 9")]
    Type(u8),
    #[error("a header goes on beyond the end of the headers")]
    HeadersEnd,
    #[error("the name or the value of a header is no UTF-8")]
    Utf8,
    #[error("the stream ends within a frame")]
    Truncated,
    #[error("{0} frames stand where one should")]
    NotOne(usize),
}

/// A signed event is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventSignatureError {
    #[error(
        "the frame lacks the header {0}, or bears another type of value in it; a signed one bears both `:date` and \
         `:chunk-signature`"
    )]
    Missing(&'static str),
    #[error(
        "the frame bears the header {0}, which no signature covers; a signed one bears `:date` and \
         `:chunk-signature` alone"
    )]
    Unsigned(String),
    #[error("the event was signed at {signed}, more than {} s from now", most.as_secs())]
    Skew { signed: types::Timestamp, most: std::time::Duration },
    #[error("there is no key for the day of the event")]
    NoKey,
    #[error("the event's signature does not hold; it, or one before it, is not as it was signed")]
    Mismatch,
    #[error("the stream was closed by an empty event; nothing may follow")]
    Closed,
    #[error("the stream ends without the empty event that closes it")]
    NotClosed,
    #[error("the stream failed before; begin a new one")]
    Failed,
}

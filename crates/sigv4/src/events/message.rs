//! A frame: prelude with two lengths and their checksum, headers, payload, checksum of all.

use super::checksum::Crc32;
use super::{CHECKSUM, Header, HeaderValue, MAX_HEADERS, MAX_PAYLOAD, MessageError, PRELUDE};

/// Headers and payload of one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// In order; at most [`MAX_HEADERS`] bytes once written. A name should stand once.
    pub headers: Vec<Header>,
    /// At most [`MAX_PAYLOAD`] bytes.
    pub payload: Vec<u8>,
}

impl Message {
    pub fn new(payload: impl Into<Vec<u8>>) -> Self {
        Self { headers: Vec::new(), payload: payload.into() }
    }

    /// Adds a header behind the others.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: HeaderValue) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    /// The first value of a header, its name compared with case.
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        self.headers.iter().find(|header| header.name == name).map(|header| &header.value)
    }

    /// The frame as the wire bears it.
    ///
    /// # Errors
    /// A name, a value, the headers or the payload is longer than a frame can hold.
    pub fn encode(&self) -> Result<Vec<u8>, MessageError> {
        if self.payload.len() > MAX_PAYLOAD {
            return Err(MessageError::Payload(self.payload.len()));
        }
        let mut out = vec![0; PRELUDE];
        for header in &self.headers {
            header.write(&mut out)?;
            if out.len() - PRELUDE > MAX_HEADERS {
                return Err(MessageError::Headers(out.len() - PRELUDE));
            }
        }
        let headers = (out.len() - PRELUDE) as u32;
        out.extend_from_slice(&self.payload);
        let total = (out.len() + CHECKSUM) as u32;
        out[..4].copy_from_slice(&total.to_be_bytes());
        out[4..8].copy_from_slice(&headers.to_be_bytes());
        let prelude = Crc32::of(&out[..8]);
        out[8..PRELUDE].copy_from_slice(&prelude.to_be_bytes());
        let whole = Crc32::of(&out);
        out.extend_from_slice(&whole.to_be_bytes());
        Ok(out)
    }

    /// Reads the bytes of exactly one frame.
    ///
    /// # Errors
    /// They are no frame, less than one, or more.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        let mut reader = super::MessageReader::new();
        let mut found = None;
        let mut count = 0;
        reader.push(bytes, |message| {
            count += 1;
            found = Some(message);
        })?;
        reader.finish()?;
        found.filter(|_| count == 1).ok_or(MessageError::NotOne(count))
    }
}

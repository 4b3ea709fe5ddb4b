//! Reading frames, in whatever pieces they arrive.

use super::checksum::Crc32;
use super::{CHECKSUM, Header, MAX_HEADERS, MAX_PAYLOAD, Message, MessageError, PRELUDE};

/// Holds at most one frame. Memory grows with what has arrived, never with what a prelude promises; a prelude is believed once
/// its checksum and both lengths are good.
///
/// A failed reader fails ever after with the same error: where frames begin is lost.
#[derive(Debug, Default)]
pub struct MessageReader {
    frame: Vec<u8>,
    /// What the prelude says, once it is there.
    lengths: Option<Lengths>,
    failed: Option<MessageError>,
}

#[derive(Clone, Copy, Debug)]
struct Lengths {
    total: usize,
    headers: usize,
}

impl MessageReader {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and gives each frame that they complete to `release`.
    ///
    /// # Errors
    /// The first fault.
    pub fn push(&mut self, input: &[u8], mut release: impl FnMut(Message)) -> Result<(), MessageError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let outcome = self.take(input, &mut release);
        if let Err(error) = &outcome {
            self.failed = Some(error.clone());
            self.frame = Vec::new();
        }
        outcome
    }

    /// The stream has ended.
    ///
    /// # Errors
    /// It was refused before, or ended within a frame.
    pub fn finish(self) -> Result<(), MessageError> {
        match self.failed {
            Some(error) => Err(error),
            None if self.frame.is_empty() => Ok(()),
            None => Err(MessageError::Truncated),
        }
    }

    fn take(&mut self, mut input: &[u8], release: &mut impl FnMut(Message)) -> Result<(), MessageError> {
        while !input.is_empty() {
            let wanted = self.lengths.map_or(PRELUDE, |lengths| lengths.total);
            let here = wanted.saturating_sub(self.frame.len()).min(input.len());
            let (part, rest) = input.split_at_checked(here).unwrap_or((input, &[]));
            self.frame.extend_from_slice(part);
            input = rest;
            if self.frame.len() < wanted {
                return Ok(());
            }
            match self.lengths.take() {
                None => self.lengths = Some(Lengths::read(&self.frame)?),
                Some(lengths) => {
                    release(lengths.message(&self.frame)?);
                    self.frame.clear();
                }
            }
        }
        Ok(())
    }
}

impl Lengths {
    /// Reads and checks a prelude.
    fn read(prelude: &[u8]) -> Result<Self, MessageError> {
        let number =
            |at: usize| -> Option<u32> { Some(u32::from_be_bytes(*prelude.get(at..)?.first_chunk()?)) };
        let (Some(total), Some(headers), Some(crc)) = (number(0), number(4), number(8)) else {
            return Err(MessageError::Truncated);
        };
        if prelude.get(..8).map(Crc32::of) != Some(crc) {
            return Err(MessageError::PreludeChecksum);
        }
        let (total, headers) = (total as usize, headers as usize);
        if headers > MAX_HEADERS {
            return Err(MessageError::Headers(headers));
        }
        let least = PRELUDE + headers + CHECKSUM;
        match total.checked_sub(least) {
            None => Err(MessageError::Lengths { total, headers }),
            Some(payload) if payload > MAX_PAYLOAD => Err(MessageError::Payload(payload)),
            Some(_) => Ok(Self { total, headers }),
        }
    }

    fn message(self, frame: &[u8]) -> Result<Message, MessageError> {
        let (body, crc) = frame.split_last_chunk::<CHECKSUM>().ok_or(MessageError::Truncated)?;
        if Crc32::of(body) != u32::from_be_bytes(*crc) {
            return Err(MessageError::Checksum);
        }
        let rest = body.get(PRELUDE..).unwrap_or_default();
        let (mut headers, payload) = rest.split_at_checked(self.headers).ok_or(MessageError::Truncated)?;
        let mut message = Message::new(payload);
        while !headers.is_empty() {
            message.headers.push(Header::read(&mut headers)?);
        }
        Ok(message)
    }
}

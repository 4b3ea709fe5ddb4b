//! Reading a body in chunks, in whatever pieces it arrives.
//!
//! Rule: nothing is held but one line, or one signed chunk; memory grows with what has arrived, never with what a head
//! promises.

use sha2::{Digest as _, Sha256};

use super::{
    ChunkError, HeadFault, MIN_CHUNK, SIGNATURE_EXTENSION, TRAILER_SIGNATURE, Trailer, TrailerFault,
    TrailerNames, VerifyingChain,
};
use crate::verify::{BodyRule, Verified};
use crate::{PayloadKeyword, Request};

/// Takes the encoded body, gives out the data. Of a signed body each chunk comes out whole when its signature holds; of an
/// unsigned one data comes out as it arrives.
///
/// A failed reader fails ever after with the same error.
#[derive(Debug)]
pub struct ChunkReader {
    chain: Option<VerifyingChain>,
    names: Option<TrailerNames>,
    declared: u64,
    most: usize,
    state: State,
    /// The line being read.
    line: Vec<u8>,
    /// Data of the signed chunk being read.
    held: Vec<u8>,
    hash: Sha256,
    /// The signature in the head of the chunk being read.
    provided: Vec<u8>,
    /// Chunks whose heads were read.
    chunk: u64,
    /// The size of the chunk before.
    last: Option<u64>,
    /// Bytes that the heads so far promise.
    promised: u64,
    trailer: Trailer,
    failed: Option<ChunkError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    /// How many bytes of the chunk are still to come.
    Data(u64),
    /// The line end after data: how many of its bytes were seen.
    DataEnd(usize),
    Trailer,
    /// After the signature of the trailer: the empty line.
    LastLine,
    /// How many bytes of a second, needless line end were seen.
    End(usize),
}

impl ChunkReader {
    /// A reader of a signed body: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, or its ECDSA twin. `decoded` is what
    /// `x-amz-decoded-content-length` says.
    pub fn signed(chain: VerifyingChain, decoded: u64) -> Self {
        Self::new(Some(chain), None, decoded)
    }

    /// A reader of a signed body with a signed trailer: the keywords in `-TRAILER`.
    pub fn signed_with_trailer(chain: VerifyingChain, decoded: u64, names: TrailerNames) -> Self {
        Self::new(Some(chain), Some(names), decoded)
    }

    /// A reader of an unsigned body with a trailer: `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    pub fn unsigned_with_trailer(decoded: u64, names: TrailerNames) -> Self {
        Self::new(None, Some(names), decoded)
    }

    /// The reader that the body of a verified request wants; none for a body that does not come in chunks.
    ///
    /// # Errors
    /// `x-amz-decoded-content-length` does not say how long the data is, or `x-amz-trailer` names no field where there must be a
    /// trailer, or one that the request bears already.
    pub fn of(verified: &Verified<'_>, request: &Request<'_>) -> Result<Option<Self>, ChunkError> {
        let BodyRule::Chunked(keyword) = verified.body else { return Ok(None) };
        let decoded = Self::decoded_length(request)?;
        let names = || announced_names(request);
        let chain = || VerifyingChain::of(verified);
        Ok(match keyword {
            PayloadKeyword::StreamingUnsignedTrailer => Some(Self::unsigned_with_trailer(decoded, names()?)),
            PayloadKeyword::StreamingHmac | PayloadKeyword::StreamingEcdsa => {
                Some(Self::signed(chain(), decoded))
            }
            PayloadKeyword::StreamingHmacTrailer | PayloadKeyword::StreamingEcdsaTrailer => {
                Some(Self::signed_with_trailer(chain(), decoded, names()?))
            }
            PayloadKeyword::Unsigned | PayloadKeyword::StreamingHmacEvents => None,
        })
    }

    /// The reader of a body in chunks that nobody signed, which ends in a trailer.
    ///
    /// # Errors
    /// As those of [`of`](Self::of).
    pub fn unsigned(request: &Request<'_>) -> Result<Self, ChunkError> {
        Ok(Self::unsigned_with_trailer(Self::decoded_length(request)?, announced_names(request)?))
    }

    /// The length that `x-amz-decoded-content-length` says, in bytes.
    ///
    /// # Errors
    /// There is no such field, or it is no decimal number below 2^63.
    pub fn decoded_length(request: &Request<'_>) -> Result<u64, ChunkError> {
        request
            .header("x-amz-decoded-content-length")
            .filter(|text| (1..=19).contains(&text.len()) && text.iter().all(u8::is_ascii_digit))
            .map(|text| text.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0')))
            .filter(|length| i64::try_from(*length).is_ok())
            .ok_or(ChunkError::MissingLength)
    }

    /// Sets how many bytes a signed chunk may have, as it is held until its signature is checked; 16 MiB where nothing is set.
    #[must_use]
    pub fn with_max_chunk(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// Takes the next bytes of the body and gives what may be used of the data to `release`, in order.
    ///
    /// # Errors
    /// The first fault in the body. What was released before is verified but is no whole body: throw it away.
    pub fn push(&mut self, input: &[u8], mut release: impl FnMut(&[u8])) -> Result<(), ChunkError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let outcome = self.take(input, &mut release);
        if let Err(error) = &outcome {
            self.failed = Some(error.clone());
            self.held = Vec::new();
        }
        outcome
    }

    /// The body has ended: gives the trailer.
    ///
    /// # Errors
    /// The body was refused before, or ended too early.
    pub fn finish(self) -> Result<Trailer, ChunkError> {
        match (self.failed, self.state) {
            (Some(error), _) => Err(error),
            // Half of a second line end is no line end.
            (None, State::End(0 | 2)) => Ok(self.trailer),
            (None, _) => Err(ChunkError::Truncated),
        }
    }

    fn new(chain: Option<VerifyingChain>, names: Option<TrailerNames>, declared: u64) -> Self {
        Self {
            chain,
            names,
            declared,
            most: MAX_CHUNK,
            state: State::Head,
            line: Vec::new(),
            held: Vec::new(),
            hash: Sha256::new(),
            provided: Vec::new(),
            chunk: 0,
            last: None,
            promised: 0,
            trailer: Trailer::default(),
            failed: None,
        }
    }

    fn take(&mut self, mut input: &[u8], release: &mut impl FnMut(&[u8])) -> Result<(), ChunkError> {
        while !input.is_empty() {
            input = match self.state {
                State::Head => match self.line(input, MAX_HEAD)? {
                    (Some(line), rest) => self.head(&line).map(|()| rest)?,
                    (None, rest) => rest,
                },
                State::Data(left) => self.data(left, input, release)?,
                State::DataEnd(seen) => self.data_end(seen, input)?,
                State::Trailer => match self.line(input, MAX_TRAILER)? {
                    (Some(line), rest) => self.trailer_line(&line).map(|()| rest)?,
                    (None, rest) => rest,
                },
                State::LastLine => match self.line(input, 2)? {
                    (Some(line), rest) if line.is_empty() => self.end().map(|()| rest)?,
                    (Some(_), _) => return Err(ChunkError::Trailer(TrailerFault::AfterSignature)),
                    (None, rest) => rest,
                },
                State::End(seen) => self.after_end(seen, input)?,
            };
        }
        Ok(())
    }

    /// Reads up to a line end; gives the line without it, and what follows. Of a trailer the bound is that of all its lines.
    fn line<'i>(&mut self, input: &'i [u8], most: usize) -> Result<(Option<Vec<u8>>, &'i [u8]), ChunkError> {
        for (at, byte) in input.iter().enumerate() {
            if *byte == b'\n' && self.line.last() == Some(&b'\r') {
                self.line.pop();
                let rest = input.get(at + 1..).unwrap_or_default();
                return Ok((Some(std::mem::take(&mut self.line)), rest));
            }
            if self.line.len() >= most {
                return Err(self.too_long());
            }
            self.line.push(*byte);
        }
        Ok((None, &[]))
    }

    fn too_long(&self) -> ChunkError {
        match self.state {
            State::Trailer => ChunkError::Trailer(TrailerFault::TooLong),
            State::LastLine => ChunkError::Trailer(TrailerFault::AfterSignature),
            _ => ChunkError::Head { chunk: self.chunk + 1, fault: HeadFault::TooLong },
        }
    }

    fn head(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        self.chunk += 1;
        let chunk = self.chunk;
        let (size, provided) =
            split_head(line, self.chain.is_some()).map_err(|fault| ChunkError::Head { chunk, fault })?;
        if size == 0 {
            return self.last_chunk(provided);
        }
        if let Some(small) = self.last.filter(|size| *size < MIN_CHUNK) {
            return Err(ChunkError::TooSmall { chunk, size: small });
        }
        let sent = self.promised.saturating_add(size);
        if sent > self.declared {
            return Err(ChunkError::Length { declared: self.declared, sent });
        }
        if self.chain.is_some() && size > self.most as u64 {
            return Err(ChunkError::TooLarge { chunk, size, most: self.most as u64 });
        }
        self.promised = sent;
        self.last = Some(size);
        self.provided = provided.to_vec();
        self.state = State::Data(size);
        Ok(())
    }

    fn data<'i>(
        &mut self,
        left: u64,
        input: &'i [u8],
        release: &mut impl FnMut(&[u8]),
    ) -> Result<&'i [u8], ChunkError> {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let (data, rest) = input.split_at_checked(here).unwrap_or((input, &[]));
        let left = left - here as u64;
        if let Some(chain) = &mut self.chain {
            self.hash.update(data);
            if left > 0 {
                self.held.extend_from_slice(data);
            } else {
                let hash = self.hash.finalize_reset().into();
                let chunk = Some(self.chunk);
                chain
                    .check_chunk(&hash, &self.provided)
                    .map_err(ChunkError::mismatch(chunk, &self.provided))?;
                self.release_held(data, release);
            }
        } else {
            release(data);
        }
        self.state = if left == 0 { State::DataEnd(0) } else { State::Data(left) };
        Ok(rest)
    }

    /// Gives out what is held and the rest of the chunk; a chunk that came in one piece was never copied.
    fn release_held(&mut self, rest: &[u8], release: &mut impl FnMut(&[u8])) {
        if self.held.is_empty() {
            return release(rest);
        }
        self.held.extend_from_slice(rest);
        release(&self.held);
        self.held.clear();
    }

    fn data_end<'i>(&mut self, seen: usize, input: &'i [u8]) -> Result<&'i [u8], ChunkError> {
        let rest = line_end(seen, input).ok_or(ChunkError::MissingLineEnd { chunk: self.chunk })?;
        self.state = if seen == 1 { State::Head } else { State::DataEnd(1) };
        Ok(rest)
    }

    fn last_chunk(&mut self, provided: &[u8]) -> Result<(), ChunkError> {
        if self.promised != self.declared {
            return Err(ChunkError::Length { declared: self.declared, sent: self.promised });
        }
        if let Some(chain) = &mut self.chain {
            let hash = Sha256::digest([]).into();
            let mismatch = ChunkError::mismatch(Some(self.chunk), provided);
            chain.check_chunk(&hash, provided).map_err(mismatch)?;
        }
        self.state = State::Trailer;
        Ok(())
    }

    /// A line of the trailer. Some clients end their fields in a bare line feed before the line end, or each but the last so.
    fn trailer_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        if line.is_empty() {
            return match (&self.chain, &self.names) {
                (Some(_), Some(_)) => Err(ChunkError::Trailer(TrailerFault::NoSignature)),
                _ => self.end(),
            };
        }
        let signed = self.chain.is_some() && self.names.is_some();
        for field in line.split(|byte| *byte == b'\n').filter(|field| !field.is_empty()) {
            if self.state == State::LastLine {
                return Err(ChunkError::Trailer(TrailerFault::AfterSignature));
            }
            match super::trailer::field(field) {
                Some((name, signature)) if signed && name == TRAILER_SIGNATURE => {
                    self.check_trailer(signature.as_bytes())?;
                }
                _ => self.trailer.push(field, self.names.as_ref()).map_err(ChunkError::Trailer)?,
            }
        }
        Ok(())
    }

    fn check_trailer(&mut self, provided: &[u8]) -> Result<(), ChunkError> {
        self.trailer.is_complete(self.names.as_ref()).map_err(ChunkError::Trailer)?;
        if let Some(chain) = &mut self.chain {
            let mismatch = ChunkError::mismatch(None, provided);
            chain.check_trailer(&self.trailer.canonical(), provided).map_err(mismatch)?;
        }
        self.state = State::LastLine;
        Ok(())
    }

    fn end(&mut self) -> Result<(), ChunkError> {
        self.trailer.is_complete(self.names.as_ref()).map_err(ChunkError::Trailer)?;
        self.state = State::End(0);
        Ok(())
    }

    fn after_end<'i>(&mut self, seen: usize, input: &'i [u8]) -> Result<&'i [u8], ChunkError> {
        let rest = line_end(seen, input).ok_or(ChunkError::TrailingBytes)?;
        self.state = State::End(seen + 1);
        Ok(rest)
    }
}

/// The names in `x-amz-trailer`. A field of the head is none of them: who puts head and trailer together would believe the later
/// one, which may be unsigned.
pub(super) fn announced_names(request: &Request<'_>) -> Result<TrailerNames, ChunkError> {
    let names = TrailerNames::read(&announced(request))?;
    if names.iter().any(|name| request.header(name).is_some()) {
        return Err(ChunkError::Trailer(TrailerFault::Undeclared));
    }
    Ok(names)
}

/// The values of `x-amz-trailer`, with commas between.
fn announced(request: &Request<'_>) -> Vec<u8> {
    let named = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-amz-trailer"));
    named.map(|(_, value)| *value).collect::<Vec<_>>().join(&b',')
}

/// Size, and signature where one is wanted.
fn split_head(line: &[u8], signed: bool) -> Result<(u64, &[u8]), HeadFault> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (size, rest) = line.split_at_checked(digits).unwrap_or((line, &[]));
    if !(1..=16).contains(&size.len()) || !matches!(rest.first(), None | Some(b';')) {
        return Err(HeadFault::Size);
    }
    let size = size.iter().fold(0_u64, |sum, digit| (sum << 4) | digit_value(*digit));
    match (rest.strip_prefix(SIGNATURE_EXTENSION.as_bytes()), signed) {
        (Some(provided), true) => Ok((size, provided)),
        (None, true) => Err(HeadFault::NoSignature),
        (_, false) if rest.is_empty() => Ok((size, rest)),
        (_, false) => Err(HeadFault::Extension),
    }
}

fn digit_value(digit: u8) -> u64 {
    u64::from((digit as char).to_digit(16).unwrap_or_default())
}

/// What follows the byte of a line end that comes next.
fn line_end(seen: usize, input: &[u8]) -> Option<&[u8]> {
    let (first, rest) = input.split_first()?;
    (b"\r\n".get(seen) == Some(first)).then_some(rest)
}

/// What a head may take: sixteen digits, the extension, 144 characters of signature, and room.
const MAX_HEAD: usize = 256;

/// What a line of the trailer may take.
const MAX_TRAILER: usize = 8192;

/// What a signed chunk may have, where nothing else is set: SDKs send 64 KiB to 1 MiB.
const MAX_CHUNK: usize = 16 << 20;

//! Writing a body in chunks.

use super::{MIN_CHUNK, SIGNATURE_EXTENSION, SigningChain, TRAILER_SIGNATURE, Trailer, TrailerFault};

/// Cuts nothing and holds nothing: each call makes one chunk of what it is given.
#[derive(Debug)]
pub struct ChunkSigner {
    chain: Option<SigningChain>,
    trailer: bool,
    last: Option<u64>,
}

/// A body cannot be made of this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChunkSignError {
    #[error("a chunk without data would end the body; call finish")]
    Empty,
    #[error(
        "a chunk of {0} bytes is followed by another; only the last may have less than 8192: gather more first"
    )]
    TooSmall(u64),
    #[error(
        "the payload keyword and the trailer do not go together; a keyword that ends in -TRAILER wants a field"
    )]
    Keyword,
    #[error("the trailer {0}")]
    Trailer(TrailerFault),
}

impl ChunkSigner {
    /// Signed chunks: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, or the ECDSA keyword with such a chain.
    pub fn signed(chain: SigningChain) -> Self {
        Self { chain: Some(chain), trailer: false, last: None }
    }

    /// Signed chunks and a signed trailer: the keyword of [`signed`](Self::signed) followed by `-TRAILER`.
    pub fn signed_with_trailer(chain: SigningChain) -> Self {
        Self { chain: Some(chain), trailer: true, last: None }
    }

    /// Unsigned chunks and a trailer: `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    pub fn unsigned_with_trailer() -> Self {
        Self { chain: None, trailer: true, last: None }
    }

    /// Signs one chunk and gives what the wire bears before its data; a line end follows the data.
    ///
    /// # Errors
    /// The chunk is empty, or the one before it was smaller than [`MIN_CHUNK`].
    pub fn head(&mut self, data: &[u8]) -> Result<String, ChunkSignError> {
        if data.is_empty() {
            return Err(ChunkSignError::Empty);
        }
        if let Some(small) = self.last.filter(|size| *size < MIN_CHUNK) {
            return Err(ChunkSignError::TooSmall(small));
        }
        self.last = Some(data.len() as u64);
        Ok(self.signed_head(data))
    }

    /// Appends one chunk, whole.
    ///
    /// # Errors
    /// Those of [`head`](Self::head).
    pub fn chunk(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), ChunkSignError> {
        let head = self.head(data)?;
        out.reserve(head.len() + data.len() + 2);
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(data);
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// The last chunk, and the trailer with its signature.
    ///
    /// # Errors
    /// There are fields and the keyword promises none, or the other way round; a field that no trailer may bear.
    pub fn finish(mut self, fields: &[(&str, &str)]) -> Result<Vec<u8>, ChunkSignError> {
        if self.trailer == fields.is_empty() {
            return Err(ChunkSignError::Keyword);
        }
        let trailer = checked(fields).map_err(ChunkSignError::Trailer)?;
        let mut out = self.signed_head(&[]).into_bytes();
        trailer.write(&mut out);
        if let (true, Some(chain)) = (self.trailer, &mut self.chain) {
            let signature = chain.sign_trailer(&trailer.canonical());
            out.extend_from_slice(format!("{TRAILER_SIGNATURE}:{signature}\r\n").as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        Ok(out)
    }

    fn signed_head(&mut self, data: &[u8]) -> String {
        let size = data.len();
        match &mut self.chain {
            Some(chain) => format!("{size:x}{SIGNATURE_EXTENSION}{}\r\n", chain.sign_chunk(data)),
            None => format!("{size:x}\r\n"),
        }
    }
}

fn checked(fields: &[(&str, &str)]) -> Result<Trailer, TrailerFault> {
    let mut trailer = Trailer::default();
    for (name, value) in fields {
        if name.eq_ignore_ascii_case(TRAILER_SIGNATURE) {
            return Err(TrailerFault::Unexpected((*name).to_owned()));
        }
        if name.contains(':') {
            return Err(TrailerFault::Line);
        }
        let (name, value) =
            super::trailer::field(format!("{name}:{value}").as_bytes()).ok_or(TrailerFault::Line)?;
        trailer.add(name, value)?;
    }
    Ok(trailer)
}

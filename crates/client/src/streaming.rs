//! An answer whose body is read as it comes.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};
use types::Timestamp;

use crate::connect::Arriving;
use crate::response::http_date;
use crate::{ClientError, Response};

/// Status and headers, and the body piece by piece. A connection whose answer is not read to its end is closed.
pub struct Streaming {
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
    /// Read by somebody who only looked.
    ahead: Option<Bytes>,
    body: Source,
}

enum Source {
    Wire(Box<Arriving>),
    Memory(Option<Bytes>),
}

impl Streaming {
    pub(crate) fn new(head: http::response::Parts, body: Arriving) -> Self {
        let http::response::Parts { status, version, headers, .. } = head;
        Self { status, version, headers, ahead: None, body: Source::Wire(Box::new(body)) }
    }

    pub const fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub const fn is_success(&self) -> bool {
        self.status() >= 200 && self.status() < 300
    }

    /// The protocol that was spoken.
    pub const fn version(&self) -> Version {
        self.version
    }

    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first field of this name, if it is visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The server's time, to the second, when it wrote the answer.
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.header("date")?)
    }

    /// Bytes of the body that are still to come, where the server has said.
    pub fn remaining(&self) -> Option<u64> {
        let ahead = self.ahead.as_ref().map_or(0, |bytes| bytes.len() as u64);
        match &self.body {
            Source::Wire(arriving) => arriving.remaining().map(|length| length + ahead),
            Source::Memory(bytes) => Some(ahead + bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
        }
    }

    /// The next piece, which is not empty; `None` at the end. A body that ends before its end is an error.
    pub async fn next(&mut self) -> Option<Result<Bytes, ClientError>> {
        match self.ahead.take() {
            Some(bytes) => Some(Ok(bytes)),
            None => self.next_piece().await,
        }
    }

    /// The beginning of the body, `enough` bytes or a little more if there are so many. It is still to come.
    pub async fn peek(&mut self, enough: usize) -> Result<Bytes, ClientError> {
        let mut seen: Vec<Bytes> = self.ahead.take().into_iter().collect();
        while seen.iter().map(Bytes::len).sum::<usize>() < enough {
            match self.next_piece().await {
                Some(piece) => seen.push(piece?),
                None => break,
            }
        }
        let seen = match seen.len() {
            1 => seen.remove(0),
            _ => Bytes::from(seen.concat()),
        };
        self.ahead = Some(seen.clone()).filter(|seen| !seen.is_empty());
        Ok(seen)
    }

    async fn next_piece(&mut self) -> Option<Result<Bytes, ClientError>> {
        match &mut self.body {
            Source::Wire(arriving) => arriving.next().await.transpose(),
            Source::Memory(bytes) => bytes.take().filter(|bytes| !bytes.is_empty()).map(Ok),
        }
    }

    /// The whole, refused as soon as it is known to be longer than `limit`.
    pub async fn collect(mut self, limit: usize) -> Result<Response, ClientError> {
        let origin = self.origin();
        let too_large = || ClientError::TooLarge { origin: origin.clone(), limit };
        if self.remaining().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut pieces: Vec<Bytes> = Vec::new();
        let mut length = 0_usize;
        while let Some(piece) = self.next().await {
            let piece = piece?;
            length = length.saturating_add(piece.len());
            if length > limit {
                return Err(too_large());
            }
            pieces.push(piece);
        }
        // In one piece: a growing vector would leave copies behind that nobody wipes.
        Ok(Response::new(self.status(), self.headers, pieces.concat()))
    }

    fn origin(&self) -> String {
        match &self.body {
            Source::Wire(arriving) => arriving.origin().to_owned(),
            Source::Memory(_) => "the recording".to_owned(),
        }
    }
}

/// An answer that was read before: of recordings and tests.
impl From<Response> for Streaming {
    fn from(response: Response) -> Self {
        let (status, headers, body) = response.into_parts();
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let body = Source::Memory(Some(Bytes::copy_from_slice(body.expose())));
        Self { status, version: Version::HTTP_11, headers, ahead: None, body }
    }
}

/// The body is a secret, and headers may be: status only.
impl fmt::Debug for Streaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").field("status", &self.status()).finish_non_exhaustive()
    }
}

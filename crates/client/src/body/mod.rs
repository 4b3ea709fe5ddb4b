//! What a request carries: in memory, in a file, or put by from a pipe; sent as often as attempts are made.
//!
//! Rule: every attempt sends the same bytes, which are those that were hashed. A file that changes meanwhile is an error.

mod outgoing;
mod sending;

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use sys::fs::{HeldFile, Opened, ReadError, SpoolError, Spooled};

pub(crate) use self::outgoing::Outgoing;
pub(crate) use self::sending::Sending;

/// The body of a request. Clones are the same bytes and cost nothing; the length is always known.
#[derive(Clone)]
pub struct Body {
    payload: Arc<Payload>,
    is_signed: bool,
    watch: Option<Watch>,
}

/// Told how many bytes of the attempt under way are on their way.
pub(crate) type Watch = Arc<dyn Fn(u64) + Send + Sync>;

/// The bytes and, once somebody has asked for it, their hash.
struct Payload {
    content: Content,
    sha256: OnceLock<[u8; 32]>,
}

#[derive(Clone)]
pub(crate) enum Content {
    Memory(Bytes),
    File(Arc<HeldFile>),
}

/// A body cannot be had, or not again.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error(transparent)]
    File(#[from] ReadError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error("{} cannot be read any more", name(path.as_ref()))]
    Read {
        path: Option<PathBuf>,
        #[source]
        source: io::Error,
    },
    #[error("{} was changed while it was being sent; send it when nobody writes to it", name(path.as_ref()))]
    Changed { path: Option<PathBuf> },
    /// The answer came before the body was sent, and nobody wants it sent any more.
    #[error("the body is not wanted any more")]
    Abandoned,
}

impl Body {
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// The file at `path`, which is held open and read while it is sent. What can be read once only, a pipe or a device, is put
    /// by. Blocks.
    pub fn file(path: &Path) -> Result<Self, BodyError> {
        match HeldFile::open(path)? {
            Opened::File(file) => Ok(Self::of(Content::File(Arc::new(file)))),
            Opened::Stream(pipe) => Self::spool(pipe, MAX_OBJECT),
        }
    }

    /// What `input` gives until it ends: up to 1 MiB in memory, more in a file that is gone with the process, more than
    /// `limit` nowhere. Blocks.
    pub fn spool(input: impl Read, limit: u64) -> Result<Self, BodyError> {
        Ok(Self::of(match sys::fs::spool(input, IN_MEMORY, limit)? {
            Spooled::Memory(bytes) => Content::Memory(bytes.into()),
            Spooled::File(file) => Content::File(Arc::new(file)),
        }))
    }

    /// The same, signed as `UNSIGNED-PAYLOAD`: S3 takes that over TLS, and nothing has to be read before it is sent.
    #[must_use]
    pub fn unsigned(self) -> Self {
        Self { is_signed: false, ..self }
    }

    /// The same; `watch` hears how many bytes of the attempt under way are on their way. Each attempt begins at 0.
    #[must_use]
    pub fn watched(self, watch: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self { watch: Some(Arc::new(watch)), ..self }
    }

    pub fn len(&self) -> u64 {
        match &self.payload.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::File(file) => file.length(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the signature is one of the body too.
    pub const fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// The whole, where it is in memory.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.payload.content {
            Content::Memory(bytes) => Some(bytes),
            Content::File(_) => None,
        }
    }

    pub(crate) fn bytes(&self) -> Option<Bytes> {
        match &self.payload.content {
            Content::Memory(bytes) => Some(bytes.clone()),
            Content::File(_) => None,
        }
    }

    /// The hash of the bytes, computed once for all clones.
    pub async fn sha256(&self) -> Result<[u8; 32], BodyError> {
        if let Some(hash) = self.payload.sha256.get() {
            return Ok(*hash);
        }
        if self.len() <= IN_MEMORY as u64
            && let Content::Memory(bytes) = &self.payload.content
        {
            return Ok(*self.payload.sha256.get_or_init(|| Sha256::digest(bytes).into()));
        }
        let content = self.payload.content.clone();
        let hash = tokio::task::spawn_blocking(move || content.hash()).await;
        let hash = hash.expect("hashing does not panic, and nobody aborts it")?;
        Ok(*self.payload.sha256.get_or_init(|| hash))
    }

    fn of(content: Content) -> Self {
        Self { payload: Arc::new(Payload { content, sha256: OnceLock::new() }), is_signed: true, watch: None }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::of(Content::Memory(bytes.into()))
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

/// Bodies may be secrets: the length only.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

impl Content {
    fn hash(&self) -> Result<[u8; 32], BodyError> {
        let file = match self {
            Self::Memory(bytes) => return Ok(Sha256::digest(bytes).into()),
            Self::File(file) => file,
        };
        let (mut hasher, mut at) = (Sha256::new(), 0);
        let mut chunk = vec![0; CHUNK];
        while at < file.length() {
            let read = read(file, &mut chunk, at)?;
            hasher.update(&chunk[..read]);
            at += read as u64;
        }
        Ok(hasher.finalize().into())
    }
}

/// The bytes from `at` on: all that fit, or all that are left. The last ones are given only if nobody wrote to the file
/// meanwhile, so no host ever sees the whole of a mixture.
fn read(file: &HeldFile, chunk: &mut [u8], at: u64) -> Result<usize, BodyError> {
    let path = || file.path().map(Path::to_owned);
    let left = file.length() - at;
    let count = usize::try_from(left).map_or(chunk.len(), |left| left.min(chunk.len()));
    let read = file.read_at(&mut chunk[..count], at);
    let read = read.map_err(|source| BodyError::Read { path: path(), source })?;
    if read < count || count as u64 == left && !file.is_unchanged() {
        return Err(BodyError::Changed { path: path() });
    }
    Ok(read)
}

fn name(path: Option<&PathBuf>) -> String {
    path.map_or_else(|| "the body".to_owned(), |path| format!("file {}", path.display()))
}

/// What one read takes. Larger ones are not faster; smaller ones cost a thread's wake-up each.
const CHUNK: usize = 256 << 10;
const IN_MEMORY: usize = 1 << 20;
/// What S3 takes in one request.
const MAX_OBJECT: u64 = 5 << 30;

#[cfg(test)]
mod tests;

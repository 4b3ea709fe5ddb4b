//! Sessions kept on disk, where the AWS CLI keeps and looks for its own: `~/.aws/cli/cache`.
//!
//! Rule: only what issued sessions give is kept (roles, web identities, IAM Identity Center; with MFA and without), in
//! files of mode 0600 that are replaced whole. A file that somebody else wrote, or that others may read or write, is
//! passed over and said so; it costs one request, and trusting it could cost an account.

mod entry;
mod key;
mod sessions;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sys::fs;
use types::Timestamp;

pub use entry::{Entry, EntryError, Kind};
pub use key::CacheKey;
pub(crate) use key::{Arguments, hex, python_string, sha1_hex};
pub use sessions::Keep;
pub(crate) use sessions::session;

use crate::expiry;

/// The directory with cached sessions.
#[derive(Clone, Debug)]
pub struct SessionCache {
    directory: PathBuf,
}

/// An entry and its file.
#[derive(Clone, Debug)]
pub struct Cached {
    pub path: PathBuf,
    pub entry: Entry,
    /// When its file was written, as far as the file system says.
    pub written: Option<Timestamp>,
}

/// A cached session is passed over, or was not kept. No content of the file is in any of these.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error(
        "cached session {} can be read or written by others (mode {mode:04o}) and is passed over; remove it, or run `chmod 600 {}`",
        path.display(), path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error(
        "cached session {} belongs to user {owner}, not to user {user} who runs this, and is passed over; remove it",
        path.display()
    )]
    Foreign { path: PathBuf, owner: u32, user: u32 },
    #[error("cached session {} {source} and is passed over; remove it", path.display())]
    Corrupt { path: PathBuf, source: EntryError },
    #[error("cached session is passed over")]
    Unreadable(#[source] fs::ReadError),
    #[error("sessions cannot be kept in {}; check that this user may write there", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("directory {} belongs to user {owner}, so no session of user {user} is kept there", path.display())]
    ForeignDirectory { path: PathBuf, owner: u32, user: u32 },
    #[error(transparent)]
    Write(#[from] fs::ReplaceError),
}

impl SessionCache {
    /// The cache below `aws_directory`, which is `~/.aws` for most.
    pub fn new(aws_directory: &Path) -> Self {
        Self { directory: aws_directory.join("cli").join("cache") }
    }

    pub fn path(&self, key: &CacheKey) -> PathBuf {
        self.directory.join(format!("{key}.json"))
    }

    /// The entry under `key`; `None` where there is none.
    pub fn read(&self, key: &CacheKey) -> Result<Option<Cached>, CacheError> {
        self.read_file(self.path(key))
    }

    /// Keeps `entry` under `key`. What another user owns is not replaced: that user could not read it any more.
    pub fn write(&self, key: &CacheKey, entry: &Entry) -> Result<(), CacheError> {
        let user = fs::user();
        // Whatever a superuser makes in somebody's home, its owner cannot use.
        if let Some(owner) = fs::owner(&self.directory).filter(|owner| *owner != user) {
            return Err(CacheError::ForeignDirectory { path: self.directory.clone(), owner, user });
        }
        fs::make_directory(&self.directory)
            .map_err(|source| CacheError::Directory { path: self.directory.clone(), source })?;
        fs::replace(&self.path(key), entry.print().expose(), 0o600)?;
        Ok(())
    }

    fn read_file(&self, path: PathBuf) -> Result<Option<Cached>, CacheError> {
        let file = match fs::read_owned(&path, LARGEST) {
            Ok(file) => file,
            Err(fs::ReadError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(CacheError::Unreadable(error)),
        };
        if file.owner != file.user {
            return Err(CacheError::Foreign { path, owner: file.owner, user: file.user });
        }
        if !file.is_own() || !file.is_private() {
            return Err(CacheError::Exposed { path, mode: file.mode });
        }
        let parsed = Entry::parse(&file.bytes);
        drop(types::Secret::new(file.bytes));
        match parsed {
            Ok(entry) => Ok(Some(Cached { path, entry, written: file.modified })),
            Err(source) => Err(CacheError::Corrupt { path, source }),
        }
    }
}

impl Cached {
    /// Whether it is used without asking anybody: more is left than the window before its end, and than `min_ttl`.
    pub fn is_fresh(&self, now: Timestamp, min_ttl: Duration) -> bool {
        self.left(now) > expiry::early(self.life()).max(min_ttl)
    }

    /// Whether it is better than nothing where nobody answers.
    pub fn is_valid(&self, now: Timestamp, min_ttl: Duration) -> bool {
        self.left(now) > min_ttl
    }

    pub fn left(&self, now: Timestamp) -> Duration {
        expiry::left(self.entry.expiration, now)
    }

    /// From when it was written until it ends. A file from the future, or without a time, counts as long-lived, which
    /// gives the CLI's own window.
    fn life(&self) -> Duration {
        match self.written {
            Some(written) if written < self.entry.expiration => self.entry.expiration.since(written),
            _ => Duration::MAX,
        }
    }
}

/// A session has less than 4 KiB; tokens of IAM Identity Center can be longer.
const LARGEST: usize = 64 * 1024;

//! A lock file: one process at a time, and its number inside for whoever comes second.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Held until dropped, or until the process ends however it ends: the kernel lets go of it.
///
/// The file stays behind. To remove it would let two processes lock two files of one name.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// The lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{} is held by {}; stop it or use another directory", path.display(), holder(*pid))]
    Held { path: PathBuf, pid: Option<u32> },
    #[error("lock file {} cannot be used; check that this user may write to its directory", path.display())]
    Unusable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Lock {
    /// Takes the lock at `path`, without waiting.
    pub fn acquire(path: &Path) -> Result<Self, LockError> {
        let unusable = |source| LockError::Unusable { path: path.to_owned(), source };
        let mut file = open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held { path: path.to_owned(), pid: written_pid(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(unusable)?;
        Ok(Self { file })
    }

    /// Takes the lock at `path`, and waits at most `patience` for others to let go of it.
    #[allow(
        clippy::disallowed_methods,
        reason = "the door to the clock; a file lock tells nobody that it is free"
    )]
    pub fn wait(path: &Path, patience: Duration) -> Result<Self, LockError> {
        let mut waited = Duration::ZERO;
        loop {
            match Self::acquire(path) {
                Err(LockError::Held { .. }) if waited < patience => {}
                result => return result,
            }
            std::thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

/// The number of the process is written over what is there: a link, or a second name, would let whoever may write to the
/// directory empty any file of this user.
fn open(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() || found.nlink() > 1 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file of one name"));
    }
    Ok(file)
}

/// What the holder wrote. It may be between taking the lock and writing.
fn written_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// How often a lock that is held is tried again: shorter than anybody notices.
const PAUSE: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_taker_learns_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let first = Lock::acquire(&path).unwrap();
        match Lock::acquire(&path) {
            Err(LockError::Held { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        assert!(matches!(Lock::wait(&path, PAUSE), Err(LockError::Held { .. })));
        drop(first);
        drop(Lock::acquire(&path).unwrap());
        Lock::wait(&path, Duration::ZERO).unwrap();
    }

    #[test]
    fn links_and_second_names_are_refused_and_what_they_lead_to_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (precious, lock) = (dir.path().join("precious"), dir.path().join("lock"));
        super::super::replace(&precious, b"keys", 0o600).unwrap();
        std::os::unix::fs::symlink(&precious, &lock).unwrap();
        assert!(matches!(Lock::acquire(&lock), Err(LockError::Unusable { .. })));
        std::fs::remove_file(&lock).unwrap();
        std::fs::hard_link(&precious, &lock).unwrap();
        assert!(matches!(Lock::acquire(&lock), Err(LockError::Unusable { .. })));
        assert_eq!(super::super::read(&precious, 9).unwrap(), b"keys");
    }

    #[test]
    fn directory_that_is_not_there_is_named() {
        let error = Lock::acquire(Path::new("/nonexistent/lock")).unwrap_err();
        assert!(error.to_string().starts_with("lock file /nonexistent/lock cannot be used"), "{error}");
    }
}

//! Replacing or creating a file as a whole: after a crash it holds the old content or the new, never a mixture.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file could not be replaced or removed. The old one is still there.
#[derive(Debug, thiserror::Error)]
#[error(
    "file {} cannot be written; check that this user may write to its directory and that the disk has room",
    path.display()
)]
pub struct ReplaceError {
    path: PathBuf,
    source: io::Error,
}

impl ReplaceError {
    pub(super) fn new(path: &Path, source: io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

/// Puts `bytes` at `path` with permissions `mode`. When this returns, they survive a power cut.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), ReplaceError> {
    let write = || {
        temporary(parent(path), bytes, mode)?.persist(path)?;
        sync_directory(parent(path))
    };
    write().map_err(|source| ReplaceError { path: path.to_owned(), source })
}

/// Puts `bytes` at `path` unless something is there already; says whether it did. Of several that try at once, one
/// does.
pub fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<bool, ReplaceError> {
    let write = || match temporary(parent(path), bytes, mode)?.persist_noclobber(path) {
        Ok(_) => sync_directory(parent(path)).map(|()| true),
        Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(failed) => Err(failed.error),
    };
    write().map_err(|source| ReplaceError { path: path.to_owned(), source })
}

/// Removes `path`; that it is not there is fine.
pub fn remove(path: &Path) -> Result<(), ReplaceError> {
    let removed = match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed,
    };
    removed
        .and_then(|()| sync_directory(parent(path)))
        .map_err(|source| ReplaceError { path: path.to_owned(), source })
}

/// The temporary file stands in the same directory, because a rename is atomic only within one file system. It is
/// made with mode 0600, so that no secret is readable even for a moment.
fn temporary(directory: &Path, bytes: &[u8], mode: u32) -> io::Result<NamedTempFile> {
    let made = tempfile::Builder::new().prefix(".linklocal-").tempfile_in(directory);
    // The library's error names the temporary file, which nobody knows.
    let mut file = made.map_err(|error| io::Error::from(error.kind()))?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A rename is durable once its directory is.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_content_and_mode_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        for (bytes, mode) in [(&b"one"[..], 0o644), (&b"two"[..], 0o600)] {
            replace(&path, bytes, mode).unwrap();
            assert_eq!(super::super::read(&path, 10).unwrap(), bytes);
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode);
        }
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn failure_names_the_path_and_keeps_the_old_content() {
        let dir = tempfile::tempdir().unwrap();
        let occupied = dir.path().join("directory");
        fs::create_dir(&occupied).unwrap();
        fs::create_dir(occupied.join("child")).unwrap();
        let error = replace(&occupied, b"x", 0o600).unwrap_err();
        assert!(error.to_string().contains("directory cannot be written"), "{error}");
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn the_cause_names_no_other_file() {
        let dir = tempfile::tempdir().unwrap();
        let error = replace(&dir.path().join("missing/file"), b"x", 0o600).unwrap_err();
        assert_eq!(error.source.to_string(), "entity not found");
    }

    #[test]
    fn only_the_first_creates() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(create(&path, b"one", 0o600).unwrap());
        assert!(!create(&path, b"two", 0o644).unwrap());
        assert_eq!(super::super::read(&path, 10).unwrap(), b"one");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn removing_what_is_not_there_is_fine() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        replace(&path, b"", 0o600).unwrap();
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
    }
}

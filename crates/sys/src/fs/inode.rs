//! What a file system knows of a path beside its content, and its permissions, tightened.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// A file or directory, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    /// Permissions, without the type of the file.
    pub mode: u32,
    /// The user that it belongs to.
    pub owner: u32,
    pub is_directory: bool,
    /// Neither a directory nor a device, a pipe or a socket.
    pub is_file: bool,
}

/// A file whose permissions stay as they are.
#[derive(Debug, thiserror::Error)]
#[error("{path} keeps its permissions; change them with chmod as the user that it belongs to", path = path.display())]
pub struct ModeError {
    path: PathBuf,
    source: io::Error,
}

/// What is at `path`; nothing where nothing is, or where it may not be seen.
pub fn inode(path: &Path) -> Option<Inode> {
    let found = std::fs::metadata(path).ok()?;
    Some(Inode {
        mode: found.mode() & 0o7777,
        owner: found.uid(),
        is_directory: found.is_dir(),
        is_file: found.is_file(),
    })
}

/// The path without links; as it is where it leads nowhere.
pub fn resolved(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Gives the file or directory at `path` these permissions. Links that somebody else made are followed to that user's files
/// alone, as they are where a file is changed; devices, which everybody shares, keep theirs.
pub fn set_mode(path: &Path, mode: u32) -> Result<(), ModeError> {
    let failed = |source| ModeError { path: path.to_owned(), source };
    let end = super::user::resolve(path).map_err(|error| failed(io::Error::other(error)))?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(&end, flags, Mode::empty()).map_err(|errno| failed(errno.into()))?;
    let opened = File::from(opened);
    let found = opened.metadata().map_err(failed)?;
    if !found.is_file() && !found.is_dir() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is a device or a pipe")));
    }
    opened.set_permissions(Permissions::from_mode(mode)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_seen_and_set() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        super::super::replace(&path, b"", 0o600).unwrap();
        set_mode(&path, 0o640).unwrap();
        let found = inode(&path).unwrap();
        assert_eq!((found.mode, found.is_directory, found.is_file), (0o640, false, true));
        assert!(inode(dir.path()).unwrap().is_directory);
        assert_eq!(inode(&dir.path().join("none")), None);
        let error = set_mode(&dir.path().join("none"), 0o600).unwrap_err();
        assert!(error.to_string().ends_with("as the user that it belongs to"), "{error}");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        set_mode(&link, 0o600).unwrap();
        assert_eq!(inode(&path).unwrap().mode, 0o600);
    }

    #[test]
    fn pipes_and_devices_keep_their_permissions() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        let mode = Mode::from_raw_mode(0o666);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let before = inode(&pipe).unwrap();
        assert!(!before.is_file && !before.is_directory);
        assert!(set_mode(&pipe, 0o600).is_err());
        assert_eq!(inode(&pipe), Some(before));
    }
}

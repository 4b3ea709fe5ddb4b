//! What a file system knows of a path beside its content, and its permissions, tightened.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// A file or directory, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    /// Permissions, without the type of the file.
    pub mode: u32,
    /// The user that it belongs to.
    pub owner: u32,
    pub is_directory: bool,
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
    Some(Inode { mode: found.mode() & 0o7777, owner: found.uid(), is_directory: found.is_dir() })
}

/// The path without links; as it is where it leads nowhere.
pub fn resolved(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Gives what is at `path` these permissions.
pub fn set_mode(path: &Path, mode: u32) -> Result<(), ModeError> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(|source| ModeError { path: path.to_owned(), source })
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
        assert_eq!((found.mode, found.is_directory), (0o640, false));
        assert!(inode(dir.path()).unwrap().is_directory);
        assert_eq!(inode(&dir.path().join("none")), None);
        let error = set_mode(&dir.path().join("none"), 0o600).unwrap_err();
        assert!(error.to_string().ends_with("as the user that it belongs to"), "{error}");
    }
}

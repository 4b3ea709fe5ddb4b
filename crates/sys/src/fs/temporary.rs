//! A directory for as long as somebody needs it.
//!
//! Rule: nobody but its owner enters it, and it goes with all that lies in it when it is dropped. A process that leaves without
//! that leaves it behind.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::Env;

/// A directory of a name that nobody can foresee.
#[derive(Debug)]
pub struct TemporaryDirectory(tempfile::TempDir);

/// There is no such directory.
#[derive(Debug, thiserror::Error)]
#[error("{}: no private directory can be made here", under.display())]
pub struct TemporaryDirectoryError {
    pub under: PathBuf,
    pub source: io::Error,
}

impl TemporaryDirectory {
    /// In `$XDG_RUNTIME_DIR`, else in `$TMPDIR`, else in `/tmp`.
    pub fn new(env: &Env) -> Result<Self, TemporaryDirectoryError> {
        let named = env.var_os("TMPDIR").filter(|path| !path.is_empty()).map(PathBuf::from);
        let runtime = env.runtime_dir().filter(|directory| directory.is_dir());
        let under = runtime.or(named).unwrap_or_else(|| PathBuf::from("/tmp"));
        let mut builder = tempfile::Builder::new();
        builder.prefix("linklocal-").permissions(Permissions::from_mode(0o700));
        match builder.tempdir_in(&under) {
            Ok(directory) => Ok(Self(directory)),
            Err(source) => Err(TemporaryDirectoryError { under, source }),
        }
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Takes away a directory in which nothing lies. Any other stays, and so does one that is gone already.
pub fn remove_empty(directory: &Path) {
    // Whoever made it takes away what is left.
    let _ = std::fs::remove_dir(directory);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_its_owners_and_goes_with_what_lies_in_it() {
        let around = tempfile::tempdir().unwrap();
        let env = Env::from_pairs([("TMPDIR", around.path())]);
        let directory = TemporaryDirectory::new(&env).unwrap();
        let path = directory.path().to_owned();
        assert!(path.starts_with(around.path()), "{path:?}");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        crate::fs::replace(&path.join("token"), b"t", 0o600).unwrap();
        remove_empty(&path);
        assert!(path.exists());
        drop(directory);
        assert!(!path.exists());
        let nowhere = Env::from_pairs([("TMPDIR", "/nonexistent")]);
        assert_eq!(TemporaryDirectory::new(&nowhere).unwrap_err().under, Path::new("/nonexistent"));
    }
}

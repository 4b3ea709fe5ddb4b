//! A directory for secrets: nobody else can put a file there, or swap one.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// A directory is missing, or is not safe for secrets.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(
        "directory {} cannot be made; check that this user may write above it, or name another",
        path.display()
    )]
    Create {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is not a directory; move it away or name another", path.display())]
    NotADirectory { path: PathBuf },
    #[error(
        "directory {} belongs to user {owner}, not to user {user} who runs this; run `chown {user} {}` or name another",
        path.display(), path.display()
    )]
    OwnedByAnother { path: PathBuf, owner: u32, user: u32 },
    #[error(
        "directory {} can be written by others (mode {mode:04o}); run `chmod go-w {}` or name another",
        path.display(), path.display()
    )]
    WritableByOthers { path: PathBuf, mode: u32 },
    #[error("directory {} cannot be written by this user; run `chmod u+rwx {}` or name another", path.display(), path.display())]
    ReadOnly { path: PathBuf },
}

/// Makes `path` and what is missing above it, mode 0700, and refuses one that others own or may write to. What stands
/// above a directory that is already there is the user's affair.
pub fn private_directory(path: &Path) -> Result<(), DirectoryError> {
    let created = DirBuilder::new().recursive(true).mode(0o700).create(path);
    let metadata = match (created, fs::metadata(path)) {
        (_, Ok(found)) if !found.is_dir() => {
            return Err(DirectoryError::NotADirectory { path: path.to_owned() });
        }
        (Ok(()), Ok(found)) => found,
        (Err(source), _) | (_, Err(source)) => {
            return Err(DirectoryError::Create { path: path.to_owned(), source });
        }
    };
    check(path, metadata.uid(), metadata.mode() & 0o7777, rustix::process::geteuid().as_raw())?;
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
        .map_err(|_| DirectoryError::ReadOnly { path: path.to_owned() })
}

fn check(path: &Path, owner: u32, mode: u32, user: u32) -> Result<(), DirectoryError> {
    if owner != user {
        return Err(DirectoryError::OwnedByAnother { path: path.to_owned(), owner, user });
    }
    if mode & 0o022 != 0 {
        return Err(DirectoryError::WritableByOthers { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn makes_it_private_and_takes_it_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        private_directory(&path).unwrap();
        private_directory(&path).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o700);
    }

    #[test]
    fn refuses_what_others_could_change() {
        let dir = tempfile::tempdir().unwrap();
        for (mode, refused) in [(0o700, false), (0o755, false), (0o770, true), (0o777, true), (0o1777, true)]
        {
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
            let answer = private_directory(dir.path());
            assert_eq!(matches!(answer, Err(DirectoryError::WritableByOthers { .. })), refused, "{mode:o}");
        }
        let error = check(Path::new("/d"), 1, 0o700, 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "directory /d belongs to user 1, not to user 2 who runs this; run `chown 2 /d` or name another"
        );
    }

    #[test]
    fn refuses_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(private_directory(file.path()), Err(DirectoryError::NotADirectory { .. })));
        let below = file.path().join("x");
        assert!(matches!(private_directory(&below), Err(DirectoryError::Create { .. })));
    }
}

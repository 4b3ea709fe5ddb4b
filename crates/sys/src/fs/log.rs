//! A file for what a program says that nobody watches.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The file cannot be written to.
#[derive(Debug, thiserror::Error)]
#[error("log file {} cannot be opened; check that this user may write to it", path.display())]
pub struct LogError {
    path: PathBuf,
    source: io::Error,
}

/// Opens the file at `path` for this user alone, to write behind what is there. One that has grown beyond `most` bytes
/// begins anew.
pub fn log(path: &Path, most: u64) -> Result<File, LogError> {
    let open = || {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        if file.metadata()?.len() > most {
            file.set_len(0)?;
        }
        Ok(file)
    };
    open().map_err(|source| LogError { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn grows_until_it_is_too_long_and_then_begins_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.log");
        for expected in [&b"12"[..], b"1212", b"121212", b"12"] {
            log(&path, 5).unwrap().write_all(b"12").unwrap();
            assert_eq!(super::super::read(&path, 10).unwrap(), expected);
        }
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let error = log(dir.path(), 5).unwrap_err().to_string();
        assert!(error.contains("cannot be opened"), "{error}");
    }
}

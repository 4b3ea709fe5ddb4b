//! Files that only grow: lines put at the end, and reading on from where one stopped.
//!
//! Rule: what was appended survives the end of the process however it ends, and a power cut from the next sync on.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::ReadError;
use super::read::unreadable;

/// A file opened at its end.
#[derive(Debug)]
pub struct Appender {
    file: File,
    path: PathBuf,
    length: u64,
    /// Whether the file ends within a line.
    torn: bool,
}

/// Something could not be put at a file's end. Part of it may stand there.
#[derive(Debug, thiserror::Error)]
#[error(
    "file {} cannot be appended to; check that this user may write to its directory and that the disk has room",
    path.display()
)]
pub struct AppendError {
    path: PathBuf,
    source: io::Error,
}

impl Appender {
    /// Opens `path`, which is made with permissions `mode` where it is not there.
    pub fn open(path: &Path, mode: u32) -> Result<Self, AppendError> {
        let open = || {
            let mut file = OpenOptions::new().read(true).append(true).create(true).mode(mode).open(path)?;
            let length = file.seek(SeekFrom::End(0))?;
            let torn = length > 0 && last_byte(&mut file)? != b'\n';
            Ok((file, length, torn))
        };
        let (file, length, torn) = open().map_err(|source| AppendError { path: path.to_owned(), source })?;
        Ok(Self { file, path: path.to_owned(), length, torn })
    }

    /// Bytes in the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Puts `lines`, each with its newline, at the end. Where a crash or a full disk has cut the last line short, they
    /// start on a line of their own.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), AppendError> {
        let write = |file: &mut File, torn: bool| {
            if torn {
                file.write_all(b"\n")?;
            }
            file.write_all(lines)?;
            file.stream_position()
        };
        match write(&mut self.file, self.torn) {
            Ok(length) => {
                (self.length, self.torn) = (length, false);
                Ok(())
            }
            Err(source) => {
                self.torn = true;
                Err(AppendError { path: self.path.clone(), source })
            }
        }
    }

    /// Returns once all that was appended survives a power cut.
    pub fn sync(&self) -> Result<(), AppendError> {
        self.file.sync_data().map_err(|source| AppendError { path: self.path.clone(), source })
    }
}

/// What `path` holds from `offset` on, at most `limit` bytes of it.
pub fn read_from(path: &Path, offset: u64, limit: usize) -> Result<Vec<u8>, ReadError> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| unreadable(path, source))
}

/// The names of what lies in `directory`, in no order.
pub fn names(directory: &Path) -> Result<Vec<OsString>, ReadError> {
    let list =
        || std::fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>();
    list().map_err(|source| unreadable(directory, source))
}

fn last_byte(file: &mut File) -> io::Result<u8> {
    let mut byte = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    Ok(byte[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn appends_across_openings_and_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lines");
        for n in 1..=2u64 {
            let mut file = Appender::open(&path, 0o600).unwrap();
            assert_eq!(file.length(), 4 * (n - 1));
            file.append(b"one\n").unwrap();
            file.sync().unwrap();
            assert_eq!(file.length(), 4 * n);
        }
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_from(&path, 4, 100).unwrap(), b"one\n");
        assert_eq!(read_from(&path, 4, 2).unwrap(), b"on");
        assert_eq!(read_from(&path, 100, 2).unwrap(), b"");
        assert_eq!(names(dir.path()).unwrap(), ["lines"]);
    }

    #[test]
    fn a_torn_line_ends_where_the_next_begins() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lines");
        super::super::replace(&path, b"whole\ntor", 0o600).unwrap();
        Appender::open(&path, 0o600).unwrap().append(b"next\n").unwrap();
        assert_eq!(read_from(&path, 0, 100).unwrap(), b"whole\ntor\nnext\n");
    }

    #[test]
    fn says_what_is_wrong_with_the_path() {
        let error = Appender::open(Path::new("/nonexistent/lines"), 0o600).unwrap_err();
        assert!(error.to_string().starts_with("file /nonexistent/lines cannot be appended to"), "{error}");
        assert!(matches!(names(Path::new("/nonexistent")), Err(ReadError::NotFound { .. })));
    }
}

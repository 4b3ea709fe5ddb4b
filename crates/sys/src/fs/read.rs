//! Reading a whole file, up to a bound.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("file {} does not exist; create it or name another", path.display())]
    NotFound { path: PathBuf },
    #[error("file {} cannot be read; check that it is a file and that this user may read it", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("file {} is larger than {limit} bytes; make it smaller or name another", path.display())]
    TooLarge { path: PathBuf, limit: usize },
    #[error("file {} is not UTF-8 from byte {at} on; save it as UTF-8", path.display())]
    NotText { path: PathBuf, at: usize },
}

/// The content of `path`, at most `limit` bytes. The bound holds also for files that grow while they are read and for
/// devices.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    let bytes = bounded(path, limit).map_err(|source| unreadable(path, source))?;
    if bytes.len() > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// The content of `path` as text, at most `limit` bytes.
pub fn read_text(path: &Path, limit: usize) -> Result<String, ReadError> {
    String::from_utf8(read(path, limit)?)
        .map_err(|e| ReadError::NotText { path: path.to_owned(), at: e.utf8_error().valid_up_to() })
}

/// Reads one byte past `limit`, which shows that there is more.
fn bounded(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let no_wait = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut file = OpenOptions::new().read(true).custom_flags(no_wait).open(path)?;
    let kind = file.metadata()?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return written(&mut file, limit.saturating_add(1));
    }
    let mut bytes = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What somebody writes into a pipe, as a shell's `<(command)` does, or a device gives. A pipe that nobody opens for writing
/// would be waited for without end.
#[allow(clippy::disallowed_methods, reason = "the door to the clock; a wait is measured")]
fn written(file: &mut File, bound: usize) -> io::Result<Vec<u8>> {
    let since = Instant::now();
    let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
    while bytes.len() < bound {
        let left = Timespec::try_from(PATIENCE.saturating_sub(since.elapsed())).map_err(io::Error::other)?;
        if poll(&mut [PollFd::new(&*file, PollFlags::IN)], Some(&left))? == 0 {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "nobody writes to this pipe"));
        }
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&chunk[..count.min(bound - bytes.len())]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

pub(super) fn unreadable(path: &Path, source: io::Error) -> ReadError {
    match source.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound { path: path.to_owned() },
        _ => ReadError::Unreadable { path: path.to_owned(), source },
    }
}

/// Programs that write a configuration take less.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// Without a writer it would fail after a while; with one it is read to its end, in however many pieces.
    #[test]
    fn a_pipe_is_read_to_its_end() {
        let (reader, mut writer) = io::pipe().unwrap();
        let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        let long = vec![b'x'; 100_000];
        let written = std::thread::spawn(move || writer.write_all(&long));
        assert_eq!(read(Path::new(&path), 200_000).unwrap().len(), 100_000);
        written.join().unwrap().unwrap();
    }

    #[test]
    fn reads_up_to_the_bound_and_no_further() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"12345").unwrap();
        assert_eq!(read(file.path(), 5).unwrap(), b"12345");
        assert!(matches!(read(file.path(), 4), Err(ReadError::TooLarge { limit: 4, .. })));
        assert!(matches!(read(Path::new("/dev/zero"), 10), Err(ReadError::TooLarge { .. })));
    }

    #[test]
    fn says_what_is_wrong_with_the_path() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        assert!(matches!(read(&missing, 1), Err(ReadError::NotFound { .. })));
        assert!(matches!(read(dir.path(), 1), Err(ReadError::Unreadable { .. })));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"ab\xff").unwrap();
        assert!(matches!(read_text(file.path(), 9), Err(ReadError::NotText { at: 2, .. })));
    }
}

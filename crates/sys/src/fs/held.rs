//! Content that is read more than once: a file that is held open, and what somebody writes into a pipe, put by.
//!
//! Rule: what is read the second time is what was read the first time, or an error.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::read::{ReadError, unreadable};

/// A regular file, open, read at any place by as many as like.
#[derive(Debug)]
pub struct HeldFile {
    file: File,
    /// `None` for one without a name.
    path: Option<PathBuf>,
    version: Version,
}

/// What changes when somebody writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    length: u64,
    modified: Option<SystemTime>,
}

/// Where put-by content is.
#[derive(Debug)]
pub enum Spooled {
    Memory(Vec<u8>),
    /// A file of this user alone, without a name: it is gone with the process, however that ends.
    File(HeldFile),
}

/// Content could not be put by.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    #[error("input cannot be read")]
    Read(#[source] io::Error),
    #[error("a temporary file cannot be written; check TMPDIR, and the space there")]
    Write(#[source] io::Error),
    #[error("input is longer than {limit} bytes")]
    TooLarge { limit: u64 },
}

/// What stands at a path.
#[derive(Debug)]
pub enum Opened {
    File(HeldFile),
    /// A pipe or a device: what it gives can be read once.
    Stream(File),
}

impl HeldFile {
    /// What stands at `path`. A pipe that nobody writes to yet is waited for.
    pub fn open(path: &Path) -> Result<Opened, ReadError> {
        let failed = |source| unreadable(path, source);
        // Looked at before it is opened: who writes to a pipe must not lose its reader again.
        let found = std::fs::metadata(path).map_err(failed)?;
        if found.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let file = File::open(path).map_err(failed)?;
        if !found.is_file() {
            return Ok(Opened::Stream(file));
        }
        let version = Version::of(&file.metadata().map_err(failed)?);
        Ok(Opened::File(Self { file, path: Some(path.to_owned()), version }))
    }

    /// Bytes, when it was opened.
    pub const fn length(&self) -> u64 {
        self.version.length
    }

    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Fills as much of `buffer` as there is from `at` on: less only at the end.
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Whether nobody has written to it since it was opened, as far as its length and its time tell.
    pub fn is_unchanged(&self) -> bool {
        self.file.metadata().is_ok_and(|found| Version::of(&found) == self.version)
    }
}

impl Version {
    fn of(found: &Metadata) -> Self {
        Self { length: found.len(), modified: found.modified().ok() }
    }
}

/// Reads `input` to its end: up to `memory` bytes are kept in memory, more in a file, more than `limit` in neither.
pub fn spool(mut input: impl Read, memory: usize, limit: u64) -> Result<Spooled, SpoolError> {
    let bound = u64::try_from(memory).unwrap_or(u64::MAX).min(limit);
    let mut first = Vec::new();
    let more = input.by_ref().take(bound.saturating_add(1)).read_to_end(&mut first);
    let more = more.map_err(SpoolError::Read)? as u64 > bound;
    if !more {
        return Ok(Spooled::Memory(first));
    }
    if first.len() as u64 > limit {
        return Err(SpoolError::TooLarge { limit });
    }
    in_file(&first, input, limit).map(Spooled::File)
}

/// The descriptor is the file's only name, so nobody else can open it, and nothing is left behind.
fn in_file(first: &[u8], mut input: impl Read, limit: u64) -> Result<HeldFile, SpoolError> {
    let mut file = tempfile::tempfile().map_err(SpoolError::Write)?;
    // Nobody can open what has no name but through this process's list of descriptors: not even there.
    file.set_permissions(Permissions::from_mode(0o600)).map_err(SpoolError::Write)?;
    file.write_all(first).map_err(SpoolError::Write)?;
    let mut length = first.len() as u64;
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(SpoolError::Read(error)),
        };
        length = length.saturating_add(count as u64);
        if length > limit {
            return Err(SpoolError::TooLarge { limit });
        }
        file.write_all(&chunk[..count]).map_err(SpoolError::Write)?;
    }
    let found = file.metadata().map_err(SpoolError::Write)?;
    Ok(HeldFile { file, path: None, version: Version::of(&found) })
}

const CHUNK: usize = 128 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    fn whole(file: &HeldFile) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(file.length()).unwrap() + 1];
        let count = file.read_at(&mut bytes, 0).unwrap();
        bytes.truncate(count);
        bytes
    }

    fn opened(path: &Path) -> HeldFile {
        match HeldFile::open(path).unwrap() {
            Opened::File(file) => file,
            Opened::Stream(_) => panic!("{} is a file", path.display()),
        }
    }

    #[test]
    fn little_stays_in_memory_and_much_goes_into_a_private_file_without_a_name() {
        let input: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        for length in [0, 1, 999, 1000] {
            let spooled = spool(&input[..length], 1000, 1 << 20).unwrap();
            assert!(matches!(spooled, Spooled::Memory(bytes) if bytes == input[..length]), "{length}");
        }
        for length in [1001, 300_000] {
            let Spooled::File(file) = spool(&input[..length], 1000, 1 << 20).unwrap() else {
                panic!("{length} bytes were kept in memory")
            };
            assert_eq!(whole(&file), input[..length]);
            let found = file.file.metadata().unwrap();
            assert_eq!((found.nlink(), found.mode() & 0o777, file.path()), (0, 0o600, None));
        }
    }

    #[test]
    fn more_than_the_bound_is_refused_wherever_it_lies() {
        for (memory, limit) in [(1000, 10), (10, 1000), (10, 10)] {
            let exact = vec![b'x'; limit];
            assert!(spool(&exact[..], memory, limit as u64).is_ok(), "{memory} {limit}");
            let more = vec![b'x'; limit + 1];
            let refused = spool(&more[..], memory, limit as u64);
            assert!(matches!(refused, Err(SpoolError::TooLarge { .. })), "{memory} {limit}");
        }
    }

    #[test]
    fn a_file_is_read_at_any_place_and_says_when_it_was_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("body");
        super::super::replace(&path, b"0123456789", 0o600).unwrap();
        let file = opened(&path);
        let mut three = [0; 3];
        assert_eq!((file.read_at(&mut three, 8).unwrap(), &three[..2]), (2, &b"89"[..]));
        assert!(file.is_unchanged());

        // Another file by the same name is another file.
        super::super::replace(&path, b"other", 0o600).unwrap();
        assert!(file.is_unchanged());
        assert_eq!(whole(&file), b"0123456789");

        let other = opened(&path);
        File::options().append(true).open(&path).unwrap().write_all(b"!").unwrap();
        assert!(!other.is_unchanged());
    }

    #[test]
    fn a_pipe_is_told_and_a_directory_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(HeldFile::open(dir.path()), Err(ReadError::Unreadable { .. })));
        assert!(matches!(HeldFile::open(&dir.path().join("x")), Err(ReadError::NotFound { .. })));
        let (reader, _writer) = io::pipe().unwrap();
        let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
        assert!(matches!(HeldFile::open(Path::new(&path)), Ok(Opened::Stream(_))));
    }
}

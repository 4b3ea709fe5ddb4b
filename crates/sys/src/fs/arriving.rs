//! A file that arrives piece by piece, and is seen once it is whole.
//!
//! Rule: until [`ArrivingFile::finish`] the old file stands untouched, and what has arrived goes when the value is dropped.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::ReplaceError;
use super::replace::{parent, sync_directory};

/// Bytes on their way to a path.
#[derive(Debug)]
pub struct ArrivingFile {
    path: PathBuf,
    /// Where it will stand: `path`, or what a link of that name leads to.
    place: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    /// Beside the place, because a rename is atomic only within one file system.
    Beside(NamedTempFile),
    /// A device or a pipe holds nothing that could be half.
    Straight(File),
}

impl ArrivingFile {
    /// Makes room at `path`. A new file may be read by whom the umask lets; an old one keeps its mode.
    pub fn begin(path: &Path) -> Result<Self, ReplaceError> {
        Self::opened(path).map_err(|source| ReplaceError::new(path, source))
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), ReplaceError> {
        let written = match &mut self.sink {
            Sink::Beside(file) => file.write_all(bytes),
            Sink::Straight(file) => file.write_all(bytes),
        };
        written.map_err(|source| ReplaceError::new(&self.path, io::Error::from(source.kind())))
    }

    /// Lets the file be seen. When this returns, it survives a power cut.
    pub fn finish(self) -> Result<(), ReplaceError> {
        let Self { path, place, sink } = self;
        let finish = || match sink {
            Sink::Straight(mut file) => file.flush(),
            Sink::Beside(file) => {
                file.as_file().sync_all()?;
                file.persist(&place)?;
                sync_directory(parent(&place))
            }
        };
        finish().map_err(|source| ReplaceError::new(&path, source))
    }

    fn opened(path: &Path) -> io::Result<Self> {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&place).ok();
        if old.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let straight = old.as_ref().is_some_and(|old| {
            let kind = old.file_type();
            kind.is_char_device() || kind.is_fifo() || kind.is_socket() || kind.is_block_device()
        });
        let sink = match straight {
            true => Sink::Straight(OpenOptions::new().write(true).open(&place)?),
            false => Sink::Beside(beside(&place, old.map(|old| old.permissions()))?),
        };
        Ok(Self { path: path.to_owned(), place, sink })
    }
}

fn beside(place: &Path, old: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".linklocal-");
    // What it will hold is nobody else's matter until it is whole, unless the umask says otherwise.
    let made = builder.permissions(Permissions::from_mode(0o666)).tempfile_in(parent(place));
    // The library's error names the temporary file, which nobody knows.
    let file = made.map_err(|error| io::Error::from(error.kind()))?;
    if let Some(mode) = old {
        file.as_file().set_permissions(mode)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &Path) -> Vec<u8> {
        super::super::read(path, 100).unwrap()
    }

    #[test]
    fn is_seen_once_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("object");
        let mut file = ArrivingFile::begin(&path).unwrap();
        file.write(b"one ").unwrap();
        assert!(!path.exists());
        file.write(b"two").unwrap();
        file.finish().unwrap();
        assert_eq!(text(&path), b"one two");
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn what_is_given_up_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("object");
        super::super::replace(&path, b"old", 0o640).unwrap();
        let mut file = ArrivingFile::begin(&path).unwrap();
        file.write(b"new").unwrap();
        drop(file);
        assert_eq!(text(&path), b"old");
        assert_eq!(dir.path().read_dir().unwrap().count(), 1);
        let mut file = ArrivingFile::begin(&path).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(text(&path), b"new");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_stays_and_a_device_takes_bytes_as_they_come() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        super::super::replace(&real, b"old", 0o600).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        for path in [&link, Path::new("/dev/null")] {
            let mut file = ArrivingFile::begin(path).unwrap();
            file.write(b"new").unwrap();
            file.finish().unwrap();
        }
        assert!(link.is_symlink());
        assert_eq!(text(&real), b"new");
    }

    #[test]
    fn says_which_path_cannot_be_written() {
        let dir = tempfile::tempdir().unwrap();
        for path in [dir.path().to_owned(), dir.path().join("missing/object")] {
            let error = ArrivingFile::begin(&path).unwrap_err().to_string();
            assert!(error.starts_with(&format!("file {} cannot be written", path.display())), "{error}");
        }
    }
}

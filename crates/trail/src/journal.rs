//! Lines in files that only grow: numbered, of bounded size, the oldest removed as new ones come.
//!
//! Rule: a reader that holds a number and an offset finds its way on without being told; numbers only rise.

use std::path::{Path, PathBuf};

use sys::fs::{AppendError, Appender, DirectoryError, ReadError, ReplaceError};

/// The files of one directory, and the one that is written.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    bounds: Bounds,
    current: Option<(u64, Appender)>,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// A file of this many bytes is followed by the next.
    pub bytes: u64,
    pub files: usize,
}

/// Something could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Remove(#[from] ReplaceError),
}

/// The files of a journal by their numbers, the oldest first.
pub fn files(directory: &Path) -> Result<Vec<(u64, PathBuf)>, ReadError> {
    let mut files: Vec<(u64, PathBuf)> = sys::fs::names(directory)?
        .into_iter()
        .filter_map(|name| Some((number(name.to_str()?)?, directory.join(name))))
        .collect();
    files.sort();
    Ok(files)
}

impl Journal {
    /// Nothing is opened or made before the first line.
    pub fn new(directory: PathBuf, bounds: Bounds) -> Self {
        Self { directory, bounds, current: None }
    }

    /// Puts whole lines at the end. They survive the end of this process, and a power cut once synced.
    pub fn append(&mut self, lines: &[u8]) -> Result<(), JournalError> {
        let file = match &mut self.current {
            Some((_, file)) if file.length() < self.bounds.bytes => file,
            _ => self.turn()?,
        };
        Ok(file.append(lines)?)
    }

    /// Returns once all lines survive a power cut.
    pub fn sync(&self) -> Result<(), JournalError> {
        self.current.as_ref().map_or(Ok(()), |(_, file)| Ok(file.sync()?))
    }

    /// Opens the file to write to: the newest while there is room in it, else the next.
    fn turn(&mut self) -> Result<&mut Appender, JournalError> {
        sys::fs::private_directory(&self.directory)?;
        let found = files(&self.directory)?;
        let newest = found.last().map_or(0, |(number, _)| *number);
        let full = self.current.take().map_or(0, |(number, _)| number);
        let number = newest.max(full + 1).max(1);
        let mut current = (number, self.open(number)?);
        if current.1.length() >= self.bounds.bytes {
            current = (number + 1, self.open(number + 1)?);
        }
        self.remove_all_but_newest(current.0)?;
        Ok(&mut self.current.insert(current).1)
    }

    fn open(&self, number: u64) -> Result<Appender, AppendError> {
        Appender::open(&self.directory.join(format!("{number:08}.jsonl")), 0o600)
    }

    fn remove_all_but_newest(&self, newest: u64) -> Result<(), JournalError> {
        let kept = u64::try_from(self.bounds.files).unwrap_or(u64::MAX);
        for (number, path) in files(&self.directory)? {
            if number.saturating_add(kept) <= newest {
                sys::fs::remove(&path)?;
            }
        }
        Ok(())
    }
}

fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".jsonl")?;
    (digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    const BOUNDS: Bounds = Bounds { bytes: 10, files: 2 };

    fn text(directory: &Path) -> Vec<(u64, String)> {
        let read = |(number, path): (u64, PathBuf)| (number, sys::fs::read_text(&path, 1000).unwrap());
        files(directory).unwrap().into_iter().map(read).collect()
    }

    #[test]
    fn full_files_are_followed_and_the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trail");
        let mut journal = Journal::new(path.clone(), BOUNDS);
        assert!(!path.exists());
        for line in ["first\n", "second\n", "third\n", "fourth\n", "fifth\n"] {
            journal.append(line.as_bytes()).unwrap();
        }
        journal.sync().unwrap();
        assert_eq!(
            text(&path),
            [(2, "third\nfourth\n".to_owned()), (3, "fifth\n".to_owned())],
            "two files of two lines each"
        );
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join("00000003.jsonl"))), (0o700, 0o600));
    }

    #[test]
    fn another_process_goes_on_where_one_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trail");
        Journal::new(path.clone(), BOUNDS).append(b"one\ntw").unwrap();
        Journal::new(path.clone(), BOUNDS).append(b"three\n").unwrap();
        Journal::new(path.clone(), BOUNDS).append(b"four\n").unwrap();
        assert_eq!(text(&path), [(1, "one\ntw\nthree\n".to_owned()), (2, "four\n".to_owned())]);
    }

    #[test]
    fn other_files_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["notes.txt", "1.jsonl", "0000000x.jsonl", "00000001.jsonl.gz"] {
            sys::fs::replace(&dir.path().join(name), b"x\n", 0o600).unwrap();
        }
        assert_eq!(files(dir.path()).unwrap(), []);
        let mut journal = Journal::new(dir.path().to_owned(), Bounds { bytes: 1, files: 1 });
        journal.append(b"a\n").unwrap();
        journal.append(b"b\n").unwrap();
        assert_eq!(text(dir.path()), [(2, "b\n".to_owned())]);
        assert_eq!(dir.path().read_dir().unwrap().count(), 5);
    }
}

//! The files of a view, from the disk.
//!
//! Rule: each is read once, and no more of it than anybody should: what is decided from a file agrees with itself.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use profile::{FileState, Files};
use sys::fs::ReadError;

/// Files as they stood when they were first asked for.
#[derive(Debug, Default)]
pub(super) struct DiskFiles(Mutex<HashMap<String, FileState>>);

impl Files for DiskFiles {
    fn read(&self, path: &str) -> FileState {
        // A thread that panicked while it read has put nothing in.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = known.get(path) {
            return state.clone();
        }
        let state = state(Path::new(path));
        known.insert(path.to_owned(), state.clone());
        state
    }
}

fn state(path: &Path) -> FileState {
    match sys::fs::read(path, LIMIT) {
        Ok(bytes) => FileState::Bytes(bytes.into()),
        Err(ReadError::NotFound { .. }) => FileState::Absent,
        Err(ReadError::TooLarge { limit, .. }) => FileState::TooLarge { limit },
        Err(ReadError::Unreadable { source, .. }) => match source.kind() {
            io::ErrorKind::IsADirectory => FileState::Directory,
            // Something above it is a file: there is nothing at this path.
            io::ErrorKind::NotADirectory => FileState::Absent,
            _ => FileState::Unreadable(source.to_string()),
        },
        Err(error @ ReadError::NotText { .. }) => FileState::Unreadable(error.to_string()),
    }
}

/// Bytes: twenty times what five thousand profiles take.
const LIMIT: usize = 10 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_a_path_is_told_apart_and_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let write = |text: &[u8]| sys::fs::replace(&dir.path().join("file"), text, 0o600).unwrap();
        write(b"one");
        let files = DiskFiles::default();
        assert_eq!(files.read(&path("file")).bytes(), Some(&b"one"[..]));
        write(b"two");
        assert_eq!(files.read(&path("file")).bytes(), Some(&b"one"[..]));
        assert_eq!(files.read(&path("missing")), FileState::Absent);
        assert_eq!(files.read(&path("file/below")), FileState::Absent);
        assert_eq!(files.read(&path("")), FileState::Directory);
        assert_eq!(files.read("/dev/zero"), FileState::TooLarge { limit: LIMIT });
    }
}

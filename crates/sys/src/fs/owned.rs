//! Reading a file together with whose it is: who may have written it decides how far it is trusted.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::UNIX_EPOCH;

use types::Timestamp;

use super::read::{ReadError, unreadable};

/// A file's content, and what its inode said when it was opened.
#[derive(Debug)]
pub struct OwnedFile {
    pub bytes: Vec<u8>,
    /// The user that it belongs to.
    pub owner: u32,
    /// The user that this process acts for.
    pub user: u32,
    /// The permissions, without the type of the file.
    pub mode: u32,
    /// When its content was written last; `None` where the file system does not say.
    pub modified: Option<Timestamp>,
}

impl OwnedFile {
    /// Whether nobody but this user may have written it.
    pub fn is_own(&self) -> bool {
        self.owner == self.user && self.mode & 0o022 == 0
    }

    /// Whether nobody but its owner may read it.
    pub fn is_private(&self) -> bool {
        self.mode & 0o077 == 0
    }
}

/// The content of the regular file at `path`, at most `limit` bytes. A pipe or a device in its place is an error and
/// not a wait.
pub fn read_owned(path: &Path, limit: usize) -> Result<OwnedFile, ReadError> {
    let (file, found) = open(path).map_err(|source| unreadable(path, source))?;
    let mut bytes = Vec::with_capacity(usize::try_from(found.size()).unwrap_or(limit).min(limit));
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes).map_err(|source| unreadable(path, source))?;
    if bytes.len() > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(OwnedFile {
        bytes,
        owner: found.uid(),
        user: rustix::process::geteuid().as_raw(),
        mode: found.mode() & 0o7777,
        modified: modified(&found),
    })
}

/// Makes the directory `path` and what is missing above it, mode 0700. One that is there stays as it is.
pub fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// The user that `path` belongs to, or, where nothing is there yet, whatever stands above it.
pub fn owner(path: &Path) -> Option<u32> {
    path.ancestors().find_map(|place| std::fs::metadata(place).ok()).map(|found| found.uid())
}

/// The user that this process acts for.
pub fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn open(path: &Path) -> io::Result<(File, std::fs::Metadata)> {
    let no_wait = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(no_wait).open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    Ok((file, found))
}

fn modified(found: &std::fs::Metadata) -> Option<Timestamp> {
    let since_epoch = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::EPOCH + since_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn says_who_may_have_written_and_who_may_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        super::super::replace(&path, b"secret", 0o600).unwrap();
        for (mode, own, private) in
            [(0o600, true, true), (0o400, true, true), (0o644, true, false), (0o660, false, false)]
        {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let file = read_owned(&path, 100).unwrap();
            assert_eq!((file.is_own(), file.is_private()), (own, private), "{mode:o}");
            assert_eq!((file.bytes.as_slice(), owner(&path)), (&b"secret"[..], Some(user())));
            assert_eq!(owner(&dir.path().join("a/b/c")), Some(user()));
        }
    }

    #[test]
    fn a_pipe_or_a_directory_is_an_error_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        assert!(matches!(read_owned(&pipe, 10), Err(ReadError::Unreadable { .. })));
        assert!(matches!(read_owned(dir.path(), 10), Err(ReadError::Unreadable { .. })));
        assert!(matches!(read_owned(&dir.path().join("x"), 10), Err(ReadError::NotFound { .. })));
    }

    #[test]
    fn more_than_the_bound_is_refused_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        super::super::replace(&path, b"12345", 0o600).unwrap();
        assert!(matches!(read_owned(&path, 4), Err(ReadError::TooLarge { limit: 4, .. })));
        assert_eq!(read_owned(&path, 5).unwrap().bytes, b"12345");
    }

    #[test]
    fn directories_are_made_private_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        make_directory(&path).unwrap();
        make_directory(&path).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o700);
    }
}

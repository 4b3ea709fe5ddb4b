//! A directory of bodies: files of any size that are written once under a name nobody has had, read at any place, and removed.
//!
//! Rule: a body that was [synced](NewBody::sync) survives a power cut, one that is dropped before it is [kept](NewBody::keep) leaves
//! nothing. Nobody but this user reads them.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::io::Errno;

use super::replace::{parent, sync_directory};

/// Bodies below a directory, spread over 256 directories in it by the first two digits of their names.
#[derive(Debug)]
pub struct Bodies {
    directory: PathBuf,
    /// Which of the 256 are known to be there after a power cut.
    durable: Box<[AtomicBool; SHARDS]>,
    /// Bytes that may still be written, where a test says so.
    room: Option<AtomicU64>,
    /// Files that may still be opened, where a test says so.
    files: Option<AtomicU64>,
}

/// 128 bits that nobody had before, as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyName(u128);

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("name of a body is not 32 hexadecimal digits")]
pub struct BodyNameError;

/// A body that is being written.
#[derive(Debug)]
pub struct NewBody {
    bodies: Arc<Bodies>,
    file: File,
    path: PathBuf,
    kept: bool,
}

/// A body that is written no more. It can be read to its end also when it is removed meanwhile.
#[derive(Debug)]
pub struct Body {
    file: File,
    path: PathBuf,
}

/// A body could not be written, read or removed.
#[derive(Debug, thiserror::Error)]
#[error("file {} cannot be {verb}; check that the disk has room and works, and that this user may use its directory", path.display())]
pub struct BodyError {
    path: PathBuf,
    /// What could not be done to it.
    verb: &'static str,
    source: io::Error,
}

impl Bodies {
    /// The bodies below `directory`, which is made with the first of them.
    pub fn new(directory: PathBuf) -> Self {
        let durable = Box::new([const { AtomicBool::new(false) }; SHARDS]);
        Self { directory, durable, room: None, files: None }
    }

    /// On a disk that is full after `room` more bytes, for tests.
    pub fn with_room(directory: PathBuf, room: u64) -> Self {
        Self { room: Some(AtomicU64::new(room)), ..Self::new(directory) }
    }

    /// In a process that may open so many more files, for tests.
    pub fn with_files(directory: PathBuf, files: u64) -> Self {
        Self { files: Some(AtomicU64::new(files)), ..Self::new(directory) }
    }

    /// Begins the body `name`, which must be new.
    pub fn create(self: &Arc<Self>, name: BodyName) -> Result<NewBody, BodyError> {
        let path = self.path(name);
        let open = || {
            self.take_file()?;
            self.shard(name.shard())?;
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)
        };
        match open() {
            Ok(file) => Ok(NewBody { bodies: Arc::clone(self), file, path, kept: false }),
            Err(source) => Err(BodyError { path, verb: "made", source }),
        }
    }

    /// The body `name`; `None` where it is not there.
    pub fn open(&self, name: BodyName) -> Result<Option<Body>, BodyError> {
        let path = self.path(name);
        match self.take_file().and_then(|()| File::open(&path)) {
            Ok(file) => Ok(Some(Body { file, path })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(BodyError { path, verb: "read", source }),
        }
    }

    /// Removes the body `name`; that it is not there is fine. After a power cut it may be there again.
    pub fn remove(&self, name: BodyName) -> Result<(), BodyError> {
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(BodyError { path, verb: "removed", source }),
            Ok(()) => Ok(()),
        }
    }

    /// Calls `each` with every body there is, in no order. What bears another name than a body is left out.
    pub fn each(&self, mut each: impl FnMut(BodyName)) -> Result<(), BodyError> {
        for shard in 0..=u8::MAX {
            let directory = self.directory.join(shard_name(shard));
            let failed = |source| BodyError { path: directory.clone(), verb: "read", source };
            let entries = match std::fs::read_dir(&directory) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => return Err(failed(source)),
            };
            for entry in entries {
                let name = entry.map_err(failed)?.file_name();
                if let Some(name) = name.to_str().and_then(|name| name.parse::<BodyName>().ok()) {
                    each(name);
                }
            }
        }
        Ok(())
    }

    fn path(&self, name: BodyName) -> PathBuf {
        self.directory.join(shard_name(name.shard())).join(name.to_string())
    }

    /// Makes the directory of a shard, once, so that it survives a power cut.
    fn shard(&self, shard: u8) -> io::Result<()> {
        let durable = &self.durable[usize::from(shard)];
        if durable.load(Ordering::Acquire) {
            return Ok(());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(self.directory.join(shard_name(shard)))?;
        sync_directory(&self.directory)?;
        sync_directory(parent(&self.directory))?;
        durable.store(true, Ordering::Release);
        Ok(())
    }

    fn take_room(&self, bytes: usize) -> io::Result<()> {
        let taken = take(self.room.as_ref(), bytes as u64);
        if taken { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    fn take_file(&self) -> io::Result<()> {
        if take(self.files.as_ref(), 1) { Ok(()) } else { Err(Errno::MFILE.into()) }
    }
}

impl NewBody {
    /// Puts `bytes` at the end.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), BodyError> {
        let written = self.bodies.take_room(bytes.len()).and_then(|()| self.file.write_all(bytes));
        written.map_err(|source| self.failed(source))
    }

    /// Brings what was written to the disk, so that the last sync is a short one. The body has no name yet that survives.
    pub fn flush(&mut self) -> Result<(), BodyError> {
        self.file.sync_data().map_err(|source| self.failed(source))
    }

    /// When this returns, the body survives a power cut.
    pub fn sync(&mut self) -> Result<(), BodyError> {
        let synced = self.file.sync_data().and_then(|()| sync_directory(parent(&self.path)));
        synced.map_err(|source| self.failed(source))
    }

    /// Leaves the body where it is.
    pub fn keep(mut self) {
        self.kept = true;
    }

    fn failed(&self, source: io::Error) -> BodyError {
        BodyError { path: self.path.clone(), verb: "written", source }
    }
}

impl Drop for NewBody {
    fn drop(&mut self) {
        if !self.kept {
            // Whoever looks for strays finds it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Body {
    /// Fills as much of `buffer` as there is from `at` on: less only at the end.
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> Result<usize, BodyError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], at.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(BodyError { path: self.path.clone(), verb: "read", source });
                }
            }
        }
        Ok(filled)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl BodyName {
    /// A name of random bits.
    pub const fn new(bits: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bits))
    }

    const fn shard(self) -> u8 {
        self.0.to_be_bytes()[0]
    }
}

impl fmt::Display for BodyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for BodyName {
    type Err = BodyNameError;

    fn from_str(text: &str) -> Result<Self, BodyNameError> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(digit) {
            return Err(BodyNameError);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| BodyNameError)
    }
}

impl BodyError {
    /// Whether process or system had no descriptor left for it: another time there may be one.
    pub fn is_out_of_files(&self) -> bool {
        let lacks = |errno: Errno| self.source.raw_os_error() == Some(errno.raw_os_error());
        lacks(Errno::MFILE) || lacks(Errno::NFILE)
    }
}

/// Takes `count` from what is left, where that is bounded.
fn take(left: Option<&AtomicU64>, count: u64) -> bool {
    let Some(left) = left else { return true };
    left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(count)).is_ok()
}

fn shard_name(shard: u8) -> String {
    format!("{shard:02x}")
}

const SHARDS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn all(bodies: &Bodies) -> Vec<BodyName> {
        let mut names = Vec::new();
        bodies.each(|name| names.push(name)).unwrap();
        names.sort();
        names
    }

    #[test]
    fn what_is_kept_is_read_and_what_is_dropped_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Arc::new(Bodies::new(dir.path().join("a/objects")));
        assert_eq!(all(&bodies), []);
        let (kept, dropped) = (BodyName::new([7; 16]), BodyName::new([255; 16]));
        for name in [kept, dropped] {
            let mut body = bodies.create(name).unwrap();
            body.write(b"0123").unwrap();
            body.flush().unwrap();
            body.write(b"456").unwrap();
            body.sync().unwrap();
            assert!(all(&bodies).contains(&name));
            if name == kept {
                body.keep();
            }
        }
        assert_eq!(all(&bodies), [kept]);
        assert!(bodies.open(dropped).unwrap().is_none());
        let body = bodies.open(kept).unwrap().unwrap();
        bodies.remove(kept).unwrap();
        bodies.remove(kept).unwrap();
        let mut buffer = [0; 4];
        assert_eq!((body.read_at(&mut buffer, 4).unwrap(), &buffer[..3]), (3, &b"456"[..]));
        assert_eq!(body.read_at(&mut buffer, 1 << 40).unwrap(), 0);
    }

    #[test]
    fn is_its_users_alone_and_never_written_twice() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Arc::new(Bodies::new(dir.path().join("objects")));
        let name = BodyName::new([0xab; 16]);
        let body = bodies.create(name).unwrap();
        assert_eq!(body.path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(parent(&body.path).metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let error = bodies.create(name).unwrap_err().to_string();
        assert!(error.contains("objects/ab/abababab") && error.contains("cannot be made"), "{error}");
    }

    #[test]
    fn a_full_disk_is_an_error_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Arc::new(Bodies::with_room(dir.path().to_owned(), 10));
        let mut body = bodies.create(BodyName::new([1; 16])).unwrap();
        body.write(&[0; 10]).unwrap();
        let error = body.write(&[0]).unwrap_err();
        assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
        drop(body);
        assert_eq!(all(&bodies), []);
    }

    #[test]
    fn a_lack_of_descriptors_is_told_from_other_errors() {
        let dir = tempfile::tempdir().unwrap();
        let bodies = Arc::new(Bodies::with_files(dir.path().to_owned(), 1));
        let (one, other) = (BodyName::new([1; 16]), BodyName::new([2; 16]));
        drop(bodies.create(one).unwrap());
        assert!(bodies.create(other).unwrap_err().is_out_of_files());
        assert!(bodies.open(one).unwrap_err().is_out_of_files());
        let full = Arc::new(Bodies::with_room(dir.path().to_owned(), 0));
        assert!(!full.create(other).unwrap().write(&[0]).unwrap_err().is_out_of_files());
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        let name = BodyName::new([0x0f; 16]);
        assert_eq!(name.to_string().parse(), Ok(name));
        for wrong in ["", "0f", "0F0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "+f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"] {
            assert_eq!(wrong.parse::<BodyName>(), Err(BodyNameError), "{wrong}");
        }
    }
}

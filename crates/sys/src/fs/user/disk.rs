//! The calls by which a change reaches the disk, one by one, so that tests can let any of them fail, or nothing come after it.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Asked before each call, by its name.
type Gate = dyn Fn(&'static str) -> io::Result<()> + Send + Sync;

/// The disk, perhaps with a gate before it.
#[derive(Clone)]
pub(super) struct Disk {
    gate: Option<Arc<Gate>>,
}

impl Disk {
    pub(super) fn system() -> Self {
        Self { gate: None }
    }

    /// A disk each of whose calls may be refused.
    #[cfg(test)]
    pub(super) fn behind(gate: impl Fn(&'static str) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { gate: Some(Arc::new(gate)) }
    }

    /// A new file in `directory` that nobody else can read, with a name that starts with `prefix`.
    pub(super) fn create(&self, directory: &Path, prefix: &str) -> io::Result<(File, PathBuf)> {
        self.pass("create")?;
        for number in 0..ATTEMPTS {
            let path = directory.join(format!("{prefix}{}-{:x}", std::process::id(), stamp() + number));
            let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            match made {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|file| (file, path)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    pub(super) fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.pass("write")?;
        file.write_all(bytes)
    }

    /// Something about a file other than its content.
    pub(super) fn adjust(&self, adjust: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.pass("adjust")?;
        adjust()
    }

    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        self.pass("sync")?;
        file.sync_all()
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.pass("rename")?;
        fs::rename(from, to)
    }

    /// A new name is durable once its directory is.
    pub(super) fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        self.pass("sync directory")?;
        File::open(directory)?.sync_all()
    }

    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        self.pass("remove")?;
        fs::remove_file(path)
    }

    /// Removes what crashed writers left under names that start with `prefix`. Called under the lock, so none of it is anybody's.
    pub(super) fn sweep(&self, directory: &Path, prefix: &str) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries.filter_map(Result::ok) {
            if entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes()) {
                let _ = self.remove(&entry.path());
            }
        }
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "a lock of another process is waited for; there is nothing to be woken by"
    )]
    pub(super) fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn pass(&self, call: &'static str) -> io::Result<()> {
        self.gate.as_ref().map_or(Ok(()), |gate| gate(call))
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

/// Nanoseconds since 1970: a name that nobody else takes, and an order.
#[allow(
    clippy::disallowed_methods,
    reason = "the door to the clock; the value names files and is shown as a time"
)]
pub(super) fn stamp() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Names that are tried before a directory counts as hostile.
const ATTEMPTS: u64 = 100;

//! The keys of an opened file, remembered by the kernel for as long as its owner said: one passphrase for all processes meanwhile.
//!
//! Rule: only where it was asked for, since whatever is remembered every program of the user can have. Where the kernel has no keys,
//! nothing is remembered and the passphrase is asked for each time.

use std::path::Path;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sys::fs::Lock;

use super::seal::{Keys, SealedFile};
#[cfg(target_os = "linux")]
use crate::kernel::KernelKeyring;

/// What the kernel remembers of one file.
#[derive(Debug)]
pub(super) struct Memory {
    id: String,
    time: Duration,
}

impl Memory {
    pub(super) fn of(path: &Path, time: Option<Duration>) -> Option<Self> {
        let digest = Sha256::digest(sys::fs::resolved(path).as_os_str().as_encoded_bytes());
        let id = digest[..8].iter().fold("unlocked:".to_owned(), |id, byte| id + &format!("{byte:02x}"));
        Some(Self { id, time: time? })
    }

    /// The turn to ask somebody: of processes that start together, one does, and the others find what it was told.
    pub(super) fn turn(path: &Path) -> Option<Lock> {
        let mut lock = path.as_os_str().to_owned();
        lock.push(".asking");
        // Whoever cannot wait asks, too.
        Lock::wait(Path::new(&lock), PATIENCE).ok()
    }

    #[cfg(target_os = "linux")]
    pub(super) fn recall(&self, sealed: &SealedFile) -> Option<Keys> {
        let kept = KernelKeyring::open().ok()?.recall(&self.id)?;
        Keys::from_bytes(&kept).filter(|keys| sealed.is_of(keys))
    }

    #[cfg(target_os = "linux")]
    pub(super) fn keep(&self, keys: &Keys) {
        // Who is asked once more has lost nothing else.
        let _ =
            KernelKeyring::open().and_then(|keyring| keyring.remember(&self.id, &keys.to_bytes(), self.time));
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn recall(&self, _: &SealedFile) -> Option<Keys> {
        None
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn keep(&self, _: &Keys) {}
}

/// Long enough for somebody to type a passphrase.
const PATIENCE: Duration = Duration::from_secs(120);

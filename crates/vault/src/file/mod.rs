//! The encrypted file: secrets where there is no keyring, as on a headless machine.
//!
//! Rule: writers take turns and each puts a whole new file in the old one's place, so that whoever reads, or finds the machine
//! again after a power cut, finds one whole. Without the passphrase nothing can be read, names included.

mod entries;
mod header;
mod memory;
mod seal;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sys::Entropy;
use sys::fs::{Lock, LockError, ReadError};
use types::Secret;

pub use header::Cost;
pub use seal::SealedFile;

use crate::error::{PassphraseError, VaultError};
use crate::name::Name;
use crate::passphrase::{Occasion, Passphrase};
use crate::settings::Settings;
use entries::Entries;
use header::Header;
use memory::Memory;
use seal::Keys;

/// The file at a path, and the keys of its passphrase once somebody gave it.
#[derive(Debug)]
pub(crate) struct EncryptedFile {
    path: PathBuf,
    passphrase: Passphrase,
    cost: Cost,
    entropy: Entropy,
    memory: Option<Memory>,
    keys: Mutex<Option<Keys>>,
}

/// A file could not be read, opened or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("it is no vault of linklocal; move it away or name another in LINKLOCAL_VAULT_FILE")]
    Foreign,
    #[error("it is of format {format}, which this version does not know; use a newer linklocal")]
    Format { format: u8 },
    #[error(
        "its header asks for more work than any vault does ({cost}), so it was changed by somebody; bring back a copy of it"
    )]
    Cost { cost: Cost },
    #[error("its header is damaged; bring back a copy of it")]
    HeaderDamaged,
    #[error("its passphrase is another; give the one that it was made with")]
    WrongPassphrase,
    #[error("its passphrase is right and its content is damaged; bring back a copy of it")]
    ContentDamaged,
    #[error("it would hold more than {limit} bytes; remove what is not needed")]
    Full { limit: usize },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Directory(#[from] sys::fs::DirectoryError),
    #[error(transparent)]
    Write(#[from] sys::fs::ReplaceError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Entropy(#[from] sys::EntropyError),
}

impl EncryptedFile {
    pub(crate) fn new(path: PathBuf, settings: &Settings) -> Self {
        let Settings { passphrase, cost, entropy, remember, .. } = settings.clone();
        let memory = Memory::of(&path, remember);
        Self { path, passphrase, cost, entropy, memory, keys: Mutex::new(None) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn exists(&self) -> bool {
        sys::fs::inode(&self.path).is_some()
    }

    pub(crate) fn get(&self, name: &Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        Ok(self.read()?.and_then(|(entries, _)| entries.get(name).cloned()))
    }

    pub(crate) fn list(&self) -> Result<Vec<Name>, VaultError> {
        Ok(self.read()?.map(|(entries, _)| entries.names()).unwrap_or_default())
    }

    pub(crate) fn put(&self, name: &Name, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        self.change(|entries| {
            entries.put(name, value.clone());
            true
        })?;
        Ok(())
    }

    pub(crate) fn remove(&self, name: &Name) -> Result<bool, VaultError> {
        if !self.exists() {
            return Ok(false);
        }
        self.change(|entries| entries.remove(name))
    }

    /// Under the lock: read, change, and where `change` says so, write. A passphrase is asked for before that: a person takes
    /// longer than others wait.
    fn change(&self, change: impl FnOnce(&mut Entries) -> bool) -> Result<bool, VaultError> {
        self.prepare()?;
        let _lock = self.lock()?;
        let (mut entries, keys) = match self.read()? {
            Some(found) => found,
            None => (Entries::default(), self.first_keys()?),
        };
        let changed = change(&mut entries);
        if changed {
            self.write(&entries, &keys)?;
        }
        Ok(changed)
    }

    /// Makes sure that the keys are known, of the file as it is or of one to be made.
    fn prepare(&self) -> Result<(), VaultError> {
        if let Some(directory) = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sys::fs::private_directory(directory).map_err(|error| self.failed(error.into()))?;
        }
        match self.sealed()? {
            Some(sealed) => self.keys_of(&sealed).map(drop),
            None => self.first_keys().map(drop),
        }
    }

    fn read(&self) -> Result<Option<(Entries, Keys)>, VaultError> {
        let Some(sealed) = self.sealed()? else { return Ok(None) };
        let keys = self.keys_of(&sealed)?;
        let entries = sealed.open(&keys).map_err(|error| self.failed(error))?;
        Ok(Some((entries, keys)))
    }

    fn sealed(&self) -> Result<Option<SealedFile>, VaultError> {
        let file = match sys::fs::read_owned(&self.path, LIMIT) {
            Ok(file) => file,
            Err(ReadError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.failed(error.into())),
        };
        SealedFile::parse(&file.bytes).map(Some).map_err(|error| self.failed(error))
    }

    /// The keys known, where they are this file's, else those that the kernel remembers, else of a passphrase that is asked for, at
    /// most three times.
    fn keys_of(&self, sealed: &SealedFile) -> Result<Keys, VaultError> {
        // A thread that panicked has put no half of a key in.
        let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known.as_ref().filter(|keys| sealed.is_of(keys)) {
            return Ok(keys.clone());
        }
        let recalled = || self.memory.as_ref()?.recall(sealed);
        if let Some(keys) = recalled() {
            return Ok(known.insert(keys).clone());
        }
        let _turn = self.memory.as_ref().and_then(|_| Memory::turn(&self.path));
        if let Some(keys) = recalled() {
            return Ok(known.insert(keys).clone());
        }
        let keys = self.ask(sealed)?;
        self.memory.iter().for_each(|memory| memory.keep(&keys));
        Ok(known.insert(keys).clone())
    }

    fn ask(&self, sealed: &SealedFile) -> Result<Keys, VaultError> {
        let mut occasion = Occasion::Open;
        for _ in 0..ATTEMPTS {
            let passphrase = self.passphrase.get(&self.path, occasion)?;
            let keys = Keys::derive(&passphrase, &sealed.header);
            if sealed.is_of(&keys) {
                return Ok(keys);
            }
            if !self.passphrase.may_change() {
                break;
            }
            occasion = Occasion::Again;
        }
        Err(self.failed(FileError::WrongPassphrase))
    }

    /// The keys for a file that is not there yet.
    fn first_keys(&self) -> Result<Keys, VaultError> {
        let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = &*known {
            return Ok(keys.clone());
        }
        let passphrase: Result<_, PassphraseError> = self.passphrase.get(&self.path, Occasion::Create);
        let salt = self.entropy.bytes().map_err(|error| self.failed(error.into()))?;
        Ok(known.insert(Keys::derive(&passphrase?, &Header::new(self.cost, salt))).clone())
    }

    fn write(&self, entries: &Entries, keys: &Keys) -> Result<(), VaultError> {
        let nonce = self.entropy.bytes().map_err(|error| self.failed(error.into()))?;
        let bytes = seal::seal(entries, keys, nonce);
        if bytes.len() > LIMIT {
            return Err(self.failed(FileError::Full { limit: LIMIT }));
        }
        sys::fs::replace(&self.path, &bytes, 0o600).map_err(|error| self.failed(error.into()))
    }

    fn lock(&self) -> Result<Lock, VaultError> {
        let mut path = self.path.clone().into_os_string();
        path.push(".lock");
        Lock::wait(Path::new(&path), PATIENCE).map_err(|error| self.failed(error.into()))
    }

    fn failed(&self, source: FileError) -> VaultError {
        VaultError::File { path: self.path.clone(), source }
    }
}

/// Bytes: thousands of sessions.
const LIMIT: usize = 4 * 1024 * 1024;
/// As often as login asks.
const ATTEMPTS: usize = 3;
/// A change takes milliseconds, and each of fifty waits for the others' disks.
const PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;

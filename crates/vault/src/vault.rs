//! The secrets of this user, wherever they are.
//!
//! Rule: what was put is found again from whichever place it went to; a place that cannot be looked into is said, since a
//! secret that is not found may be in it.

use std::path::Path;
use std::sync::Arc;

use types::Secret;

use crate::backend::{Backend, Choice};
use crate::error::VaultError;
use crate::file::EncryptedFile;
#[cfg(target_os = "linux")]
use crate::kernel::KernelKeyring;
use crate::name::{Kind, Name};
#[cfg(any(target_os = "macos", windows))]
use crate::native::NativeKeyring;
#[cfg(all(target_os = "linux", feature = "secret-service"))]
use crate::secret_service::SecretService;
use crate::settings::Settings;
use crate::store::Store;

/// Places for secrets, opened. Clones share them. Calls wait for disks, daemons and persons.
#[derive(Clone, Debug)]
pub struct Vault {
    /// The first is where secrets are put.
    stores: Arc<[Store]>,
    unreachable: Arc<[(Backend, String)]>,
}

/// A secret that is kept, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: Name,
    pub backend: Backend,
}

impl Vault {
    /// Opens the place that is chosen. `auto` takes the system's keyring where one answers, and the encrypted file both where
    /// none does and for what is in it already. A passphrase is asked for when it is needed, not here.
    ///
    /// # Errors
    /// A place that was chosen by name cannot be used, or there is none.
    pub fn open(settings: &Settings) -> Result<Self, VaultError> {
        match settings.choice {
            Choice::Only(backend) => {
                let store = open(backend, settings).map_err(|why| match why {
                    Closed::Unavailable(reason) => VaultError::Unavailable {
                        backend,
                        reason,
                        remedy: "choose another place with --vault, or auto",
                    },
                    Closed::NoHome => VaultError::NoHome,
                })?;
                Ok(Self::of(vec![store], Vec::new()))
            }
            Choice::Auto => Self::auto(settings),
        }
    }

    /// The secret of this name.
    pub fn get(&self, name: &Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        for store in self.stores.iter() {
            if let Some(value) = store.get(name)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Keeps the secret, instead of one of this name. On a disk or with the keyring's daemon when this returns.
    pub fn put(&self, name: &Name, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        self.stores[0].put(name, value)
    }

    /// Removes the secret wherever it is; whether it was anywhere.
    pub fn remove(&self, name: &Name) -> Result<bool, VaultError> {
        let mut removed = false;
        for store in self.stores.iter() {
            removed |= store.remove(name)?;
        }
        Ok(removed)
    }

    /// All secrets of a kind, without what they are.
    pub fn list(&self, kind: Kind) -> Result<Vec<Listed>, VaultError> {
        let mut all = Vec::new();
        for store in self.stores.iter() {
            let names = store.list()?.into_iter().filter(|name| name.kind() == kind);
            all.extend(names.map(|name| Listed { name, backend: store.backend() }));
        }
        Ok(all)
    }

    /// Where secrets are put.
    pub fn backend(&self) -> Backend {
        self.stores[0].backend()
    }

    /// The encrypted file, where secrets are put into it.
    pub fn file(&self) -> Option<&Path> {
        match &self.stores[0] {
            Store::File(file) => Some(file.path()),
            _ => None,
        }
    }

    /// Places that were looked for and cannot be used, each with the reason.
    pub fn unreachable(&self) -> &[(Backend, String)] {
        &self.unreachable
    }

    fn auto(settings: &Settings) -> Result<Self, VaultError> {
        let (mut stores, mut unreachable) = (Vec::new(), Vec::new());
        for backend in KEYRINGS {
            match open(*backend, settings) {
                Ok(store) => stores.push(store),
                Err(Closed::Unavailable(reason)) => unreachable.push((*backend, reason)),
                Err(Closed::NoHome) => {}
            }
        }
        // Beside a keyring, a file that is not there holds nothing and asks nobody for a passphrase.
        match (open(Backend::File, settings), stores.is_empty()) {
            (Ok(Store::File(file)), false) if !file.exists() => {}
            (Ok(file), _) => stores.push(file),
            (Err(_), true) => return Err(VaultError::NoHome),
            (Err(_), false) => {}
        }
        Ok(Self::of(stores, unreachable))
    }

    fn of(stores: Vec<Store>, unreachable: Vec<(Backend, String)>) -> Self {
        Self { stores: stores.into(), unreachable: unreachable.into() }
    }
}

/// Why a place was not opened.
enum Closed {
    Unavailable(String),
    NoHome,
}

fn open(backend: Backend, settings: &Settings) -> Result<Store, Closed> {
    match backend {
        Backend::File => {
            let path = settings.file.clone().ok_or(Closed::NoHome)?;
            Ok(Store::File(EncryptedFile::new(path, settings)))
        }
        #[cfg(target_os = "linux")]
        Backend::Kernel => KernelKeyring::open().map(Store::Kernel).map_err(|error| {
            Closed::Unavailable(format!(
                "the kernel has no keys, or this container may not use them ({error})"
            ))
        }),
        #[cfg(all(target_os = "linux", feature = "secret-service"))]
        Backend::SecretService => {
            SecretService::open(&settings.desktop).map(Store::SecretService).map_err(Closed::Unavailable)
        }
        #[cfg(target_os = "macos")]
        Backend::Keychain => NativeKeyring::open().map(Store::Native).map_err(Closed::Unavailable),
        #[cfg(windows)]
        Backend::CredentialManager => NativeKeyring::open().map(Store::Native).map_err(Closed::Unavailable),
        _ => Err(Closed::Unavailable("this build of linklocal has none".to_owned())),
    }
}

/// What `auto` looks for before the file. The kernel's keys are not among them: they do not outlive a restart.
#[cfg(target_os = "linux")]
const KEYRINGS: &[Backend] = &[Backend::SecretService];
#[cfg(target_os = "macos")]
const KEYRINGS: &[Backend] = &[Backend::Keychain];
#[cfg(windows)]
const KEYRINGS: &[Backend] = &[Backend::CredentialManager];
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
const KEYRINGS: &[Backend] = &[];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Cost;
    use crate::passphrase::Passphrase;
    use crate::settings::Desktop;
    use sys::Entropy;

    fn settings(choice: Choice, home: &Path) -> Settings {
        Settings {
            choice,
            file: Some(home.join("vault")),
            passphrase: Passphrase::Known(Secret::new("open sesame".to_owned())),
            cost: Cost::LEAST,
            entropy: Entropy::system(),
            desktop: Desktop::default(),
            remember: None,
        }
    }

    #[test]
    fn auto_falls_back_to_the_file_and_says_why() {
        let home = tempfile::tempdir().unwrap();
        sys::fs::set_mode(home.path(), 0o700).unwrap();
        let vault = Vault::open(&settings(Choice::Auto, home.path())).unwrap();
        assert_eq!(vault.backend(), Backend::File);
        assert_eq!(vault.file(), Some(home.path().join("vault").as_path()));
        let name = Name::new(Kind::Session, "s").unwrap();
        vault.put(&name, &Secret::new(b"x".to_vec())).unwrap();
        assert_eq!(vault.list(Kind::Session).unwrap(), [Listed { name, backend: Backend::File }]);
        assert!(vault.list(Kind::MfaSeed).unwrap().is_empty());
        if cfg!(feature = "secret-service") {
            let (backend, reason) = &vault.unreachable()[0];
            assert_eq!(*backend, Backend::SecretService);
            assert!(reason.contains("DBUS_SESSION_BUS_ADDRESS"), "{reason}");
        }
    }

    #[test]
    fn what_is_chosen_by_name_is_there_or_an_error() {
        let home = tempfile::tempdir().unwrap();
        for backend in [Backend::SecretService, Backend::CredentialManager] {
            let error = Vault::open(&settings(Choice::Only(backend), home.path())).unwrap_err();
            assert!(matches!(error, VaultError::Unavailable { .. }), "{error}");
        }
        let homeless = Settings { file: None, ..settings(Choice::Only(Backend::File), home.path()) };
        assert!(matches!(Vault::open(&homeless), Err(VaultError::NoHome)));
    }

    /// A bus that is named and does not answer.
    #[test]
    fn a_dead_bus_is_a_reason() {
        let home = tempfile::tempdir().unwrap();
        let bus = Some(format!("unix:path={}", home.path().join("none").display()));
        let settings =
            Settings { desktop: Desktop { bus, screen: false }, ..settings(Choice::Auto, home.path()) };
        assert_eq!(Vault::open(&settings).unwrap().backend(), Backend::File);
    }
}

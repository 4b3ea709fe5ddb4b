//! The macOS Keychain and the Windows Credential Manager, through keyring-core's stores.
//!
//! Rule: the store is held here and asked by its own calls. The library's default store is not used: a program that forgets to set
//! one compiles, runs, and keeps nothing.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use types::Secret;

use crate::backend::Backend;
use crate::error::VaultError;
use crate::name::{Kind, Name};

#[derive(Debug)]
pub(crate) struct NativeKeyring {
    store: Arc<CredentialStore>,
    backend: Backend,
}

impl NativeKeyring {
    /// The login keychain of this user.
    ///
    /// # Errors
    /// Why it is no place for secrets.
    #[cfg(target_os = "macos")]
    pub(crate) fn open() -> Result<Self, String> {
        let store = apple_native_keyring_store::keychain::Store::new().map_err(|error| error.to_string())?;
        Self { store, backend: Backend::Keychain }.probed()
    }

    /// The credentials of this user.
    ///
    /// # Errors
    /// Why it is no place for secrets.
    #[cfg(windows)]
    pub(crate) fn open() -> Result<Self, String> {
        let store = windows_native_keyring_store::Store::new().map_err(|error| error.to_string())?;
        Self { store, backend: Backend::CredentialManager }.probed()
    }

    pub(crate) fn backend(&self) -> Backend {
        self.backend
    }

    pub(crate) fn get(&self, name: &Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => Ok(Some(Secret::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    pub(crate) fn put(&self, name: &Name, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        self.entry(name)?.set_secret(value.expose()).map_err(|error| self.failed(error))
    }

    pub(crate) fn remove(&self, name: &Name) -> Result<bool, VaultError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(self.failed(error)),
        }
    }

    pub(crate) fn list(&self) -> Result<Vec<Name>, VaultError> {
        let found = self.store.search(&HashMap::from([SEARCH])).map_err(|error| self.failed(error))?;
        let name = |entry: &Entry| {
            let (service, user) = entry.get_specifiers()?;
            let (tag, id) = user.split_once(':')?;
            if service == SERVICE { Name::new(Kind::of_tag(tag)?, id).ok() } else { None }
        };
        let mut names: Vec<Name> = found.iter().filter_map(name).collect();
        names.sort();
        Ok(names)
    }

    /// Whether it answers at all: a look for what is not there.
    #[cfg(any(target_os = "macos", windows, test))]
    fn probed(self) -> Result<Self, String> {
        let name = Name::new(Kind::Session, "probe").expect("a name of five letters");
        match self.get(&name) {
            Ok(_) => Ok(self),
            Err(error) => Err(error.to_string()),
        }
    }

    fn entry(&self, name: &Name) -> Result<Entry, VaultError> {
        let user = format!("{}:{}", name.kind().tag(), name.id());
        self.store.build(SERVICE, &user, None).map_err(|error| self.failed(error))
    }

    /// The library's error may hold the secret itself, where that is in another form than was expected.
    fn failed(&self, error: Error) -> VaultError {
        let source: Box<dyn std::error::Error + Send + Sync> = match error {
            Error::BadEncoding(_) | Error::BadDataFormat(..) => {
                "the secret is in a form that cannot be read".into()
            }
            error => error.to_string().into(),
        };
        VaultError::Keyring { backend: self.backend, remedy: REMEDY, source }
    }
}

const SERVICE: &str = "linklocal";
#[cfg(not(windows))]
const SEARCH: (&str, &str) = ("service", SERVICE);
#[cfg(windows)]
const SEARCH: (&str, &str) = ("pattern", "linklocal$");
const REMEDY: &str = "unlock it and let linklocal in, or choose --vault file";

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring() -> NativeKeyring {
        let store = keyring_core::mock::Store::new().unwrap();
        NativeKeyring { store, backend: Backend::Keychain }.probed().unwrap()
    }

    #[test]
    fn what_is_put_is_got_until_it_is_removed() {
        let keyring = keyring();
        let name = |id: &str| Name::new(Kind::MfaSeed, id).unwrap();
        let secret = Secret::new(b"one".to_vec());
        assert_eq!(keyring.get(&name("a")).unwrap(), None);
        keyring.put(&name("a"), &secret).unwrap();
        assert_eq!(keyring.get(&name("a")).unwrap(), Some(secret));
        assert_eq!(keyring.get(&name("b")).unwrap(), None);
        assert!(keyring.list().unwrap().contains(&name("a")));
        assert!(keyring.remove(&name("a")).unwrap() && !keyring.remove(&name("a")).unwrap());
        assert_eq!(keyring.backend(), Backend::Keychain);
    }

    #[test]
    fn no_error_holds_a_secret() {
        let keyring = keyring();
        for error in
            [Error::BadEncoding(b"hunter2".to_vec()), Error::BadDataFormat(b"hunter2".to_vec(), "x".into())]
        {
            let shown = keyring.failed(error);
            let text = format!("{shown} {shown:?} {}", std::error::Error::source(&shown).unwrap());
            assert!(!text.contains("hunter2") && !text.contains("104"), "{text}");
        }
    }
}

//! One place for secrets, opened: what each backend can do.

use types::Secret;

use crate::backend::Backend;
use crate::error::VaultError;
use crate::file::EncryptedFile;
#[cfg(target_os = "linux")]
use crate::kernel::KernelKeyring;
use crate::name::Name;
#[cfg(all(target_os = "linux", feature = "secret-service"))]
use crate::secret_service::SecretService;

#[derive(Debug)]
pub(crate) enum Store {
    File(EncryptedFile),
    #[cfg(target_os = "linux")]
    Kernel(KernelKeyring),
    #[cfg(all(target_os = "linux", feature = "secret-service"))]
    SecretService(SecretService),
}

/// Calls the same on whichever it is.
macro_rules! each {
    ($store:expr, $inner:ident => $call:expr) => {
        match $store {
            Store::File($inner) => $call,
            #[cfg(target_os = "linux")]
            Store::Kernel($inner) => $call,
            #[cfg(all(target_os = "linux", feature = "secret-service"))]
            Store::SecretService($inner) => $call,
        }
    };
}

impl Store {
    pub(crate) fn backend(&self) -> Backend {
        match self {
            Self::File(_) => Backend::File,
            #[cfg(target_os = "linux")]
            Self::Kernel(_) => Backend::Kernel,
            #[cfg(all(target_os = "linux", feature = "secret-service"))]
            Self::SecretService(_) => Backend::SecretService,
        }
    }

    pub(crate) fn get(&self, name: &Name) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        each!(self, store => store.get(name))
    }

    /// Once this returns, the secret is kept.
    pub(crate) fn put(&self, name: &Name, value: &Secret<Vec<u8>>) -> Result<(), VaultError> {
        each!(self, store => store.put(name, value))
    }

    /// Whether it was there.
    pub(crate) fn remove(&self, name: &Name) -> Result<bool, VaultError> {
        each!(self, store => store.remove(name))
    }

    pub(crate) fn list(&self) -> Result<Vec<Name>, VaultError> {
        each!(self, store => store.list())
    }
}

//! One place for secrets, opened: what each backend can do.

use types::Secret;

use crate::backend::Backend;
use crate::error::VaultError;
use crate::file::EncryptedFile;
#[cfg(target_os = "linux")]
use crate::kernel::KernelKeyring;
use crate::name::Name;
#[cfg(any(target_os = "macos", windows))]
use crate::native::NativeKeyring;
#[cfg(all(target_os = "linux", feature = "secret-service"))]
use crate::secret_service::SecretService;

#[derive(Debug)]
pub(crate) enum Store {
    File(EncryptedFile),
    #[cfg(target_os = "linux")]
    Kernel(KernelKeyring),
    #[cfg(all(target_os = "linux", feature = "secret-service"))]
    SecretService(SecretService),
    #[cfg(any(target_os = "macos", windows))]
    Native(NativeKeyring),
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
            #[cfg(any(target_os = "macos", windows))]
            Store::Native($inner) => $call,
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
            #[cfg(any(target_os = "macos", windows))]
            Self::Native(native) => native.backend(),
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

//! Secrets at rest: the system's keyring, or an encrypted file where there is none.
//!
//! Rule: a secret leaves only to whoever asks for it by name; nothing of it is in an error, a log or a listing. What was put is
//! kept when `put` returns, by everybody's reckoning: fifty processes at once lose nothing.

mod backend;
mod error;
mod file;
#[cfg(target_os = "linux")]
mod kernel;
mod name;
#[cfg(any(target_os = "macos", windows, test))]
mod native;
mod passphrase;
#[cfg(all(target_os = "linux", feature = "secret-service"))]
mod secret_service;
mod settings;
mod store;
mod vault;

pub use backend::{Backend, Choice, ChoiceError};
pub use error::{PassphraseError, VaultError};
pub use file::{Cost, FileError, SealedFile};
pub use name::{Kind, Name, NameError};
pub use passphrase::Passphrase;
pub use settings::{Desktop, Settings, SettingsError};
pub use vault::{Listed, Vault};

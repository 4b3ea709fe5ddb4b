//! Where secrets can be kept, and how a person says so.

use std::fmt;
use std::str::FromStr;

/// A place for secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backend {
    /// freedesktop.org's Secret Service over D-Bus: GNOME Keyring, KWallet, KeePassXC.
    SecretService,
    /// The Linux kernel's keys: in memory, gone with a restart.
    Kernel,
    /// One file, encrypted under a passphrase.
    File,
    /// The macOS Keychain.
    Keychain,
    /// The Windows Credential Manager.
    CredentialManager,
}

/// What was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The system's keyring where one answers, else the encrypted file.
    #[default]
    Auto,
    Only(Backend),
}

/// A word names no place for secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no place for secrets; choose auto, secret-service, kernel, file, keychain or wincred")]
pub struct ChoiceError(String);

impl Backend {
    pub const ALL: [Self; 5] =
        [Self::SecretService, Self::Kernel, Self::File, Self::Keychain, Self::CredentialManager];

    /// As it is chosen.
    pub fn word(self) -> &'static str {
        match self {
            Self::SecretService => "secret-service",
            Self::Kernel => "kernel",
            Self::File => "file",
            Self::Keychain => "keychain",
            Self::CredentialManager => "wincred",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretService => "Secret Service",
            Self::Kernel => "kernel keyring",
            Self::File => "encrypted file",
            Self::Keychain => "Keychain",
            Self::CredentialManager => "Credential Manager",
        })
    }
}

impl FromStr for Choice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let named = Backend::ALL.into_iter().find(|backend| backend.word() == text);
        named.map(Self::Only).ok_or_else(|| ChoiceError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose() {
        assert_eq!("auto".parse(), Ok(Choice::Auto));
        for backend in Backend::ALL {
            assert_eq!(backend.word().parse(), Ok(Choice::Only(backend)));
        }
        assert!(
            "keyring".parse::<Choice>().unwrap_err().to_string().contains("secret-service, kernel, file")
        );
    }
}

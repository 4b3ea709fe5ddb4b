//! What a vault is opened with.

use std::path::PathBuf;
use std::time::Duration;

use sys::{Entropy, Env};

use crate::backend::{Choice, ChoiceError};
use crate::file::Cost;
use crate::passphrase::Passphrase;

/// Which places, and how the encrypted file is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    pub choice: Choice,
    /// The encrypted file; nothing where no home says where it could be.
    pub file: Option<PathBuf>,
    pub passphrase: Passphrase,
    /// What a new file's passphrase costs whoever guesses.
    pub cost: Cost,
    pub entropy: Entropy,
    pub desktop: Desktop,
    /// How long the kernel remembers an opened file's key for all programs of the user; nothing where nobody asked for that.
    pub remember: Option<Duration>,
}

/// What a desktop's keyring needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desktop {
    /// The address of the D-Bus session bus.
    pub bus: Option<String>,
    /// Whether there is a screen to ask at.
    pub screen: bool,
}

/// A variable says something that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{VAULT} cannot be used")]
    Choice(#[from] ChoiceError),
    #[error("{REMEMBER}={0:?} is no number of seconds from 1 to {LONGEST}; unset it, or give one")]
    Remember(String),
}

impl Settings {
    /// What was typed, else `LINKLOCAL_VAULT`, else auto; the file that `LINKLOCAL_VAULT_FILE` names, else `linklocal/vault`
    /// in the user's data directory. The passphrase is that of a file or a command, where a variable names one, else a
    /// person's.
    pub fn from_env(env: &Env, typed: Option<Choice>) -> Result<Self, SettingsError> {
        let named = || filled(env, VAULT).map(str::parse).transpose();
        let choice = typed.map_or_else(named, |typed| Ok(Some(typed)))?;
        let file = env.var_os(FILE).filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Self {
            choice: choice.unwrap_or_default(),
            file: file.or_else(|| Some(env.data_home()?.join("linklocal").join("vault"))),
            passphrase: Passphrase::from_env(env),
            cost: Cost::default(),
            entropy: Entropy::system(),
            desktop: Desktop::from_env(env),
            remember: filled(env, REMEMBER).map(seconds).transpose()?,
        })
    }
}

fn seconds(text: &str) -> Result<Duration, SettingsError> {
    let number = text.parse().ok().filter(|number| (1..=LONGEST).contains(number));
    number.map(Duration::from_secs).ok_or_else(|| SettingsError::Remember(text.chars().take(40).collect()))
}

impl Desktop {
    /// The bus that `DBUS_SESSION_BUS_ADDRESS` names, else that of the user's runtime directory, where systemd puts it.
    fn from_env(env: &Env) -> Self {
        let named = filled(env, "DBUS_SESSION_BUS_ADDRESS").map(str::to_owned);
        let usual = || {
            let socket = env.runtime_dir()?.join("bus");
            sys::fs::inode(&socket)?;
            Some(format!("unix:path={}", socket.to_str()?))
        };
        let screen = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().any(|name| filled(env, name).is_some());
        Self { bus: named.or_else(usual), screen }
    }
}

pub(crate) fn filled<'a>(env: &'a Env, name: &str) -> Option<&'a str> {
    env.var(name).filter(|value| !value.is_empty())
}

const VAULT: &str = "LINKLOCAL_VAULT";
const REMEMBER: &str = "LINKLOCAL_VAULT_REMEMBER";
/// Seconds: a day.
const LONGEST: u64 = 86_400;
const FILE: &str = "LINKLOCAL_VAULT_FILE";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;
    use std::path::Path;

    #[test]
    fn what_was_typed_comes_before_variables_before_defaults() {
        let read = |pairs: &[(&str, &str)], typed| {
            let env = Env::from_pairs([("HOME", "/h")].iter().chain(pairs).copied());
            Settings::from_env(&env, typed).map(|settings| (settings.choice, settings.file.unwrap()))
        };
        let file = Choice::Only(Backend::File);
        let default = PathBuf::from("/h/.local/share/linklocal/vault");
        assert_eq!(read(&[], None), Ok((Choice::Auto, default.clone())));
        assert_eq!(read(&[("LINKLOCAL_VAULT", "kernel")], Some(file)), Ok((file, default.clone())));
        assert_eq!(
            read(&[("LINKLOCAL_VAULT", "file"), ("LINKLOCAL_VAULT_FILE", "/v")], None),
            Ok((file, "/v".into()))
        );
        assert_eq!(read(&[("LINKLOCAL_VAULT", "")], None), Ok((Choice::Auto, default)));
        read(&[("LINKLOCAL_VAULT", "purse")], None).unwrap_err();
        for wrong in ["0", "86401", "5m"] {
            let error = read(&[("LINKLOCAL_VAULT_REMEMBER", wrong)], None).unwrap_err();
            assert!(error.to_string().contains("no number of seconds from 1 to 86400"), "{error}");
        }
        assert_eq!(Settings::from_env(&Env::default(), None).unwrap().file.as_deref(), None::<&Path>);
    }
}

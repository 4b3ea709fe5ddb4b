//! A user's long-term keys, moved from the plain file into the vault, and the line that stands for them in the profile: a
//! `credential_process` that runs this program, so that every SDK finds them.
//!
//! Rule: what reads the line reads it whole; one that says anything else is somebody else's and is run like any other.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use types::{AccountId, Secret};
use vault::{Choice, Kind, Name, NameError, Settings, Vault};
use zeroize::Zeroize as _;

use crate::process::words;
use crate::{Context, ResolveError, Resolved};

/// An access key as the vault keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKeys {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub account_id: Option<String>,
}

/// `credential_process = /usr/bin/linklocal credentials process --vault-key NAME`, and where the vault is if that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKeysLine {
    /// Under which name the vault keeps the keys.
    pub id: String,
    pub choice: Option<Choice>,
    pub file: Option<PathBuf>,
}

/// The vault's JSON; borrowed, so that no copy of the secret is left behind.
#[derive(Deserialize, Serialize)]
struct Document {
    access_key_id: String,
    secret_access_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
}

impl KeptKeys {
    /// Under which name the vault keeps the keys of `id`.
    pub fn name(id: &str) -> Result<Name, NameError> {
        Name::new(Kind::LongTermKeys, id)
    }

    pub fn write(&self) -> Secret<Vec<u8>> {
        let mut document = Document {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.expose().clone(),
            account_id: self.account_id.clone(),
        };
        let bytes = serde_json::to_vec(&document).expect("texts are JSON");
        document.secret_access_key.zeroize();
        Secret::new(bytes)
    }

    /// `None` for what is no key.
    pub fn read(value: &Secret<Vec<u8>>) -> Option<Self> {
        let Document { access_key_id, secret_access_key, account_id } =
            serde_json::from_slice(value.expose()).ok()?;
        Some(Self { access_key_id, secret_access_key: Secret::new(secret_access_key), account_id })
    }

    /// As the chain hands them out: without an end. The account is that of the profile, else the one in the key's id.
    pub fn resolved(self, account_id: Option<String>) -> Resolved {
        let of_id = || {
            let id: types::AccessKeyId = self.access_key_id.parse().ok()?;
            id.account().map(|account: AccountId| account.to_string())
        };
        Resolved {
            account_id: self.account_id.clone().or(account_id).or_else(of_id),
            access_key_id: self.access_key_id,
            secret_access_key: self.secret_access_key,
            session_token: None,
            expiration: None,
            arn: None,
        }
    }
}

impl KeptKeysLine {
    /// Reads a command that runs this program for keys of the vault, whatever directory it is in; `None` for any other.
    pub fn parse(command: &str) -> Option<Self> {
        let words = words::posix(command).ok()?;
        let mut words = words.iter().map(String::as_str);
        let program = Path::new(words.next()?);
        let ours = Self::runs(program) && words.next()? == "credentials" && words.next()? == "process";
        if !ours || words.next()? != KEY {
            return None;
        }
        let mut line = Self { id: words.next()?.to_owned(), choice: None, file: None };
        while let Some(flag) = words.next() {
            let value = words.next()?;
            match flag {
                VAULT => line.choice = Some(value.parse().ok()?),
                FILE => line.file = Some(value.into()),
                _ => return None,
            }
        }
        Some(line)
    }

    /// Whether a line for the program at `program` is known again: it goes by its name, wherever it is.
    pub fn runs(program: &Path) -> bool {
        program.file_name().is_some_and(|name| name == PROGRAM)
    }

    /// The command, for the program at `program`; `None` where a word of it cannot be quoted so that every SDK reads the same.
    pub fn write(&self, program: &Path) -> Option<String> {
        let mut words = vec![program.to_str()?, "credentials", "process", KEY, &self.id];
        if let Some(Choice::Only(backend)) = self.choice {
            words.extend([VAULT, backend.word()]);
        }
        if let Some(file) = &self.file {
            words.extend([FILE, file.to_str()?]);
        }
        let quoted: Option<Vec<String>> = words.into_iter().map(quoted).collect();
        Some(quoted?.join(" "))
    }

    /// What the vault is opened with, in this environment.
    pub fn settings(&self, env: &sys::Env) -> Result<Settings, vault::SettingsError> {
        let settings = Settings::from_env(env, self.choice)?;
        Ok(Settings { file: self.file.clone().or(settings.file), ..settings })
    }
}

/// The keys that a profile's line stands for: read here, without starting this program anew.
pub(crate) async fn resolve(
    context: &Context,
    line: &KeptKeysLine,
    account_id: Option<String>,
    source: &str,
) -> Result<Resolved, ResolveError> {
    let refused = |what: String| ResolveError::new("vault", format!("{source}: {what}"), REMEDY);
    let settings = line.settings(&context.env).map_err(|error| refused(crate::mfa::chain(&error)))?;
    let name = KeptKeys::name(&line.id).map_err(|error| refused(error.to_string()))?;
    // Disks, daemons and persons are slow: another thread waits for them.
    let found =
        tokio::task::spawn_blocking(move || Vault::open(&settings).and_then(|vault| vault.get(&name))).await;
    let value = found.expect("a vault does not panic").map_err(|error| refused(crate::mfa::chain(&error)))?;
    let value = value.ok_or_else(|| refused(format!("the vault keeps no keys of {:?}", line.id)))?;
    let keys =
        KeptKeys::read(&value).ok_or_else(|| refused(format!("what it keeps of {:?} is no key", line.id)))?;
    Ok(keys.resolved(account_id))
}

/// For POSIX words, a shell, and the files: what means something to one of them is between single quotes.
fn quoted(word: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.@:+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return Some(word.to_owned());
    }
    let hopeless = word.is_empty() || word.chars().any(|c| matches!(c, '\'' | '#' | ';') || c.is_control());
    (!hopeless).then(|| format!("'{word}'"))
}

const PROGRAM: &str = "linklocal";
const KEY: &str = "--vault-key";
const VAULT: &str = "--vault";
const FILE: &str = "--vault-file";
const REMEDY: &str = "see that the vault can be opened where this runs (LINKLOCAL_VAULT, LINKLOCAL_VAULT_PASSPHRASE_FILE); \
                      `linklocal credentials import` keeps keys";

#[cfg(test)]
mod tests {
    use super::*;
    use vault::Backend;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let program = Path::new("/opt/my tools/linklocal");
        assert!(KeptKeysLine::runs(program) && !KeptKeysLine::runs(Path::new("/opt/linklocal/ll")));
        for (id, choice, file) in [
            ("default", None, None),
            ("my profile", Some(Choice::Only(Backend::File)), Some(PathBuf::from("/a b/vault"))),
            ("x", Some(Choice::Only(Backend::SecretService)), None),
        ] {
            let line = KeptKeysLine { id: id.to_owned(), choice, file };
            assert_eq!(KeptKeysLine::parse(&line.write(program).unwrap()), Some(line));
        }
        let line = KeptKeysLine { id: "a".to_owned(), choice: None, file: None };
        assert_eq!(
            line.write(program).unwrap(),
            "'/opt/my tools/linklocal' credentials process --vault-key a"
        );
        for hopeless in ["it's", "a #b", ""] {
            assert_eq!(
                KeptKeysLine { id: hopeless.to_owned(), ..line.clone() }.write(program),
                None,
                "{hopeless}"
            );
        }
    }

    #[test]
    fn other_commands_are_somebody_elses() {
        for command in [
            "",
            "linklocal",
            "/bin/other credentials process --vault-key a",
            "linklocal credentials process --profile a",
            "linklocal credentials process --vault-key",
            "linklocal credentials process --vault-key a --vault",
            "linklocal credentials process --vault-key a --vault purse",
            "linklocal credentials process --vault-key a | tee /tmp/x",
            "linklocal credentials process --vault-key 'a",
        ] {
            assert_eq!(KeptKeysLine::parse(command), None, "{command}");
        }
    }

    #[test]
    fn keys_come_back_whole() {
        let keys = KeptKeys {
            access_key_id: "AKIAQNZGKIQY4XGEHOPM".to_owned(),
            secret_access_key: Secret::new("wJalr\"/+\\".to_owned()),
            account_id: None,
        };
        assert_eq!(KeptKeys::read(&keys.write()), Some(keys.clone()));
        assert_eq!(keys.clone().resolved(Some("1".to_owned())).account_id.as_deref(), Some("1"));
        assert!(keys.resolved(None).account_id.is_some(), "the account is in the id");
        assert_eq!(KeptKeys::read(&Secret::new(b"{}".to_vec())), None);
    }
}

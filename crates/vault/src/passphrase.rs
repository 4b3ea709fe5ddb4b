//! Where the encrypted file's passphrase comes from: a private file, a command, or the person at the terminal.
//!
//! Rule: never a variable's value or an argument, which other programs see.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sys::Env;
use types::Secret;

use crate::error::PassphraseError;
use crate::settings::filled;

/// Who is asked for the passphrase.
#[derive(Clone, Debug)]
pub enum Passphrase {
    /// The first line of a file that is this user's and nobody else's.
    File(PathBuf),
    /// The first line that a shell command prints.
    Command(String),
    /// Whoever sits at the controlling terminal.
    Person,
    /// Known already.
    Known(Secret<String>),
}

/// Why it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Open,
    /// What was given last was wrong.
    Again,
    /// There is no file yet, and whoever mistypes would be locked out.
    Create,
}

impl Passphrase {
    pub(crate) fn from_env(env: &Env) -> Self {
        let file = env.var_os(FILE).filter(|path| !path.is_empty());
        let command = || filled(env, COMMAND).map(|command| Self::Command(command.to_owned()));
        file.map(|path| Self::File(path.into())).or_else(command).unwrap_or(Self::Person)
    }

    /// Whether another answer may come where one was wrong.
    pub(crate) fn may_change(&self) -> bool {
        matches!(self, Self::Person)
    }

    pub(crate) fn get(&self, vault: &Path, occasion: Occasion) -> Result<Secret<String>, PassphraseError> {
        match self {
            Self::File(path) => of_file(path),
            Self::Command(command) => of_command(command),
            Self::Person => of_person(vault, occasion),
            Self::Known(passphrase) => Ok(passphrase.clone()),
        }
    }
}

fn of_file(path: &Path) -> Result<Secret<String>, PassphraseError> {
    let file = sys::fs::read_owned(path, LIMIT)
        .map_err(|source| PassphraseError::Unreadable { path: path.to_owned(), source })?;
    let (private, owner, mode) = (file.is_own() && file.is_private(), file.owner, file.mode);
    let bytes = Secret::new(file.bytes);
    if !private {
        return Err(PassphraseError::Open { path: path.to_owned(), owner, mode });
    }
    first_line(&bytes, || format!("file {}", path.display()))
}

/// A password manager may ask its owner meanwhile, so there is no time limit; its talk is the person's.
fn of_command(command: &str) -> Result<Secret<String>, PassphraseError> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(PassphraseError::Command)?;
    let mut bytes = Vec::with_capacity(LIMIT);
    let stdout = child.stdout.take().expect("it is piped, as asked for above");
    let read = stdout.take(LIMIT as u64).read_to_end(&mut bytes);
    let bytes = Secret::new(bytes);
    let status = child.wait().map_err(PassphraseError::Command)?;
    read.map_err(PassphraseError::Command)?;
    if !status.success() {
        return Err(PassphraseError::CommandFailed { status: status.to_string() });
    }
    first_line(&bytes, || "LINKLOCAL_VAULT_PASSPHRASE_COMMAND".to_owned())
}

fn of_person(vault: &Path, occasion: Occasion) -> Result<Secret<String>, PassphraseError> {
    let path = vault.display();
    let question = match occasion {
        Occasion::Open => format!("Passphrase of {path}: "),
        Occasion::Again => format!("That is not the passphrase of {path}. Passphrase: "),
        Occasion::Create => format!("New passphrase for {path}: "),
    };
    let passphrase = ask(&question)?;
    if occasion == Occasion::Create && ask("The same again: ")? != passphrase {
        return Err(PassphraseError::Differ);
    }
    Ok(passphrase)
}

fn ask(question: &str) -> Result<Secret<String>, PassphraseError> {
    let answer = sys::terminal::ask_hidden(question).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => PassphraseError::Interrupted,
        _ => PassphraseError::NoTerminal(error),
    })?;
    if answer.expose().is_empty() { Err(PassphraseError::Interrupted) } else { Ok(answer) }
}

fn first_line(
    bytes: &Secret<Vec<u8>>,
    place: impl Fn() -> String,
) -> Result<Secret<String>, PassphraseError> {
    let form = || PassphraseError::Form { place: place(), limit: LIMIT };
    let line = bytes.expose().split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).map_err(|_| form())?;
    if line.is_empty() || bytes.expose().len() >= LIMIT {
        return Err(form());
    }
    Ok(Secret::new(line.to_owned()))
}

const FILE: &str = "LINKLOCAL_VAULT_PASSPHRASE_FILE";
const COMMAND: &str = "LINKLOCAL_VAULT_PASSPHRASE_COMMAND";
/// Bytes: more than anybody types or generates.
const LIMIT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn get(passphrase: &Passphrase) -> Result<Secret<String>, PassphraseError> {
        passphrase.get(Path::new("/vault"), Occasion::Open)
    }

    #[test]
    fn a_files_first_line_where_it_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("passphrase");
        let source = Passphrase::File(path.clone());
        for (text, expected) in
            [("one two\r\nmore", Some("one two")), ("x", Some("x")), ("\nx", None), ("", None)]
        {
            sys::fs::replace(&path, text.as_bytes(), 0o600).unwrap();
            assert_eq!(get(&source).ok(), expected.map(|text| Secret::new(text.to_owned())), "{text:?}");
        }
        sys::fs::replace(&path, b"x", 0o640).unwrap();
        let error = get(&source).unwrap_err().to_string();
        assert!(error.contains("may be read or changed by others") && error.contains("chmod 600"), "{error}");
        let missing = get(&Passphrase::File(dir.path().join("none"))).unwrap_err();
        assert!(matches!(missing, PassphraseError::Unreadable { .. }));
    }

    #[test]
    fn a_commands_first_line_where_it_succeeds() {
        let run = |command: &str| get(&Passphrase::Command(command.to_owned()));
        assert_eq!(run("echo open; echo sesame").unwrap().expose(), "open");
        assert!(matches!(run("exit 3"), Err(PassphraseError::CommandFailed { .. })));
        assert!(matches!(run("true"), Err(PassphraseError::Form { .. })));
        assert!(run("yes | head -c 9999 | tr -d '\\n'").is_err(), "too long");
    }

    #[test]
    fn variables_name_a_file_or_a_command() {
        let read = |pairs: &[(&str, &str)]| Passphrase::from_env(&Env::from_pairs(pairs.iter().copied()));
        assert!(matches!(read(&[]), Passphrase::Person));
        assert!(matches!(read(&[(FILE, "")]), Passphrase::Person));
        assert!(matches!(read(&[(COMMAND, "pass x")]), Passphrase::Command(_)));
        assert!(matches!(read(&[(FILE, "/p"), (COMMAND, "pass x")]), Passphrase::File(_)));
    }
}

//! Edits of the two files that touch nothing but what they name.
//!
//! Rule: an edit that any SDK would take for more than was asked is not made: [`review`] reads the files before and after as
//! every SDK does. Mistakes of the AWS CLI's writer that are avoided here: facts/credentials.md section 2.5.

mod change;
mod draft;
mod keys;
mod name;
mod nested;
mod property;
mod read_back;
mod section;
mod target;
mod value;

use types::{Secret, Timestamp};

pub use change::{Act, Change, Note};
pub use read_back::{Disagreement, Reading, is_known, look, read_back};
pub use target::{Section, Target, TargetError};

use crate::reader::{FileKind, Locations};
use crate::syntax::{Foreign, foreign};
use draft::Draft;

/// Both files' bytes; nothing where a file is not there.
#[derive(Clone, Copy, Default)]
pub struct Texts<'a> {
    pub config: Option<&'a [u8]>,
    pub credentials: Option<&'a [u8]>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Edit {
    /// One setting. An access key id or a session token takes what belonged to the older key with it.
    Set { target: Target, value: Secret<String> },
    /// One setting, wherever it stands for this section.
    Unset { target: Target },
    /// A whole key set: what is not in it (a session token, an account, an end) does not stay of an older one.
    Keys { profile: String, keys: Keys },
    /// All of a profile's key settings, in both files.
    ForgetKeys { profile: String },
    /// A section with all that stands in it, in both files.
    Remove { section: Section },
}

/// Credentials as they are written down.
#[derive(Clone, Debug)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
    pub account_id: Option<String>,
    /// When a session ends: `x_security_token_expires`, which SDKs pass over and shell prompts show.
    pub expiration: Option<Timestamp>,
}

/// New texts, and what is new in them.
#[derive(Clone)]
pub struct Edited {
    /// Nothing where the config file stays as it is.
    pub config: Option<Vec<u8>>,
    /// Nothing where the credentials file stays as it is.
    pub credentials: Option<Vec<u8>>,
    pub changes: Vec<Change>,
    pub notes: Vec<Note>,
    /// What every SDK should read from now on.
    pub intents: Vec<Intent>,
}

/// What a setting should be read as; nothing where it should be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub target: Target,
    pub value: Option<Secret<String>>,
    /// The section goes as a whole; the target's key means nothing then.
    pub whole_section: bool,
}

/// The edit is not made; the files are as they were.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the value of {key} holds {what}; no program reads it back, so leave it out")]
    Value { key: String, what: &'static str },
    #[error("setting name {key:?} holds {what}; take letters, digits, `_`, `-` and `.`")]
    Key { key: String, what: &'static str },
    #[error("the name {name:?} holds {what}, which {who}; take letters, digits and _-/.%@:+")]
    Name { name: String, what: &'static str, who: &'static str },
    #[error("{} file is in UTF-16; save it as UTF-8, since no SDK reads it", word(*file))]
    Utf16 { file: FileKind },
    #[error("{} file, line {line}: a zero byte; this is no text file, so name another", word(*file))]
    Binary { file: FileKind, line: usize },
    #[error(
        "{} file, line {line}: ends with a carriage return alone, which SDKs read in different ways; end lines with \\n",
        word(*file)
    )]
    CarriageReturn { file: FileKind, line: usize },
    #[error("{} file, line {line}: {key} holds a block of settings; name one of them, as {key}.NAME", word(*file))]
    IsBlock { file: FileKind, line: usize, key: String },
    #[error("{} file, line {line}: {key} has a value, so nothing can stand under it; unset {key} first", word(*file))]
    NoBlock { file: FileKind, line: usize, key: String },
    #[error(
        "{} file, line {line}: would be read as a part of the line above after the edit; mend the file first with `linklocal \
         credentials lint --fix`",
        word(*file)
    )]
    Misread { file: FileKind, line: usize },
    #[error("the edit would do harm: {0}; mend the file first with `linklocal credentials lint --fix`")]
    Harm(Box<Disagreement>),
}

/// Makes the edits, in order, in memory.
pub fn edit(before: Texts<'_>, edits: &[Edit]) -> Result<Edited, EditError> {
    check(FileKind::Config, before.config)?;
    check(FileKind::Credentials, before.credentials)?;
    let mut draft = Draft::new(before);
    let mut intents = Vec::new();
    for edit in edits {
        apply(&mut draft, edit, &mut intents)?;
    }
    draft.finish(intents)
}

/// Makes the edits and reads the result as every SDK does. One by which an SDK that read the files would no longer, or would
/// read another setting otherwise, is refused; SDKs that read something else than was asked are named.
pub fn review(
    locations: &Locations,
    before: Texts<'_>,
    edits: &[Edit],
) -> Result<(Edited, Vec<Disagreement>), EditError> {
    let edited = edit(before, edits)?;
    let disagreements = read_back(locations, before, edited.texts(before), &edited.intents);
    match disagreements.iter().find(|disagreement| disagreement.is_harm()) {
        Some(harm) => Err(EditError::Harm(Box::new(harm.clone()))),
        None => Ok((edited, disagreements)),
    }
}

impl Edited {
    /// Both files as they are to be.
    pub fn texts<'a>(&'a self, before: Texts<'a>) -> Texts<'a> {
        Texts {
            config: self.config.as_deref().or(before.config),
            credentials: self.credentials.as_deref().or(before.credentials),
        }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.config.is_none() && self.credentials.is_none()
    }
}

/// Files are full of secrets: only whether they are there.
impl std::fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let there = (self.config.is_some(), self.credentials.is_some());
        f.debug_struct("Texts").field("config", &there.0).field("credentials", &there.1).finish()
    }
}

impl std::fmt::Debug for Edited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edited")
            .field("changes", &self.changes)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

/// How sentences call a file.
pub(crate) const fn word(file: FileKind) -> &'static str {
    match file {
        FileKind::Config => "config",
        FileKind::Credentials => "credentials",
    }
}

/// Refuses what cannot be edited line by line.
fn check(file: FileKind, text: Option<&[u8]>) -> Result<(), EditError> {
    let Some(text) = text else { return Ok(()) };
    match foreign(text) {
        Some(Foreign::Utf16) => return Err(EditError::Utf16 { file }),
        Some(Foreign::Binary { line }) => return Err(EditError::Binary { file, line }),
        Some(Foreign::NotUtf8 { .. }) | None => {}
    }
    let alone = (0..text.len()).find(|at| text[*at] == b'\r' && text.get(at + 1) != Some(&b'\n'));
    match alone {
        Some(at) => {
            let line = text[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(EditError::CarriageReturn { file, line })
        }
        None => Ok(()),
    }
}

fn apply(draft: &mut Draft<'_>, edit: &Edit, intents: &mut Vec<Intent>) -> Result<(), EditError> {
    match edit {
        Edit::Set { target, value } => keys::set_one(draft, target, value, intents),
        Edit::Unset { target } => {
            property::unset(draft, target);
            intend(intents, Intent { target: target.clone(), value: None, whole_section: false });
            Ok(())
        }
        Edit::Keys { profile, keys } => keys::set_all(draft, profile, keys, intents),
        Edit::ForgetKeys { profile } => {
            keys::forget(draft, profile, intents);
            Ok(())
        }
        Edit::Remove { section } => {
            section::remove(draft, section);
            let target = Target::new(section.clone(), "");
            intend(intents, Intent { target, value: None, whole_section: true });
            Ok(())
        }
    }
}

/// The last word on a setting, on a block or on a section is what counts.
fn intend(intents: &mut Vec<Intent>, intent: Intent) {
    intents.retain(|earlier| {
        let (one, other) = (&earlier.target, &intent.target);
        let nested = one.nested.is_none() || other.nested.is_none() || one.nested == other.nested;
        let same = intent.whole_section || (one.key == other.key && nested && !earlier.whole_section);
        one.section != other.section || !same
    });
    intents.push(intent);
}

#[cfg(test)]
mod tests;

//! What an edit did, by line, and what its maker should know; no values.

use std::fmt;

use super::{Target, word};
use crate::reader::FileKind;
use crate::syntax::{Document, Kind, Line};

/// A line that is new, other, or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub file: FileKind,
    pub act: Act,
    /// Counted from 1 in the new text; in the old one for a line that is gone.
    pub line: usize,
    /// What the header above has between its brackets.
    pub section: Option<String>,
    /// The key on the line; nothing for headers, comments and continued values.
    pub key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Added,
    Changed,
    Removed,
}

/// Something that was done otherwise than asked, or beside it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Blanks around the value were left out.
    Trimmed { target: Target },
    /// The key was written in lower case.
    Lowered { target: Target },
    /// The setting stood several times; once is left.
    Joined { target: Target, file: FileKind, times: usize },
    /// A comment behind a value now stands above it, because boto3 and the AWS CLI read it as part of the value.
    CommentMoved { target: Target, file: FileKind },
    /// It belonged to the older key.
    Outdated { target: Target, file: FileKind },
    /// The setting stands in the credentials file, whose word counts.
    InCredentials { target: Target },
    /// The profile's keys stand in the config file.
    KeysInConfig { profile: String },
    /// Sections of several spellings are this one; SDKs differ in which they read, so all were edited.
    Spellings { target: Target, file: FileKind, times: usize },
}

/// The lines in which two texts of one file differ. Lines know their number in the old one.
pub(super) fn compare(file: FileKind, before: &Document<'_>, after: &Document<'_>) -> Vec<Change> {
    let mut kept = vec![false; before.lines.len() + 1];
    let mut changes = Vec::new();
    let mut section = None;
    for (index, line) in after.lines.iter().enumerate() {
        section = line.header_name().map(words).or(section);
        kept[line.number] = true;
        let old = line.number.checked_sub(1).and_then(|old| before.lines.get(old));
        let act = match old {
            None => Act::Added,
            Some(old) if old.text() != line.text() => Act::Changed,
            Some(_) => continue,
        };
        push(
            &mut changes,
            Change { file, act, line: index + 1, section: section.clone(), key: key(line) },
            line,
        );
    }
    section = None;
    for line in &before.lines {
        section = line.header_name().map(words).or(section);
        if !kept[line.number] {
            let gone = Change {
                file,
                act: Act::Removed,
                line: line.number,
                section: section.clone(),
                key: key(line),
            };
            push(&mut changes, gone, line);
        }
    }
    changes
}

/// Blank lines come and go unmentioned.
fn push(changes: &mut Vec<Change>, change: Change, line: &Line<'_>) {
    if *line.kind() != Kind::Blank {
        changes.push(change);
    }
}

fn key(line: &Line<'_>) -> Option<String> {
    line.property().map(|property| words(line.slice(&property.key)))
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", word(self.file), self.line)?;
        match (&self.key, &self.section) {
            (Some(key), Some(section)) => write!(f, "{key} {} in [{section}]", self.act),
            (Some(key), None) => write!(f, "{key} {}", self.act),
            (None, Some(section)) => write!(f, "line {} at [{section}]", self.act),
            (None, None) => write!(f, "line {}", self.act),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trimmed { target } => write!(f, "blanks around the value of {target} were left out"),
            Self::Lowered { target } => write!(
                f,
                "{target} was written in lower case, since the AWS SDK for JavaScript reads no other"
            ),
            Self::Joined { target, file, times } => {
                write!(f, "{target} stood {times} times in the {} file; once is left", word(*file))
            }
            Self::CommentMoved { target, file } => write!(
                f,
                "the comment behind {target} in the {} file now stands above it, since boto3 and the AWS CLI read it as \
                 part of the value",
                word(*file)
            ),
            Self::Outdated { target, file } => {
                write!(f, "{target} belonged to the older key and was removed from the {} file", word(*file))
            }
            Self::InCredentials { target } => {
                write!(f, "{target} stands in the credentials file, whose word counts, and was changed there")
            }
            Self::KeysInConfig { profile } => {
                write!(f, "the keys of profile {profile} stand in the config file and were changed there")
            }
            Self::Spellings { target, file, times } => write!(
                f,
                "{times} spellings of the header of {} stand in the {} file and SDKs differ in which they read; all were \
                 changed",
                target.section,
                word(*file)
            ),
        }
    }
}

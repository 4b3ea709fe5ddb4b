//! One of the two files as a model gets it: bytes, and the words for what is wrong with them.
//!
//! Rule: no text made here holds a value. Names of sections and keys are shown where they are too short for a secret.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Dropped, FileKind, Location, ReadError};
use crate::{FileState, Place};

/// A file, where it is, and which of the two.
#[derive(Clone, Debug)]
pub(super) struct Input<'a> {
    pub kind: FileKind,
    pub location: &'a Location,
    state: &'a FileState,
    path: Arc<str>,
}

impl<'a> Input<'a> {
    pub(super) fn new(kind: FileKind, (location, state): (&'a Location, &'a FileState)) -> Self {
        Self { kind, location, state, path: location.path.as_str().into() }
    }

    /// A line, from 1.
    pub(super) fn line(&self, line: usize) -> Place {
        Place::Line { path: Arc::clone(&self.path), line }
    }

    pub(super) fn file(&self) -> Place {
        Place::File(Arc::clone(&self.path))
    }

    pub(super) fn fault(&self, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> ReadError {
        let (what, remedy) = match self.mark().filter(|_| line == 1) {
            Some(mark) => marked(mark, what.into(), remedy.into()),
            None => (what.into(), remedy.into()),
        };
        ReadError { place: self.line(line), what, said: None, remedy }
    }

    /// What nobody sees at the beginning of the file, and what spoils its first line.
    fn mark(&self) -> Option<&'static str> {
        match self.state {
            FileState::Bytes(bytes) if bytes.starts_with(b"\xef\xbb\xbf") => Some(MARK),
            FileState::Bytes(bytes) if encoding(bytes) == UTF_16 => Some(UTF_16),
            _ => None,
        }
    }

    pub(super) fn whole_fault(&self, what: impl Into<String>, remedy: impl Into<String>) -> ReadError {
        ReadError { place: self.file(), what: what.into(), said: None, remedy: remedy.into() }
    }

    pub(super) fn dropped(&self, line: usize, why: impl Into<String>) -> Dropped {
        Dropped { place: self.line(line), why: why.into() }
    }

    pub(super) fn whole_dropped(&self, why: impl Into<String>) -> Dropped {
        Dropped { place: self.file(), why: why.into() }
    }

    /// The bytes as an SDK gets them that takes whatever it cannot read for absent; nothing where there are none.
    pub(super) fn bytes(&self, dropped: &mut Vec<Dropped>) -> Result<Option<&'a [u8]>, ReadError> {
        let why = match self.state {
            FileState::Bytes(bytes) => return Ok(Some(bytes)),
            FileState::TooLarge { limit } => return Err(self.too_large(*limit)),
            FileState::Absent => self.absent(),
            FileState::Directory => Some("is a directory and taken for absent".to_owned()),
            FileState::Unreadable(why) => Some(format!("cannot be read ({why}) and is taken for absent")),
        };
        dropped.extend(why.map(|why| self.whole_dropped(why)));
        Ok(None)
    }

    /// The bytes, or why there should be some and are not.
    pub(super) fn demanded_bytes(&self, dropped: &mut Vec<Dropped>) -> Result<Option<&'a [u8]>, ReadError> {
        match self.state {
            FileState::Directory => Err(self.whole_fault(
                "is a directory where a file is expected",
                format!("move it away, or name a file in {}", self.variable()),
            )),
            FileState::Unreadable(why) => Err(self.whole_fault(
                format!("cannot be read: {why}"),
                "make it readable for yourself: chmod u+r, and chown where it is another user's",
            )),
            FileState::Absent | FileState::Bytes(_) | FileState::TooLarge { .. } => self.bytes(dropped),
        }
    }

    /// A missing file is worth a word only where somebody named it.
    fn absent(&self) -> Option<String> {
        match &self.location.named_by {
            Place::Default => None,
            named_by if self.location.path.is_empty() => {
                Some(format!("{named_by} is set and empty, so that no file is read"))
            }
            named_by => Some(format!("{named_by} names it, and it is not there")),
        }
    }

    fn too_large(&self, limit: usize) -> ReadError {
        self.whole_fault(
            format!("is larger than {limit} bytes, far beyond what profiles need"),
            format!("look what it is; name the right file in {}", self.variable()),
        )
    }

    /// The variable that names this file.
    pub(super) fn variable(&self) -> &'static str {
        match self.kind {
            FileKind::Config => "AWS_CONFIG_FILE",
            FileKind::Credentials => "AWS_SHARED_CREDENTIALS_FILE",
        }
    }
}

/// Text of a file that is UTF-8, or the line of the first byte that is not.
pub(super) fn strict_text(bytes: &[u8]) -> Result<&str, usize> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    })
}

/// What is the matter with bytes that are no UTF-8, by their first ones.
pub(super) fn encoding(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => UTF_16,
        _ => "holds bytes that are not UTF-8",
    }
}

/// What a reader finds in a line is what the mark makes of it, and so is the remedy.
fn marked(mark: &str, what: String, remedy: String) -> (String, String) {
    if what.starts_with(mark) {
        return (what, remedy);
    }
    let remedy = "save the file as UTF-8 without a byte order mark";
    (format!("{mark}, so that it {what}"), remedy.to_owned())
}

/// A name for a sentence, unless it is long enough to be a secret in the wrong place.
pub(super) fn shown(name: &str) -> Cow<'static, str> {
    match name.chars().count() {
        0..=LONGEST_SHOWN => Cow::Owned(format!("{name:?}")),
        _ => Cow::Borrowed("(a long name)"),
    }
}

/// Lines as Python and Java count them: ended by `\n`, `\r\n` or a `\r` alone.
pub(super) fn universal_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r'));
        let (line, after) = match end {
            None => (rest, ""),
            Some(at) if rest[at..].starts_with("\r\n") => (&rest[..at], &rest[at + 2..]),
            Some(at) => (&rest[..at], &rest[at + 1..]),
        };
        rest = after;
        Some(line)
    })
}

/// Secret access keys have 40 characters; names worth reading have fewer.
const LONGEST_SHOWN: usize = 36;
const MARK: &str = "begins with a byte order mark";
const UTF_16: &str = "is UTF-16, as older versions of PowerShell write it";

//! The words of a command line, as the shell would hand them to curl.
//!
//! Rule: quotes and escapes are undone, nothing is expanded. What a shell would put in place of something else (variables,
//! commands, braces) is refused by name. Sources: POSIX.1-2024, Shell Command Language, 2.2 and 2.3; the manual of bash for
//! `$'…'`; what cmd.exe and the C runtime of Windows do with carets and quotes.

mod ansi_c;
mod cmd;
mod feed;
mod posix;

use super::Dialect;

/// A word and where it begins.
pub(super) struct Word {
    /// Offset in the text; for arguments their number.
    pub(super) at: usize,
    pub(super) text: Vec<u8>,
}

/// What the shell makes of the line.
#[derive(Default)]
pub(super) struct Line {
    /// `curl` and its arguments.
    pub(super) words: Vec<Word>,
    /// What comes to its standard input, where the line says.
    pub(super) feed: Option<Feed>,
    /// Parts after the command that do not change the request, such as `| …` and `> …`.
    pub(super) ignored: Vec<String>,
}

/// What is at the other end of standard input.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Feed {
    Bytes(Vec<u8>),
    File(String),
}

/// Why a line cannot be taken apart.
pub(super) struct WordError {
    pub(super) at: usize,
    pub(super) problem: String,
}

impl WordError {
    fn new(at: usize, problem: impl Into<String>) -> Self {
        Self { at, problem: problem.into() }
    }
}

/// Takes a line apart.
pub(super) fn read(text: &str, dialect: Dialect) -> Result<Line, WordError> {
    match dialect {
        Dialect::Posix => posix::read(text.as_bytes()),
        Dialect::Cmd => cmd::read(text.as_bytes()),
    }
}

/// The shell that a line was written for: carets before quotes and at the ends of lines are those of cmd.exe.
pub(super) fn dialect(text: &str) -> Dialect {
    let has_carets = text.contains(" ^\"") || text.lines().any(|line| line.ends_with(" ^"));
    let is_posix =
        text.contains(" '") || text.contains(" $'") || text.lines().any(|line| line.ends_with(" \\"));
    if has_carets && !is_posix { Dialect::Cmd } else { Dialect::Posix }
}

/// The name behind a `$` or between two `%`, for an error; not its value.
fn name_of(rest: &[u8]) -> String {
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
    String::from_utf8_lossy(&rest[..end.unwrap_or(rest.len()).min(MOST_NAME)]).into_owned()
}

/// Longer names are cut in errors.
const MOST_NAME: usize = 64;

#[cfg(test)]
mod tests;

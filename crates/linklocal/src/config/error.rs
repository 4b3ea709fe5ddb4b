//! Why a configuration is refused: one line with its place, and one that helps.

use std::fmt;
use std::path::{Path, PathBuf};

use sys::fs::ReadError;

use super::position::Position;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Unread(#[from] ReadError),
    #[error("{place}: {problem}")]
    Wrong {
        place: Place,
        problem: String,
        /// A second line: what may stand there.
        hint: Option<String>,
    },
}

/// A place in a file, printed as editors read it: `linklocal.toml:12:3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl ConfigError {
    /// What else helps, if anything.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Unread(_) => None,
            Self::Wrong { hint, .. } => hint.as_deref(),
        }
    }

    /// Where it is; `None` if the file could not be read at all.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Unread(_) => None,
            Self::Wrong { place, .. } => Some(place),
        }
    }

    pub(super) fn at(path: &Path, position: Position, problem: impl Into<String>) -> Self {
        let Position { line, column } = position;
        Self::Wrong {
            place: Place { path: path.to_owned(), line, column },
            problem: one_line(&problem.into()),
            hint: None,
        }
    }

    pub(super) fn with_hint(mut self, text: Option<String>) -> Self {
        if let Self::Wrong { hint, .. } = &mut self {
            *hint = text.map(|text| one_line(&text));
        }
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// Keys and values come from a file, which may hold anything.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

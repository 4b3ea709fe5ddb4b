//! Why a file is refused: one line with its place, and one that helps.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::Position;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Fault {
    pub place: Place,
    pub problem: String,
    /// A second line: what may stand there.
    pub hint: Option<String>,
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

impl Fault {
    pub fn at(path: &Path, position: Position, problem: impl Into<String>) -> Self {
        let Position { line, column } = position;
        Self {
            place: Place { path: path.to_owned(), line, column },
            problem: one_line(&problem.into()),
            hint: None,
        }
    }

    pub fn with_hint(mut self, text: Option<String>) -> Self {
        self.hint = text.map(|text| one_line(&text));
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

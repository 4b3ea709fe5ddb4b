//! Where a value stands, so that whoever reads an explanation can go there.

use std::fmt;
use std::sync::Arc;

/// The source of a value: `file:line`, a variable, a flag, a property, or a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A line of a file; lines count from 1.
    Line { path: Arc<str>, line: usize },
    /// A file as a whole.
    File(Arc<str>),
    /// An environment variable.
    Variable(Arc<str>),
    /// A flag of the command line, as typed: `--profile`.
    Flag(Arc<str>),
    /// A system property of Java.
    Property(Arc<str>),
    /// Nobody named it: a built-in default.
    Default,
}

impl Place {
    pub fn variable(name: &str) -> Self {
        Self::Variable(name.into())
    }

    pub fn flag(name: &str) -> Self {
        Self::Flag(name.into())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { path, line } => write!(f, "{path}:{line}"),
            Self::File(path) => f.write_str(path),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
            Self::Property(name) => write!(f, "-D{name}"),
            Self::Default => f.write_str("built-in default"),
        }
    }
}

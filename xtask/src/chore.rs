//! A chore and how one fails.

use std::fmt;
use std::io;

/// One row of the list that `cargo xtask` prints.
pub(crate) struct Chore {
    pub(crate) name: &'static str,
    pub(crate) arguments: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) run: fn(&[String]) -> Result<(), ChoreError>,
}

impl Chore {
    pub(crate) fn line(&self) -> String {
        format!("  {:<56} {}", format!("{} {}", self.name, self.arguments), self.purpose)
    }
}

/// Why a chore did not get done.
#[derive(Debug)]
pub(crate) enum ChoreError {
    /// It was asked for wrongly.
    Usage(String),
    /// What it checked or ran is not in order.
    Failed(String),
    /// The machine did not let it.
    Io { doing: String, source: io::Error },
}

impl ChoreError {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// For `map_err` on I/O: says what was being done.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        if matches!(self, Self::Usage(_)) { 2 } else { 1 }
    }
}

impl fmt::Display for ChoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Failed(message) => f.write_str(message),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}

impl std::error::Error for ChoreError {}

//! Why a configuration is refused.

use std::path::Path;

use sys::fs::ReadError;
use toml_source::{Fault, Place, Position};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Unread(#[from] ReadError),
    #[error(transparent)]
    Wrong(#[from] Fault),
}

impl ConfigError {
    /// What else helps, if anything.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Unread(_) => None,
            Self::Wrong(fault) => fault.hint.as_deref(),
        }
    }

    /// Where it is; `None` if the file could not be read at all.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Unread(_) => None,
            Self::Wrong(fault) => Some(&fault.place),
        }
    }

    pub(super) fn at(path: &Path, position: Position, problem: impl Into<String>) -> Self {
        Self::Wrong(Fault::at(path, position, problem))
    }

    pub(super) fn with_hint(self, text: &str) -> Self {
        match self {
            Self::Wrong(fault) => Self::Wrong(fault.with_hint(Some(text.to_owned()))),
            unread @ Self::Unread(_) => unread,
        }
    }
}

//! A configuration file's text under its name: where a key stands, and what is wrong there.

use std::path::{Path, PathBuf};

use sys::fs::ReadError;
use toml_source::{Position, offset_of};

use super::error::ConfigError;

/// Reads a file that a configuration names or needs, up to a bound.
pub(super) type ReadFile<'a> = &'a dyn Fn(&Path, usize) -> Result<Vec<u8>, ReadError>;

/// A file's text under its name.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// A path as the file means it: relative ones start at the file's directory.
    pub(super) fn beside(self, path: &Path) -> PathBuf {
        self.path.parent().map_or_else(|| path.to_owned(), |directory| directory.join(path))
    }

    pub(super) fn wrong(self, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(self.path, self.position(key), problem)
    }

    /// Where a key's value stands. What an instance does not say itself, the defaults said for it.
    pub(super) fn position(self, key: &str) -> Position {
        let (offset, found) = offset_of(self.text, key);
        let under_defaults =
            key.strip_prefix("instance[").and_then(|rest| rest.split_once("].")).map(|(_, key)| key);
        let (offset, _) = match under_defaults.map(|key| offset_of(self.text, &format!("defaults.{key}"))) {
            Some(inherited @ (_, true)) if !found => inherited,
            _ => (offset, found),
        };
        Position::of(self.text, offset)
    }
}

//! What each SDK reads from a pair of files (facts/credentials.md section 2).
//!
//! Rule: a model reads as its SDK does, faults included, and says for each value on which line it stands. It also says
//! what its SDK passes over in silence.

mod botocore;
mod go;
mod input;
mod java;
mod js;
mod linklocal;
mod location;
mod removal;
mod rust;
mod sections;

use std::collections::BTreeMap;

pub use location::{Location, Locations, expand, home, locations};
pub use sections::Sections;

use crate::{FileState, Place, Sdk};
use input::Input;

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    Config,
    Credentials,
}

/// What an SDK holds after reading both files.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    /// As its chain sees them, after its own way of merging.
    pub merged: Sections,
    /// What the config file alone says; some SDKs look there alone for some keys.
    pub config: Sections,
    /// What the credentials file alone says.
    pub credentials: Sections,
    /// `[sso-session NAME]` by name.
    pub sso_sessions: Sections,
    /// `[services NAME]` by name.
    pub services: Sections,
    /// Other sections of the config file that the SDK keeps, by what it calls them: `plugins`, `preview`.
    pub other: Sections,
    /// What was left out, and why: lines that mean nothing to this SDK though their writer meant something.
    pub dropped: Vec<Dropped>,
}

/// A section's keys as this SDK sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub settings: BTreeMap<String, Setting>,
    /// Where its (first) header stands.
    pub header: Option<Place>,
}

/// A value and where its key stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    pub value: Value,
    pub place: Place,
}

/// A value as the SDK holds it.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// A block of `key = value` lines under a key without a value.
    Nested(BTreeMap<String, Setting>),
}

/// A part that the SDK passes over in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub place: Place,
    /// What it is and why it is passed over, in words; no values.
    pub why: String,
}

/// The SDK fails as a whole on these files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}{}", said.as_ref().map(|said| format!(" (it says {said:?})")).unwrap_or_default())]
pub struct ReadError {
    pub place: Place,
    /// What is wrong, in our words; no values.
    pub what: String,
    /// By which words that SDK's own message can be known, where it has any for this.
    pub said: Option<String>,
    /// What to do.
    pub remedy: String,
}

/// Reads both files as `sdk` does. Work and memory are linear in the size of the files.
///
/// # Errors
/// The SDK fails on one of them as a whole, or it is more than anybody should read.
pub fn read(
    sdk: Sdk,
    config: (&Location, &FileState),
    credentials: (&Location, &FileState),
) -> Result<Profiles, ReadError> {
    let config = Input::new(FileKind::Config, config);
    let credentials = Input::new(FileKind::Credentials, credentials);
    match sdk {
        Sdk::Boto3 | Sdk::Cli2 => botocore::read(&config, &credentials),
        Sdk::Rust => rust::read(&config, &credentials),
        Sdk::Js => js::read(&config, &credentials),
        Sdk::Java => java::read(&config, &credentials),
        Sdk::Go => go::read(&config, &credentials),
        Sdk::Linklocal => linklocal::read(&config, &credentials),
    }
}

impl Profile {
    /// A section that begins at `header` and holds nothing yet.
    fn at(header: Place) -> Self {
        Self { settings: BTreeMap::new(), header: Some(header) }
    }

    /// The key's text; nothing where it is not there or holds a block.
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.settings.get(key)?.value {
            Value::Text(text) => Some(text),
            Value::Nested(_) => None,
        }
    }

    pub fn place(&self, key: &str) -> Option<&Place> {
        self.settings.get(key).map(|setting| &setting.place)
    }
}

impl Setting {
    fn text(value: impl Into<String>, place: Place) -> Self {
        Self { value: Value::Text(value.into()), place }
    }
}

/// Values are often secrets: places only.
impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setting({})", self.place)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(***)"),
            Self::Nested(block) => f.debug_tuple("Nested").field(&block.keys()).finish(),
        }
    }
}

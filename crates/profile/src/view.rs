//! What can be seen from one process at one time: everything a plan is made from.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use types::{Secret, Timestamp};

/// Environment, arguments, files and the time.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub environment: &'a Environment,
    pub arguments: &'a Arguments,
    pub files: &'a dyn Files,
    pub platform: Platform,
    pub now: Timestamp,
}

/// Variables by name. Values that are not UTF-8 are as if unset, and their names are kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// Variables whose value no SDK can read.
    pub not_unicode: Vec<String>,
    /// What the user database says of the home directory; some SDKs look there where `HOME` is not set.
    pub account_home: Option<String>,
}

/// What was said to the program itself: flags of ours, or what code would say to another SDK.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `--profile`; for SDKs, the profile named in code.
    pub profile: Option<String>,
    /// `--region`; for SDKs, the region named in code.
    pub region: Option<String>,
    pub output: Option<String>,
    pub endpoint_url: Option<String>,
    /// What code says about configured endpoint URLs, over the variable and the key.
    pub ignore_configured_endpoint_urls: Option<bool>,
    pub ca_bundle: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<Secret<String>>,
    pub session_token: Option<Secret<String>>,
    /// System properties of a Java program, from `--java-property` and `JAVA_TOOL_OPTIONS`.
    pub java_properties: BTreeMap<String, String>,
    /// Whether somebody can be asked for an MFA code.
    pub terminal: bool,
}

/// The operating system whose rules hold for paths and commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    Unix,
    Windows,
}

/// Files by path. The one who implements it reads each once, bounded.
pub trait Files: fmt::Debug {
    fn read(&self, path: &str) -> FileState;
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    Absent,
    Bytes(Arc<[u8]>),
    Directory,
    /// Why it cannot be read, as the system says it.
    Unreadable(String),
    /// More than anybody should read, in bytes.
    TooLarge {
        limit: usize,
    },
}

/// Files that were written down, for tests and what-ifs.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(BTreeMap<String, FileState>);

impl Environment {
    /// The variable's text; an empty one is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The variable's text unless it is empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    pub fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let variables = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, ..Self::default() }
    }
}

/// Names only: values of an environment are often secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl MemoryFiles {
    pub fn with(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.0.insert(path.to_owned(), FileState::Bytes(bytes.as_ref().into()));
        self
    }

    pub fn with_state(mut self, path: &str, state: FileState) -> Self {
        self.0.insert(path.to_owned(), state);
        self
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> FileState {
        self.0.get(path).cloned().unwrap_or(FileState::Absent)
    }
}

impl FileState {
    /// The content; nothing where there is none to be had.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

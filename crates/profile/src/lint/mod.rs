//! What is wrong with a pair of files, for whom, and how to mend it (facts/credentials.md section 9, item 4).
//!
//! Rule: pure. Modes, owners and whatever else a disk knows come in as data; nothing said here holds a value that could
//! be a secret.

mod catch_all;
mod headers;
mod keys;
mod lines;
mod mend;
mod preview;
mod roles;
mod rules;
mod sources;
mod surroundings;

pub use mend::{Mend, Mended, mend};
pub use preview::preview;
pub use rules::{RULES, Rule};
pub use surroundings::{CacheFile, Item, ItemKind, StartupFile, Surroundings};

use crate::reader::{self, FileKind, Locations, Profiles};
use crate::{FileState, Place, Sdk};

/// Both files, where they are, and what is around them.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub locations: &'a Locations,
    pub config: &'a FileState,
    pub credentials: &'a FileState,
    pub surroundings: &'a Surroundings,
}

/// Something to know, or to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static Rule,
    pub place: Place,
    /// Whom it bites; nobody in particular where it is a matter of safety.
    pub sdks: Vec<Sdk>,
    /// What is wrong here.
    pub text: String,
    /// What to do.
    pub remedy: String,
    /// How it can be mended without asking.
    pub fix: Option<Fix>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Some SDK fails, or uses what it should not; or secrets are exposed.
    Error,
    /// SDKs differ, or will.
    Warning,
    Note,
}

/// What `--fix` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// A change of one of the two files.
    Text(FileKind, Mend),
    /// Permissions, as chmod takes them.
    Mode { path: String, mode: u32 },
    /// A file goes.
    Remove { path: String },
}

/// Everything that is wrong, in the order of files and lines.
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, state) in [(FileKind::Config, subject.config), (FileKind::Credentials, subject.credentials)] {
        lines::check(&Source::new(subject, kind), state, &mut findings);
    }
    let profiles =
        as_read(subject, Sdk::Linklocal).or_else(|_| as_read(subject, Sdk::Js)).unwrap_or_default();
    keys::check(&profiles, &mut findings);
    roles::check(&profiles, &mut findings);
    sources::check(&profiles, &mut findings);
    catch_all::check(subject, &mut findings);
    surroundings::check(subject.surroundings, &profiles, &mut findings);
    findings.sort_by(|one, other| {
        order(&one.place).cmp(&order(&other.place)).then(one.rule.severity.cmp(&other.rule.severity))
    });
    findings
}

impl Severity {
    /// The word in text, JSON and SARIF.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Finding {
    fn new(code: &str, place: Place, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        let rule = rules::rule(code);
        Self { rule, place, sdks: rule.sdks.to_vec(), text: text.into(), remedy: remedy.into(), fix: None }
    }

    fn fixed_by(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }

    fn biting(self, sdks: &[Sdk]) -> Self {
        Self { sdks: sdks.to_vec(), ..self }
    }
}

/// One of the two files, for places.
#[derive(Clone, Debug)]
struct Source {
    kind: FileKind,
    path: std::sync::Arc<str>,
}

impl Source {
    fn new(subject: &Subject<'_>, kind: FileKind) -> Self {
        let location = match kind {
            FileKind::Config => &subject.locations.config,
            FileKind::Credentials => &subject.locations.credentials,
        };
        Self { kind, path: location.path.as_str().into() }
    }

    fn line(&self, line: usize) -> Place {
        Place::Line { path: self.path.clone(), line }
    }

    fn file(&self) -> Place {
        Place::File(self.path.clone())
    }

    fn fix(&self, mend: Mend) -> Fix {
        Fix::Text(self.kind, mend)
    }
}

fn as_read(subject: &Subject<'_>, sdk: Sdk) -> Result<Profiles, reader::ReadError> {
    let Locations { config, credentials } = subject.locations;
    reader::read(sdk, (config, subject.config), (credentials, subject.credentials))
}

fn order(place: &Place) -> (u8, String, usize) {
    match place {
        Place::File(path) => (0, path.to_string(), 0),
        Place::Line { path, line } => (0, path.to_string(), *line),
        other => (1, other.to_string(), 0),
    }
}

#[cfg(test)]
mod tests;

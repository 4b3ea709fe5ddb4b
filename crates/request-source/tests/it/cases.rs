//! Files of `testdata/curl`, taken apart.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use request_source::curl::{self, CurlCommand, CurlError, Dialect, Source};

/// A command line and what is expected of it.
pub(crate) struct Case {
    pub(crate) why: String,
    pub(crate) line: String,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) expected: String,
}

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/curl")
}

/// Every file of cases, by name.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
pub(crate) fn read(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap();
    text.split("=== ").filter(|case| !case.is_empty()).map(case).collect()
}

fn case(text: &str) -> Case {
    let (why, rest) = text.split_once('\n').unwrap();
    let (line, expected) = rest.split_once("\n---\n").unwrap();
    let (line, dialect) = match line.strip_prefix("(cmd) ") {
        Some(line) => (line, Some(Dialect::Cmd)),
        None => (line, None),
    };
    Case { why: why.to_owned(), line: line.to_owned(), dialect, expected: expected.to_owned() }
}

impl Case {
    /// The shell is found out; where the case names it, that is what must be found.
    pub(crate) fn command(&self) -> Result<CurlCommand, CurlError> {
        let found = curl::read_line(&self.line);
        if let Some(dialect) = self.dialect {
            let named = curl::read_line_in(&self.line, dialect);
            assert_eq!(found.as_ref().err(), named.as_ref().err(), "{}", self.why);
            assert_eq!(format!("{found:?}"), format!("{named:?}"), "{}", self.why);
        }
        found
    }
}

/// The files of a command that are there.
#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
pub(crate) fn contents(command: &CurlCommand) -> BTreeMap<Source, Vec<u8>> {
    let read = |source: Source| match &source {
        Source::File(name) => {
            fs::read(directory().join("files").join(name)).ok().map(|bytes| (source, bytes))
        }
        Source::StandardInput => None,
    };
    command.sources().into_iter().filter_map(read).collect()
}

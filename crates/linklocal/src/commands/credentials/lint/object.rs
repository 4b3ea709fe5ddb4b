//! The object of `lint --json`.

use profile::Place;
use profile::lint::{Finding, Severity};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Object<'a> {
    findings: Vec<FindingObject<'a>>,
    /// What `--fix` did, or would do.
    done: &'a [String],
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
struct FindingObject<'a> {
    code: &'static str,
    severity: &'static str,
    /// A file, or a variable.
    path: String,
    line: Option<usize>,
    /// Whom it bites; empty where it is a matter of safety.
    sdks: Vec<&'static str>,
    text: &'a str,
    remedy: &'a str,
    /// Whether `--fix` mends it.
    fixable: bool,
}

impl<'a> Object<'a> {
    pub(super) fn new(findings: &'a [Finding], done: &'a [String]) -> Self {
        let count = |severity| findings.iter().filter(|finding| finding.rule.severity == severity).count();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            findings: findings.iter().map(FindingObject::new).collect(),
            done,
        }
    }
}

impl<'a> FindingObject<'a> {
    fn new(finding: &'a Finding) -> Self {
        let (path, line) = parts(&finding.place);
        Self {
            code: finding.rule.code,
            severity: finding.rule.severity.name(),
            path,
            line,
            sdks: finding.sdks.iter().map(|sdk| sdk.name()).collect(),
            text: &finding.text,
            remedy: &finding.remedy,
            fixable: finding.fix.is_some(),
        }
    }
}

/// A place as a path and a line.
pub(super) fn parts(place: &Place) -> (String, Option<usize>) {
    match place {
        Place::Line { path, line } => (path.to_string(), Some(*line)),
        other => (other.to_string(), None),
    }
}

//! The policies that the cases of a file name: its own, files, AWS's.
//!
//! Rule: a policy is read for the layer that it is put in, by the rules of that kind of document, once.

use std::collections::BTreeMap;
use std::path::Path;

use policy::document::Position;
use policy::{Attached, DocumentKind, Policy, PolicyError};

use super::suite::{RawPolicy, Suite};
use crate::failure::Failure;

/// Policies by their names in the cases.
#[derive(Debug)]
pub(super) struct Library<'a> {
    suite: &'a Suite,
    held: BTreeMap<(String, u8), Held>,
}

/// A policy, and what places in it are told by: a file's path, or what else it is called.
#[derive(Debug)]
struct Held {
    label: String,
    policy: Policy,
}

impl<'a> Library<'a> {
    pub(super) fn new(suite: &'a Suite) -> Self {
        Self { suite, held: BTreeMap::new() }
    }

    /// Makes sure that a policy is there.
    pub(super) fn load(&mut self, name: &str, kind: DocumentKind) -> Result<(), Failure> {
        let key = key(name, kind);
        if !self.held.contains_key(&key) {
            let (label, text) = self.text(name)?;
            let policy = Policy::parse(&text, kind).map_err(|error| refused(&label, &error))?;
            self.held.insert(key, Held { label, policy });
        }
        Ok(())
    }

    /// One that is loaded.
    pub(super) fn attached(&self, name: &str, kind: DocumentKind) -> Attached<'_> {
        let held = self.held.get(&key(name, kind)).expect("a case loads the policies that it names");
        Attached { name: &held.label, policy: &held.policy }
    }

    fn text(&self, name: &str) -> Result<(String, String), Failure> {
        if let Some(declared) = self.suite.raw.policy.get(name) {
            return self.declared(name, declared);
        }
        if name.starts_with("arn:") {
            let managed = account::aws_managed::get(name).ok_or_else(|| {
                Failure::new(format!("{name} is not among AWS's managed policies that come with linklocal"))
                    .hint("save its document as a file, and name the file")
            })?;
            return Ok((name.to_owned(), managed.policy().text().to_owned()));
        }
        if Path::new(name).extension().is_some_and(|extension| extension == "json") {
            return self.file(Path::new(name));
        }
        let path = self.suite.path.display();
        Err(Failure::new(format!("{path}: there is no policy {name:?}")).hint(format!(
            "declare it as [policy.{name}], or name a .json file or the ARN of a policy of AWS"
        )))
    }

    fn declared(&self, name: &str, declared: &RawPolicy) -> Result<(String, String), Failure> {
        let place = || self.suite.place(&format!("policy.{name}"));
        match (&declared.file, &declared.document) {
            (Some(file), None) => self.file(file),
            (None, Some(serde_json::Value::String(text))) => {
                Ok((format!("{} [policy.{name}]", place()), text.clone()))
            }
            (None, Some(document)) => Ok((format!("{} [policy.{name}]", place()), document.to_string())),
            _ => Err(Failure::new(format!("{}: policy {name:?} wants either a file or a document", place()))),
        }
    }

    /// Beside the file of cases.
    fn file(&self, named: &Path) -> Result<(String, String), Failure> {
        let directory = self.suite.path.parent().unwrap_or_else(|| Path::new(""));
        let path = directory.join(named);
        let text = sys::fs::read_text(&path, MAX_POLICY).map_err(|error| Failure::of(&error))?;
        Ok((path.display().to_string(), text))
    }
}

fn key(name: &str, kind: DocumentKind) -> (String, u8) {
    (name.to_owned(), kind as u8)
}

/// AWS does not say where; the parser knows.
fn refused(label: &str, error: &PolicyError) -> Failure {
    let place =
        error.position.map(|Position { line, column }| format!(":{line}:{column}")).unwrap_or_default();
    Failure::new(format!("{label}{place}: AWS refuses this document: {error}"))
}

const MAX_POLICY: usize = 512 * 1024;

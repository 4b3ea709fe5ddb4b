//! A change of the files, from edits to what is said about it.
//!
//! Rule: read, edit, read back as every SDK reads, write: all under one lock. A change that would do harm is not made; one that
//! some SDK reads otherwise is made and says so.

use profile::edit::{self, Act, Change, Disagreement, Edit, EditError, Edited, Texts};
use profile::reader::{FileKind, Locations};
use serde::Serialize;
use types::Secret;

use super::ground::{Desk, located};
use super::store::Store;
use crate::arguments::TrialArguments;
use crate::failure::Failure;
use crate::output::Output;

/// What became of the edits.
pub(in crate::commands) struct Outcome {
    edited: Edited,
    disagreements: Vec<Disagreement>,
    /// Beside those of the edits.
    notes: Vec<String>,
    locations: Locations,
    dry_run: bool,
}

/// The object of `--json`.
#[derive(Serialize)]
struct Object {
    /// Whether the files are other than before.
    changed: bool,
    dry_run: bool,
    changes: Vec<Changed>,
    notes: Vec<String>,
    warnings: Vec<Warned>,
}

#[derive(Serialize)]
struct Changed {
    file: String,
    line: usize,
    act: String,
    section: Option<String>,
    key: Option<String>,
}

#[derive(Serialize)]
struct Warned {
    sdk: &'static str,
    text: String,
    /// Whether it was so before the change.
    standing: bool,
}

/// Makes the edits and says what became of them.
pub(super) fn make(desk: &Desk, edits: &[Edit], trial: TrialArguments) -> Result<(), Failure> {
    perform(desk, edits, trial)?.say(desk.output, None)
}

/// Makes the edits.
pub(super) fn perform(desk: &Desk, edits: &[Edit], trial: TrialArguments) -> Result<Outcome, Failure> {
    let (store, outcome) = draft(desk, edits, trial)?;
    if !outcome.edited.is_empty() {
        store.write(&outcome.edited)?;
    }
    Ok(outcome)
}

/// Makes edits that take secrets out of the files: no copy of the earlier content stays that holds one, and how many went is
/// told. `check` sees the files as they are and as they are to be, and may refuse.
pub(super) fn perform_forgetting(
    desk: &Desk,
    edits: &[Edit],
    trial: TrialArguments,
    secrets: &[&Secret<String>],
    check: impl FnOnce(&Locations, Texts<'_>, Texts<'_>) -> Result<(), Failure>,
) -> Result<(Outcome, usize), Failure> {
    let (store, outcome) = draft(desk, edits, trial)?;
    check(&outcome.locations, store.texts(), outcome.edited.texts(store.texts()))?;
    let forgotten =
        if outcome.edited.is_empty() { 0 } else { store.write_forgetting(&outcome.edited, secrets)? };
    Ok((outcome, forgotten))
}

/// The files under their lock, and what the edits make of them.
fn draft(desk: &Desk, edits: &[Edit], trial: TrialArguments) -> Result<(Store, Outcome), Failure> {
    let ground = desk.ground(profile::Sdk::Linklocal);
    let locations = located(&ground)?.clone();
    let store = Store::open(&locations, trial.dry_run)?;
    let reviewed = edit::review(&locations, store.texts(), edits);
    let (edited, disagreements) = reviewed.map_err(|error| refused(&error, &locations))?;
    let notes = store.notes();
    Ok((store, Outcome { edited, disagreements, notes, locations, dry_run: trial.dry_run }))
}

impl Outcome {
    /// The changes on stdout, after a first line where there is one; everything else is talk.
    pub(super) fn say(&self, output: Output, first: Option<&str>) -> Result<(), Failure> {
        if !output.json {
            self.talk();
        }
        output.result(&self.object(), || format!("{}{}", first.unwrap_or_default(), self.text()))
    }

    fn talk(&self) {
        self.tell();
        if !self.edited.is_empty() && !self.dry_run {
            Output::note("take it back: linklocal configure undo");
        }
    }

    /// Notes and warnings, on stderr.
    pub(in crate::commands) fn tell(&self) {
        let notes = self.edited.notes.iter().map(ToString::to_string).chain(self.notes.iter().cloned());
        Output::notes(&notes.collect::<Vec<_>>());
        for disagreement in &self.disagreements {
            let before = if disagreement.standing { " (as before)" } else { "" };
            Output::note(&format!("warning: {disagreement}{before}"));
        }
    }

    fn text(&self) -> String {
        if self.edited.is_empty() {
            return "nothing to change\n".to_owned();
        }
        let would = if self.dry_run { "would be " } else { "" };
        self.edited.changes.iter().map(|change| self.line(change, would)).collect()
    }

    /// `/home/u/.aws/config:2: region changed in [profile a]`.
    fn line(&self, change: &Change, would: &str) -> String {
        let path = path(&self.locations, change.file);
        let (line, act) = (change.line, change.act);
        match (&change.key, &change.section) {
            (None, Some(section)) if self.is_header(change) => {
                format!("{path}:{line}: [{section}] {would}{act}\n")
            }
            (key, section) => {
                let what = key.as_deref().unwrap_or("line");
                let section = section.as_ref().map(|section| format!(" in [{section}]")).unwrap_or_default();
                format!("{path}:{line}: {what} {would}{act}{section}\n")
            }
        }
    }

    /// Whether a new line begins a section.
    fn is_header(&self, change: &Change) -> bool {
        let text = match change.file {
            FileKind::Config => &self.edited.config,
            FileKind::Credentials => &self.edited.credentials,
        };
        let mut lines = text.as_deref().unwrap_or_default().split(|byte| *byte == b'\n');
        let line = lines.nth(change.line - 1).unwrap_or_default();
        change.act != Act::Removed && line.trim_ascii_start().starts_with(b"[")
    }

    /// The files that were changed.
    pub(in crate::commands) fn files(&self) -> Vec<String> {
        let mut files: Vec<String> =
            self.edited.changes.iter().map(|change| path(&self.locations, change.file).to_owned()).collect();
        files.dedup();
        files
    }

    fn object(&self) -> Object {
        let changes = self.edited.changes.iter().map(|change| Changed {
            file: path(&self.locations, change.file).to_owned(),
            line: change.line,
            act: change.act.to_string(),
            section: change.section.clone(),
            key: change.key.clone(),
        });
        let warnings = self.disagreements.iter().map(|disagreement| Warned {
            sdk: disagreement.sdk.name(),
            text: disagreement.to_string(),
            standing: disagreement.standing,
        });
        let notes = self.edited.notes.iter().map(ToString::to_string).chain(self.notes.iter().cloned());
        Object {
            changed: !self.edited.is_empty() && !self.dry_run,
            dry_run: self.dry_run,
            changes: changes.collect(),
            notes: notes.collect(),
            warnings: warnings.collect(),
        }
    }
}

fn path(locations: &Locations, file: FileKind) -> &str {
    match file {
        FileKind::Config => &locations.config.path,
        FileKind::Credentials => &locations.credentials.path,
    }
}

/// The edit's own words, with the paths of the files that it names by kind.
fn refused(error: &EditError, locations: &Locations) -> Failure {
    let failure = Failure::of(error);
    match error {
        EditError::Value { .. } | EditError::Key { .. } | EditError::Name { .. } => failure,
        _ => failure.hint(format!(
            "the files are {} and {}; nothing was changed",
            locations.config.path, locations.credentials.path
        )),
    }
}

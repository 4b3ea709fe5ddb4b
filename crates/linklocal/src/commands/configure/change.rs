//! A change of the files, from edits to what is said about it.
//!
//! Rule: read, edit, read back as every SDK reads, write: all under one lock. A change that would do harm is not made; one that
//! some SDK reads otherwise is made and says so.

use profile::FileState;
use profile::edit::{self, Change, Disagreement, Edit, EditError, Edited, Texts};
use profile::plan::Ground;
use profile::reader::{FileKind, Location, Locations};
use serde::Serialize;

use super::ground::{Desk, located};
use super::store::Store;
use crate::arguments::TrialArguments;
use crate::failure::Failure;
use crate::output::Output;

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
    make_saying(desk, edits, trial, "")
}

/// As [`make`], with a line before all others.
pub(super) fn make_saying(
    desk: &Desk,
    edits: &[Edit],
    trial: TrialArguments,
    first: &str,
) -> Result<(), Failure> {
    let ground = desk.ground(profile::Sdk::Linklocal);
    let locations = located(&ground)?;
    let mut store = Store::open(locations, trial.dry_run)?;
    let texts = Texts { config: store.config(), credentials: store.credentials() };
    let (edited, disagreements) =
        edit::review(locations, texts, edits).map_err(|error| refused(&error, locations))?;
    let files = Edited { changes: Vec::new(), notes: Vec::new(), intents: Vec::new(), ..edited.clone() };
    let mut notes: Vec<String> = edited.notes.iter().map(|note| format!("{note}")).collect();
    if !trial.dry_run {
        notes.extend(store.write(files.config, files.credentials)?);
    }
    say(desk, locations, &edited, &disagreements, notes, trial, first)
}

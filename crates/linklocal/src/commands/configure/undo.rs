//! `configure undo`: a change of the files, taken back.

use std::path::PathBuf;

use profile::Sdk;
use serde::Serialize;
use sys::fs::{Backup, UserFileError, UserFiles};
use types::Timestamp;

use super::ground::{Desk, located};
use super::store;
use crate::arguments::UndoArguments;
use crate::failure::Failure;
use crate::output::{Output, table};

/// The object of `undo --json`.
#[derive(Serialize)]
struct Object {
    /// Files that are as they were before the change.
    restored: Vec<String>,
}

/// The object of `undo --list --json`.
#[derive(Serialize)]
struct List {
    changes: Vec<Change>,
}

#[derive(Clone, Serialize)]
struct Change {
    number: usize,
    time: Timestamp,
    /// The files that it wrote.
    files: Vec<String>,
    /// Their earlier content.
    backups: Vec<String>,
    #[serde(skip)]
    stamp: u64,
}

pub(super) fn run(desk: &Desk, arguments: &UndoArguments) -> Result<(), Failure> {
    let ground = desk.ground(Sdk::Linklocal);
    let locations = located(&ground)?;
    let paths = [&locations.config.path, &locations.credentials.path].map(PathBuf::from);
    let files = store::open(&paths)?;
    let changes = changes(&files, &paths)?;
    if arguments.list {
        return desk.output.result(&List { changes: changes.clone() }, || text(&changes));
    }
    let number = usize::from(arguments.change.unwrap_or(1));
    let Some(change) = changes.get(number - 1) else {
        return Err(missing(number, changes.len()));
    };
    let saved = files.undo(Some(change.stamp), arguments.force).map_err(|error| refused(&error))?;
    let restored: Vec<String> = saved.written.iter().map(|path| path.display().to_string()).collect();
    if !desk.output.json {
        Output::note("take that back: linklocal configure undo");
    }
    let text = restored
        .iter()
        .map(|path| format!("{path} is as it was before {}\n", change.time.iso8601()))
        .collect();
    desk.output.result(&Object { restored }, || text)
}

/// Newest first; files that were changed together are one change.
fn changes(files: &UserFiles, paths: &[PathBuf; 2]) -> Result<Vec<Change>, Failure> {
    let mut changes: Vec<Change> = Vec::new();
    for backup in files.backups().map_err(|error| Failure::of(&error))? {
        match changes.last_mut().filter(|last| last.stamp == backup.stamp) {
            Some(change) => change.add(&backup, paths),
            None => {
                let mut change = Change::at(changes.len() + 1, backup.stamp);
                change.add(&backup, paths);
                changes.push(change);
            }
        }
    }
    Ok(changes)
}

fn text(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "nothing to take back\n".to_owned();
    }
    let row =
        |change: &Change| vec![change.number.to_string(), change.time.iso8601(), change.files.join(", ")];
    table(&["CHANGE", "TIME", "FILES"], &changes.iter().map(row).collect::<Vec<_>>())
}

fn refused(error: &UserFileError) -> Failure {
    let failure = Failure::of(error);
    match error {
        UserFileError::ChangedSince { .. } => {
            failure.hint("`linklocal configure undo --force` does it all the same, and can be undone itself")
        }
        _ => failure,
    }
}

fn missing(number: usize, count: usize) -> Failure {
    match count {
        0 => Failure::new("there is nothing to take back: no change of these files is known"),
        _ => Failure::usage(format!("there is no change {number}; {count} are known"))
            .hint("`linklocal configure undo --list` shows them"),
    }
}

impl Change {
    fn at(number: usize, stamp: u64) -> Self {
        let millis = i64::try_from(stamp / 1_000_000).unwrap_or(i64::MAX);
        let time = Timestamp::from_millis(millis);
        Self { number, time, files: Vec::new(), backups: Vec::new(), stamp }
    }

    fn add(&mut self, backup: &Backup, paths: &[PathBuf; 2]) {
        self.files.push(paths[backup.index].display().to_string());
        self.backups.push(backup.path.display().to_string());
    }
}

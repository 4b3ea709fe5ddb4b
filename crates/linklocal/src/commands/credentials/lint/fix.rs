//! Mending: the two files under the lock of `configure` and with its backups, permissions, dead caches.

use std::path::{Path, PathBuf};
use std::time::Duration;

use profile::lint::{self, Finding, Fix, Mended};
use profile::reader::{Locations, ReadError};
use profile::{FileState, Sdk, View};
use sys::fs::{Content, UserFiles};

use crate::failure::Failure;

/// What would be done, as a change of each file and a line for everything else.
pub(super) fn preview(
    view: &View<'_>,
    locations: &Locations,
    findings: &[Finding],
) -> Result<Vec<String>, Failure> {
    let read = |path: &str| if path.is_empty() { FileState::Absent } else { view.files.read(path) };
    let states = [read(&locations.config.path), read(&locations.credentials.path)];
    let mended =
        lint::mend(locations, &states[0], &states[1]).map_err(|(sdk, error)| refused(sdk, &error))?;
    let paths = [&locations.config.path, &locations.credentials.path];
    let mut done = Vec::new();
    for ((path, before), after) in paths.into_iter().zip(&states).zip([&mended.config, &mended.credentials]) {
        if let (Some(before), Some(after)) = (before.bytes(), after) {
            done.push(lint::preview(path, before, after).trim_end().to_owned());
        }
    }
    done.extend(findings.iter().filter_map(|finding| match &finding.fix {
        Some(Fix::Mode { path, mode }) => Some(format!("would run: chmod {mode:o} {path}")),
        Some(Fix::Remove { path }) => Some(format!("would remove {path}")),
        _ => None,
    }));
    Ok(done)
}

/// Does it, and says what was done.
pub(super) fn make(locations: &Locations, findings: &[Finding]) -> Result<Vec<String>, Failure> {
    let mut done = Vec::new();
    if findings.iter().any(|finding| matches!(finding.fix, Some(Fix::Text(..)))) {
        done.extend(mend_files(locations)?);
    }
    for finding in findings {
        match &finding.fix {
            Some(Fix::Mode { path, mode }) => {
                sys::fs::set_mode(Path::new(path), *mode).map_err(|error| Failure::of(&error))?;
                done.push(format!("{path}: mode {mode:04o}"));
            }
            Some(Fix::Remove { path }) => {
                sys::fs::remove(Path::new(path)).map_err(|error| Failure::of(&error))?;
                done.push(format!("{path}: removed"));
            }
            Some(Fix::Text(..)) | None => {}
        }
    }
    Ok(done)
}

fn mend_files(locations: &Locations) -> Result<Vec<String>, Failure> {
    let paths = [&locations.config.path, &locations.credentials.path].map(PathBuf::from);
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let files = UserFiles::open(&borrowed, LIMIT, PATIENCE).map_err(|error| Failure::of(&error))?;
    let state = |index| files.bytes(index).map_or(FileState::Absent, |bytes| FileState::Bytes(bytes.into()));
    let mended = lint::mend(locations, &state(0), &state(1)).map_err(|(sdk, error)| refused(sdk, &error))?;
    let Mended { config, credentials, mended } = &mended;
    if config.is_none() && credentials.is_none() {
        return Ok(Vec::new());
    }
    let contents = [config, credentials].map(|text| text.as_deref().map_or(Content::Kept, Content::Bytes));
    files.save(&contents).map_err(|error| Failure::of(&error))?;
    Ok(mended
        .iter()
        .map(|finding| format!("{}: {} ({})", finding.place, finding.remedy, finding.rule.code))
        .collect())
}

fn refused(sdk: Sdk, error: &ReadError) -> Failure {
    Failure::new(format!("nothing was mended: {} would fail on what came out, at {error}", sdk.title()))
        .hint("mend what is named by hand")
}

/// Bytes, as for `configure`.
const LIMIT: usize = 10 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

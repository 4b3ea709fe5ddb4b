//! `linklocal credentials lint`: what is wrong with the two files and around them, and mending it.
//!
//! A run's way: a view of this process and facts from the disk → findings, which are pure → shown, or mended under the
//! lock and with the backups of `configure`, and then looked for again.

mod collect;
mod fix;
mod object;
mod sarif;
mod text;

use profile::lint::{Finding, Severity, Subject, Surroundings, lint};
use profile::reader::Locations;
use profile::{FileState, Sdk, View};
use sys::Env;

use super::Snapshot;
use crate::arguments::{KeyArguments, LintArguments, LintFormat};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(env: &Env, output: Output, arguments: LintArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::of_keys(env, &KeyArguments::default());
    let view = snapshot.view();
    let locations = profile::reader::locations(Sdk::Linklocal, &view).ok_or_else(no_home)?;
    let surroundings = collect::surroundings(&view, &locations);
    let findings = find(&view, &locations, &surroundings);
    let format = if output.json { LintFormat::Json } else { arguments.format };
    if !arguments.fix {
        show(&findings, format, &[])?;
        return ending(&findings);
    }
    let done = match arguments.dry_run {
        true => fix::preview(&view, &locations, &findings)?,
        false => fix::make(&locations, &findings)?,
    };
    // What was written is not what was read before.
    let after = Snapshot::of_keys(env, &KeyArguments::default());
    let left = match arguments.dry_run {
        true => findings.into_iter().filter(|finding| finding.fix.is_none()).collect(),
        false => find(&after.view(), &locations, &collect::surroundings(&after.view(), &locations)),
    };
    show(&left, format, &done)?;
    ending(&left)
}

fn find(view: &View<'_>, locations: &Locations, surroundings: &Surroundings) -> Vec<Finding> {
    let read = |path: &str| -> FileState { view.files.read(path) };
    // A variable that is set to nothing names no file.
    let state = |path: &str| if path.is_empty() { FileState::Absent } else { read(path) };
    let (config, credentials) = (state(&locations.config.path), state(&locations.credentials.path));
    lint(&Subject { locations, config: &config, credentials: &credentials, surroundings })
}

/// What was done stands before what is left.
fn show(findings: &[Finding], format: LintFormat, done: &[String]) -> Result<(), Failure> {
    match format {
        LintFormat::Text => Output::report(&text::text(findings, done)),
        LintFormat::Json => Output::object(&object::Object::new(findings, done)),
        LintFormat::Sarif => Output::object(&sarif::log(findings)),
    }
}

fn ending(findings: &[Finding]) -> Result<(), Failure> {
    let errors = findings.iter().filter(|finding| finding.rule.severity == Severity::Error).count();
    match errors {
        0 => Ok(()),
        1 => Err(Failure::new("1 error is left in the files")),
        _ => Err(Failure::new(format!("{errors} errors are left in the files"))),
    }
}

fn no_home() -> Failure {
    Failure::new("there is no home directory, so nothing says where the config and credentials files are")
        .hint("set HOME, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE")
}

//! `linklocal credentials exec`: a program with credentials in its environment.
//!
//! Rule: CMD takes this process's place, and finds these credentials and no others. Where they are to be renewed, it is served
//! by a process beside it instead.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;

use linklocal::config::Span;
use profile::plan::Provider;
use sys::Env;

use super::identity::end_text;
use super::search::{Desk, Findings};
use super::variables::Variables;
use super::{Receipts, Recipient, Snapshot, lasting};
use crate::arguments::{ExecArguments, Global, Refresh};
use crate::failure::Failure;
use crate::guard::Guard;
use crate::output::Output;

pub(super) fn run(global: &Global, env: &Env, arguments: &ExecArguments) -> Result<(), Failure> {
    let snapshot = Snapshot::take(env, &arguments.chain);
    let guard = Guard::find(env, &arguments.guard)?;
    let findings = Desk::new(&snapshot).lasting(arguments.min_ttl.0).guarded(guard).search()?;
    check_end(&findings, &snapshot, arguments.min_ttl.0)?;
    if is_renewed(arguments.refresh, &findings, &snapshot)? {
        return lasting::run(global, env, arguments);
    }
    note_end(&findings, &snapshot);
    let (program, words) =
        arguments.command.split_first().ok_or_else(|| Failure::usage("there is no CMD to run"))?;
    Receipts::of(global, env).keep(&findings, "exec", Recipient::Program(program));
    Err(replace(&findings, program, words))
}

/// Puts the program in this process's place, with the set in its environment. Returns only where it was not started.
pub(super) fn replace(findings: &Findings, program: &OsStr, words: &[OsString]) -> Failure {
    let mut command = Command::new(program);
    command.args(words);
    surround(&mut command, findings);
    let error = command.exec();
    let name = program.to_string_lossy();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new(format!("{name} is not there; check the name, or PATH")).exit(127)
        }
        _ => Failure::new(format!("{name} cannot be executed: {error}")).exit(126),
    }
}

/// Credentials that end while CMD works are worse than none.
fn check_end(findings: &Findings, snapshot: &Snapshot, min_ttl: Duration) -> Result<(), Failure> {
    let Some(end) = findings.resolved.expiration else { return Ok(()) };
    if end > snapshot.now && end.since(snapshot.now) >= min_ttl {
        return Ok(());
    }
    let what = super::sourced(findings.step());
    let message = format!("{what}: the set {}, which is too soon", end_text(end, snapshot.now));
    Err(Failure::new(message)
        .hint(format!("renew them, or take a shorter time than --min-ttl {}", Span(min_ttl))))
}

/// Whether CMD gets an endpoint. Keys that stand somewhere are what they are until somebody puts others there.
fn is_renewed(refresh: Refresh, findings: &Findings, snapshot: &Snapshot) -> Result<bool, Failure> {
    let stands = matches!(findings.step().provider, Some(Provider::Static(_)));
    match (refresh, findings.resolved.expiration) {
        (Refresh::Never, _) => Ok(false),
        (Refresh::Auto, end) => Ok(end.is_some() && !stands),
        (Refresh::Always, Some(end)) if stands => {
            let what = super::sourced(findings.step());
            Err(Failure::new(format!("{what}: the set {}, and nobody renews it", end_text(end, snapshot.now)))
                .hint("name a profile whose credentials linklocal can renew; without --refresh CMD gets the set as it is"))
        }
        (Refresh::Always, _) => Ok(true),
    }
}

/// A session may outlive many commands and not this one.
fn note_end(findings: &Findings, snapshot: &Snapshot) {
    let stands = matches!(findings.step().provider, Some(Provider::Static(_)));
    let end = findings.resolved.expiration.filter(|end| end.since(snapshot.now) < SOON && !stands);
    if let Some(end) = end {
        let end = end_text(end, snapshot.now);
        Output::note(&format!("note: the set {end}; with --refresh the SDKs of CMD fetch the next one"));
    }
}

fn surround(command: &mut Command, findings: &Findings) {
    let Variables { set, unset } = Variables::of(&findings.resolved);
    for name in unset.iter().chain(&OTHERS) {
        command.env_remove(name);
    }
    for (name, value) in &set {
        command.env(name, value.expose());
    }
    if let Some(region) = &findings.plan.region {
        if region.place == profile::Place::Default {
            Output::note(&format!(
                "note: nothing names a region: {} is taken; --region or AWS_REGION names another",
                region.value
            ));
        }
        command.envs(REGIONS.map(|name| (name, &region.value)));
    }
}

/// What SDKs keep between themselves and the end of a set.
const SOON: Duration = Duration::from_secs(15 * 60);
/// boto3 reads the second alone, the SDKs for JavaScript and Java the first.
pub(super) const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// What would name other credentials: profiles, and names under which some SDKs look for keys, too.
const OTHERS: [&str; 6] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "SECRET_ACCESS_KEY",
    "AWS_CREDENTIAL_FILE",
];

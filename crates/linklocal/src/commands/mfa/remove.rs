//! `linklocal mfa remove`: forgets the seed of a device.

use serde::Serialize;
use sys::Env;

use super::device;
use crate::arguments::MfaRemoveArguments;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    serial: &'a str,
    removed: bool,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaRemoveArguments) -> Result<(), Failure> {
    let vault = vault::open(env, &arguments.vault)?;
    let name = device::find(&vault, Some(&arguments.device))?;
    if !arguments.yes {
        confirm(name.id())?;
    }
    let removed = vault.remove(&name).map_err(|error| vault::failed(&error))?;
    output.result(&Object { serial: name.id(), removed }, || format!("the seed of {} is gone\n", name.id()))
}

fn confirm(serial: &str) -> Result<(), Failure> {
    let question = format!(
        "AWS goes on asking for codes of {serial}, and nobody can give one without another copy of the seed.\n\
         Type its serial number or yes to remove the seed: "
    );
    let answer = sys::terminal::ask(&question).map_err(|error| {
        Failure::new(format!("nobody says that the seed of {serial} may go: {error}")).hint("--yes says it")
    })?;
    match answer.trim() {
        "yes" => Ok(()),
        typed if typed == serial => Ok(()),
        _ => Err(Failure::new(format!("the seed of {serial} stays"))),
    }
}

//! `linklocal credentials`: which credentials there are, whose, and from where; and handing them over.
//!
//! A command's way: a snapshot of variables, flags and files → the plan, which is pure → what was asked for of it: printed, or
//! carried out.

mod exec;
mod explain;
mod export;
mod files;
mod identity;
mod java;
mod process;
mod resolve;
mod search;
mod variables;
mod view;
mod whoami;

use profile::Place;
use profile::plan::Step;
use profile::settings::Found;
use sys::Env;

use crate::arguments::CredentialsCommand;
use crate::failure::Failure;
use crate::output::Output;

pub(in crate::commands) use search::Findings;
pub(in crate::commands) use view::Snapshot;
pub(super) use whoami::run as whoami;

pub(super) fn run(env: &Env, output: Output, command: &CredentialsCommand) -> Result<(), Failure> {
    match command {
        CredentialsCommand::Explain(arguments) => explain::run(env, output, arguments),
        CredentialsCommand::Resolve(arguments) => resolve::run(env, output, arguments),
        CredentialsCommand::Export(arguments) => export::run(env, output, arguments),
        CredentialsCommand::Process(arguments) => process::run(env, arguments),
        CredentialsCommand::Exec(arguments) => exec::run(env, arguments),
    }
}

/// A source and where it is set up: `environment (AWS_ACCESS_KEY_ID)`.
fn sourced(step: &Step) -> String {
    let places: Vec<String> = step.places.iter().map(ToString::to_string).collect();
    match places.is_empty() {
        true => step.source.name().to_owned(),
        false => format!("{} ({})", step.source.name(), places.join(", ")),
    }
}

/// A region and who names it.
fn region_text(region: &Found<String>) -> String {
    match &region.place {
        Place::Default => {
            format!("{}, the last resort: nothing names a region, and most SDKs would fail", region.value)
        }
        place => format!("{} ({place})", region.value),
    }
}

//! `linklocal credentials`: which credentials there are, whose, and from where; and handing them over.
//!
//! A command's way: a snapshot of variables, flags and files → the plan, which is pure → what was asked for of it: printed, or
//! carried out.

mod assume_role;
mod exec;
mod explain;
mod export;
mod identity;
mod java;
mod lasting;
mod lint;
mod login;
mod process;
mod receipt;
mod resolve;
mod search;
mod serve;
mod variables;
mod view;
mod whoami;

use profile::Place;
use profile::plan::Step;
use profile::settings::Found;
use sys::Env;

use crate::arguments::{CredentialsCommand, Global};
use crate::failure::Failure;
use crate::output::Output;

pub(super) use assume_role::run as assume_role;
pub(in crate::commands) use export::run as export;
pub(in crate::commands) use identity::{end_text, masked, without_user};
pub(in crate::commands) use process::Document;
pub(in crate::commands) use receipt::{Receipts, Recipient};
pub(in crate::commands) use search::{Findings, admit, context};
pub(in crate::commands) use serve::{Announcement, ContainerWays, First};
pub(in crate::commands) use view::Snapshot;
pub(super) use whoami::run as whoami;

pub(super) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    command: &CredentialsCommand,
) -> Result<(), Failure> {
    match command {
        CredentialsCommand::Explain(arguments) => explain::run(env, output, arguments),
        CredentialsCommand::Resolve(arguments) => resolve::run(env, output, arguments),
        CredentialsCommand::Export(arguments) => export::run(global, env, output, arguments),
        CredentialsCommand::Process(arguments) => process::run(global, env, arguments),
        CredentialsCommand::Exec(arguments) => exec::run(global, env, arguments),
        CredentialsCommand::Serve(arguments) => serve::run(global, env, output, arguments),
        CredentialsCommand::Import(arguments) => super::configure::import_keys(env, output, arguments),
        CredentialsCommand::Lint(arguments) => lint::run(env, output, *arguments),
        CredentialsCommand::Login(arguments) => login::run(env, output, arguments),
    }
}

/// A source and where it is set up: `environment (AWS_ACCESS_KEY_ID)`.
fn sourced(step: &Step) -> String {
    let places = places_text(&step.places);
    if places.is_empty() {
        step.source.name().to_owned()
    } else {
        format!("{} ({places})", step.source.name())
    }
}

/// Places in a list; lines of one file stand together: `/home/u/.aws/credentials:2, 3`.
fn places_text(places: &[Place]) -> String {
    let mut text = String::new();
    let mut before: Option<&Place> = None;
    for (at, place) in places.iter().enumerate().filter(|(at, place)| !places[..*at].contains(place)) {
        if at > 0 {
            text.push_str(", ");
        }
        match (before, place) {
            (Some(Place::Line { path: one, .. }), Place::Line { path: other, line }) if one == other => {
                text.push_str(&line.to_string());
            }
            _ => text.push_str(&place.to_string()),
        }
        before = Some(place);
    }
    text
}

/// A region and who names it.
fn region_text(region: &Found<String>) -> String {
    match &region.place {
        Place::Default => {
            format!("{}, the last resort: nothing names a region, and most SDKs would fail", region.value)
        }
        place if region.value.is_empty() => {
            format!("empty, as {place} has it: calls fail until it names one")
        }
        place => format!("{} ({place})", region.value),
    }
}

//! `linklocal configure`: the two files, read and changed, by the AWS CLI's names.
//!
//! A change's way: what was typed → edits → under a lock, new texts and how every SDK reads them → the files → what changed.

mod ask;
mod change;
mod export;
mod ground;
mod import;
mod list;
mod name;
mod one;
mod profiles;
mod sso_session;
mod store;
mod undo;
mod vaulted;

use profile::edit::Edit;
use sys::Env;

pub(in crate::commands) use self::change::Outcome as Written;
use self::ground::Desk;
pub(in crate::commands) use self::vaulted::run as import_keys;
use crate::arguments::{ConfigureArguments, ConfigureCommand, Global, TrialArguments};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &ConfigureArguments,
) -> Result<(), Failure> {
    let desk = Desk::take(env, output, arguments.profile.clone());
    match &arguments.command {
        None => ask::run(&desk),
        Some(ConfigureCommand::Set(arguments)) => one::set(&desk, arguments),
        Some(ConfigureCommand::Unset(arguments)) => one::unset(&desk, arguments),
        Some(ConfigureCommand::Get(arguments)) => one::get(&desk, arguments),
        Some(ConfigureCommand::List) => list::run(&desk),
        Some(ConfigureCommand::ListProfiles) => profiles::run(&desk),
        Some(ConfigureCommand::Import(arguments)) => import::run(&desk, arguments),
        Some(ConfigureCommand::ExportCredentials(arguments)) => export::run(&desk, global, *arguments),
        Some(ConfigureCommand::SsoSession(arguments)) => sso_session::run(&desk, arguments),
        Some(ConfigureCommand::Undo(arguments)) => undo::run(&desk, arguments),
    }
}

/// Makes edits that another command wants, with the same care; the other says what became of them.
pub(super) fn write(env: &Env, output: Output, edits: &[Edit]) -> Result<Written, Failure> {
    let desk = Desk::take(env, output, None);
    change::perform(&desk, edits, TrialArguments { dry_run: false })
}

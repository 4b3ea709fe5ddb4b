//! `linklocal credentials`: which credentials there are, whose, and from where; and handing them over.
//!
//! A command's way: a snapshot of variables, flags and files → the plan, which is pure → what was asked for of it: printed, or
//! carried out.

mod explain;
mod files;
mod identity;
mod java;
mod view;
mod whoami;

use sys::Env;

use crate::arguments::CredentialsCommand;
use crate::failure::Failure;
use crate::output::Output;

pub(in crate::commands) use view::Snapshot;
pub(super) use whoami::run as whoami;

pub(super) fn run(env: &Env, output: Output, command: &CredentialsCommand) -> Result<(), Failure> {
    match command {
        CredentialsCommand::Explain(arguments) => explain::run(env, output, arguments),
        _ => Err(Failure::new("not there yet")),
    }
}

//! `linklocal mfa …`: sessions with MFA, and the devices that they are had with.

mod add;
mod code;
mod device;
mod finder;
mod list;
mod login;
mod process;
mod remove;
mod session_profile;
mod user;

use sys::Env;

use crate::arguments::MfaCommand;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(env: &Env, output: Output, command: &MfaCommand) -> Result<(), Failure> {
    match command {
        MfaCommand::Login(arguments) => login::run(env, output, arguments),
        MfaCommand::Process(arguments) => process::run(env, arguments),
        MfaCommand::Code(arguments) => code::run(env, output, arguments),
        MfaCommand::Add(arguments) => add::run(env, output, arguments),
        MfaCommand::List(arguments) => list::run(env, output, arguments),
        MfaCommand::Remove(arguments) => remove::run(env, output, arguments),
    }
}

//! `linklocal mfa …`: sessions with MFA, and the devices that they are had with.

mod add;
mod code;
mod device;
mod disable;
mod enable;
mod finder;
mod linked;
mod list;
mod login;
mod process;
mod qr;
mod remove;
mod resync;
mod session_profile;
mod user;

pub(super) use session_profile::{check as may_hold_session, endpoints};

use sys::Env;

use crate::arguments::{Global, MfaCommand};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(global: &Global, env: &Env, output: Output, command: &MfaCommand) -> Result<(), Failure> {
    match command {
        MfaCommand::Login(arguments) => login::run(global, env, output, arguments),
        MfaCommand::Process(arguments) => process::run(global, env, arguments),
        MfaCommand::Enable(arguments) => enable::run(env, output, arguments),
        MfaCommand::Disable(arguments) => disable::run(env, output, arguments),
        MfaCommand::Resync(arguments) => resync::run(env, output, arguments),
        MfaCommand::Code(arguments) => code::run(env, output, arguments),
        MfaCommand::Add(arguments) => add::run(env, output, arguments),
        MfaCommand::List(arguments) => list::run(env, output, arguments),
        MfaCommand::Remove(arguments) => remove::run(env, output, arguments),
    }
}

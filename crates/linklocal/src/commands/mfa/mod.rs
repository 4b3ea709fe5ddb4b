//! `linklocal mfa …`: sessions with MFA, and the devices that they are had with.

mod login;

use sys::Env;

use crate::arguments::MfaCommand;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(env: &Env, output: Output, command: &MfaCommand) -> Result<(), Failure> {
    match command {
        MfaCommand::Login(arguments) => login::run(env, output, arguments),
    }
}

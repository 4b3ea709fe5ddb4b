//! `linklocal mfa login`: a session with MFA, written as a profile.

use sys::Env;

use crate::arguments::MfaLoginArguments;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(_env: &Env, _output: Output, arguments: &MfaLoginArguments) -> Result<(), Failure> {
    Err(Failure::new(format!("{arguments:?}")))
}

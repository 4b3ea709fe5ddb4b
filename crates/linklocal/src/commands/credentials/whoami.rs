//! `linklocal whoami`: whose credentials are in use here.

use sys::Env;

use crate::arguments::WhoamiArguments;
use crate::failure::Failure;
use crate::output::Output;

pub(in crate::commands) fn run(
    env: &Env,
    output: Output,
    arguments: &WhoamiArguments,
) -> Result<(), Failure> {
    let _ = (env, output, arguments);
    Err(Failure::new("not there yet"))
}

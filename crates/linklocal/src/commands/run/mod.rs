//! `linklocal run`: a program as if on an instance.

use super::Context;
use crate::arguments::RunArguments;
use crate::failure::Failure;

pub(super) async fn run(_context: &Context, _arguments: RunArguments) -> Result<(), Failure> {
    Err(Failure::new("not built yet"))
}

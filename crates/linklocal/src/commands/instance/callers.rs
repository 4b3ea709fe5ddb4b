//! `linklocal instance callers`: the programs that call the metadata service.

use super::Context;
use crate::arguments::CallersArguments;
use crate::failure::Failure;

pub(super) async fn run(_context: &Context, _arguments: CallersArguments) -> Result<(), Failure> {
    Err(Failure::new("not built yet"))
}

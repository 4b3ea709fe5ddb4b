//! `linklocal up`: serves until stopped.

use super::Context;
use crate::arguments::UpArguments;
use crate::failure::Failure;

pub(super) async fn run(_context: &Context, _arguments: UpArguments) -> Result<(), Failure> {
    Err(Failure::new("not wired yet"))
}

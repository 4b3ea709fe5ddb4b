//! `linklocal trail`: hand-outs of credentials.

use super::Context;
use crate::arguments::TrailArguments;
use crate::failure::Failure;

pub(super) async fn run(_context: &Context, _arguments: TrailArguments) -> Result<(), Failure> {
    Err(Failure::new("not built yet"))
}

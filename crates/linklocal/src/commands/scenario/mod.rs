//! `linklocal scenario`: bad days, on purpose.

use super::Context;
use crate::arguments::ScenarioCommand;
use crate::failure::Failure;

pub(super) async fn run(_context: &Context, _arguments: ScenarioCommand) -> Result<(), Failure> {
    Err(Failure::new("not built yet"))
}

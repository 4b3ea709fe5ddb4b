//! `linklocal scenario …`: bad days, rehearsed.

mod file;
mod grade;
mod listing;
mod play;

use super::{Context, foreign};
use crate::arguments::{Global, ScenarioCommand};
use crate::failure::Failure;

pub(super) use file::ScenarioText;
pub(super) use play::narrate;

pub(super) async fn run(context: &Context, global: &Global, command: ScenarioCommand) -> Result<(), Failure> {
    match command {
        ScenarioCommand::List => listing::list(context),
        ScenarioCommand::Show(arguments) => listing::show(context, &arguments),
        ScenarioCommand::Check(arguments) => listing::check(context, &arguments),
        ScenarioCommand::Run(arguments) => play::run(context, arguments).await,
        ScenarioCommand::Stop => play::stop(context).await,
        ScenarioCommand::Status => play::status(context).await,
        ScenarioCommand::Grade(arguments) => grade::run(context, global, arguments).await,
    }
}

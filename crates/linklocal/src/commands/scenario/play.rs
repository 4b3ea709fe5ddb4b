//! `scenario run`, `stop` and `status`: a scenario on the running server.

use super::file::ScenarioText;
use super::{Context, foreign};
use crate::admin::{
    Call, Reply, ScenarioCall, ScenarioDescription, ScenarioEnd, ScenarioReply, ScenarioStep,
};
use crate::arguments::RunScenarioArguments;
use crate::failure::Failure;
use crate::output::Output;

pub(super) async fn run(context: &Context, arguments: RunScenarioArguments) -> Result<(), Failure> {
    let file = ScenarioText::read(&arguments.scenario)?;
    // Read here as well, so that an error names the file as the user does.
    file.plan(arguments.pace)?;
    let instance_id = arguments.instance.as_deref().map(crate::commands::instance_id).transpose()?;
    let start = ScenarioCall::Start {
        name: file.path.to_string_lossy().into_owned(),
        text: file.text,
        instance_id,
        compress: arguments.pace.compress,
        refresh_window: arguments.pace.refresh_window.map(|span| span.0),
    };
    let begun = asked(context, start).await?;
    if arguments.detach {
        return context
            .output
            .result(&begun, || format!("{} is being played until {}\n", begun.name, begun.ends));
    }
    Output::note(&format!("{}: {}", begun.name, begun.question));
    let end = tokio::select! {
        end = follow(context, begun) => end?,
        _ = tokio::signal::ctrl_c() => asked(context, ScenarioCall::Stop).await?,
    };
    context.output.result(&end, || match end.end {
        Some(ScenarioEnd::Stopped) => "stopped; everything is as it was\n".to_owned(),
        _ => "over; everything is as it was\n".to_owned(),
    })
}

/// Prints each step as it happens.
async fn follow(context: &Context, begun: ScenarioDescription) -> Result<ScenarioDescription, Failure> {
    let mut seen = 0;
    loop {
        let told = asked(context, ScenarioCall::Follow { seen }).await?;
        if told.began != begun.began {
            return Err(Failure::new(format!("{} was ended, and another is being played", begun.name)));
        }
        seen += told.steps.len();
        told.steps.iter().for_each(|step| Output::note(&line(step)));
        if told.end.is_some() {
            // Whole, as the reply to any other call is.
            return asked(context, ScenarioCall::Describe).await;
        }
    }
}

pub(super) async fn stop(context: &Context) -> Result<(), Failure> {
    let stopped = asked(context, ScenarioCall::Stop).await?;
    context.output.result(&stopped, || format!("{} is stopped; everything is as it was\n", stopped.name))
}

pub(super) async fn status(context: &Context) -> Result<(), Failure> {
    let Reply::Scenario(reply) = context.call(&Call::Scenario(ScenarioCall::Describe)).await? else {
        return Err(foreign());
    };
    context.output.result(&reply, || match &reply {
        ScenarioReply::None => "no scenario was played since the server started\n".to_owned(),
        ScenarioReply::Scenario(it) => {
            let state = match it.end {
                None => format!("is being played until {}", it.ends),
                Some(ScenarioEnd::Done) => format!("was played to its end, {}", it.ends),
                Some(ScenarioEnd::Stopped) => "was stopped".to_owned(),
            };
            let steps: String = it.steps.iter().map(|step| format!("{}\n", line(step))).collect();
            format!("{} {state}\n{steps}", it.name)
        }
    })
}

/// Tells of a scenario that this process plays, step by step, until it is over.
pub(in crate::commands) async fn narrate<F>(follow: impl Fn(usize) -> F)
where
    F: Future<Output = Option<ScenarioDescription>>,
{
    let mut seen = 0;
    while let Some(told) = follow(seen).await {
        seen += told.steps.len();
        told.steps.iter().for_each(|step| Output::note(&line(step)));
        if told.end.is_some() {
            return Output::note(&format!("{} is over; everything is as it was", told.name));
        }
    }
}

async fn asked(context: &Context, call: ScenarioCall) -> Result<ScenarioDescription, Failure> {
    match context.call(&Call::Scenario(call)).await? {
        Reply::Scenario(ScenarioReply::Scenario(description)) => Ok(description),
        _ => Err(foreign()),
    }
}

fn line(step: &ScenarioStep) -> String {
    format!("{:>9.3}  {}", step.at, step.text)
}

//! `scenario grade`: a program meets a scenario on a server of its own, and what it did is told.
//!
//! A trial's way: a server in a temporary directory, watched → the scenario begins → CMD under `linklocal run` → the end of
//! either → everything seen becomes a report.

mod client;
mod house;
mod recorder;

use std::path::Path;
use std::sync::Arc;

use scenario::grade::{Condition, Report, Trial};
use types::Timestamp;

use super::file::ScenarioText;
use super::{Context, foreign};
use crate::admin::{Admin as _, Call, Reply, ScenarioCall, ScenarioReply};
use crate::arguments::{Global, GradeArguments};
use crate::failure::Failure;

use client::Client;
use house::House;
use recorder::Recorder;

pub(super) async fn run(
    context: &Context,
    global: &Global,
    arguments: GradeArguments,
) -> Result<(), Failure> {
    let file = ScenarioText::read(&arguments.scenario)?;
    let plan = file.plan(arguments.pace)?;
    let house = House::open(arguments.config.as_deref()).await?;
    let recorder = Arc::new(Recorder::default());
    let switches = house.server().rehearsal();
    switches.set_observer(Some(Arc::clone(&recorder) as Arc<_>));
    let began = begin(&house, &file, &arguments).await?;
    let client = Client::start(house.directory(), global, &arguments)?;
    let name = client.name().to_owned();
    let ended = client.live(plan.duration).await?;
    let lived = switches.now().since(began);
    // Requests that are still under way are seen when they are given up.
    house.close().await;
    let (records, unrecorded) = recorder.records(began);
    if ended.is_not_started() && records.is_empty() {
        return Err(Failure::new(format!("{name}: {ended} and no request, so there is nothing to grade")));
    }
    let trial = Trial { plan: &plan, client: name, records, unrecorded, lived, ended: ended.to_string() };
    let report = Report::of(&trial);
    // A file that cannot be written does not cost the report.
    context.output.result(&report, || report.to_string())?;
    if let Some(path) = &arguments.report {
        write(path, &report)?;
    }
    judged(&report, &arguments.fail_on)
}

/// Plays the scenario; when it began.
async fn begin(house: &House, file: &ScenarioText, arguments: &GradeArguments) -> Result<Timestamp, Failure> {
    let start = ScenarioCall::Start {
        name: file.path.to_string_lossy().into_owned(),
        text: file.text.clone(),
        instance_id: None,
        compress: arguments.pace.compress,
        refresh_window: arguments.pace.refresh_window.map(|span| span.0),
    };
    match house.server().call(Call::Scenario(start)).await? {
        Reply::Scenario(ScenarioReply::Scenario(description)) => Ok(description.began),
        _ => Err(foreign()),
    }
}

fn write(path: &Path, report: &Report) -> Result<(), Failure> {
    sys::fs::replace(path, report.markdown().as_bytes(), 0o644).map_err(|error| Failure::of(&error))
}

fn judged(report: &Report, conditions: &[Condition]) -> Result<(), Failure> {
    let met: Vec<String> = conditions
        .iter()
        .filter_map(|condition| Some(format!("{condition}: {}", condition.met_by(report)?)))
        .collect();
    if met.is_empty() { Ok(()) } else { Err(Failure::new(met.join("; "))) }
}

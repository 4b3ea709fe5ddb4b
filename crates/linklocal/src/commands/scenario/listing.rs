//! `scenario list`, `show` and `check`: what needs no server.

use scenario::{Plan, SHIPPED, StepKind};
use serde::Serialize;

use super::Context;
use super::file::ScenarioText;
use crate::arguments::{CheckScenarioArguments, ShowScenarioArguments};
use crate::failure::Failure;
use crate::output::{Output, table};

/// A scenario as `--json` lists it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    name: String,
    question: String,
    /// Seconds.
    duration: f64,
}

/// A time line as `--json` shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    #[serde(flatten)]
    listed: Listed,
    seed: u64,
    compress: u32,
    steps: Vec<ShownStep>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShownStep {
    /// Seconds since the beginning.
    at: f64,
    text: String,
    ends: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Checked {
    scenarios: Vec<Listed>,
}

pub(super) fn list(context: &Context) -> Result<(), Failure> {
    let plans = SHIPPED.iter().map(|shipped| plan(shipped.name));
    let listed = plans.map(|plan| plan.map(|plan| Listed::of(&plan))).collect::<Result<Vec<_>, _>>()?;
    context.output.result(&listed, || {
        let rows: Vec<Vec<String>> = listed
            .iter()
            .map(|it| vec![it.name.clone(), format!("{} s", it.duration), it.question.clone()])
            .collect();
        table(&["NAME", "TAKES", "QUESTION"], &rows)
    })
}

pub(super) fn show(context: &Context, arguments: &ShowScenarioArguments) -> Result<(), Failure> {
    let file = ScenarioText::read(&arguments.scenario)?;
    let plan = file.plan(arguments.pace)?;
    if arguments.source {
        return Output::text(&file.text);
    }
    context.output.result(&Shown::of(&plan), || plan.to_string())
}

pub(super) fn check(context: &Context, arguments: &CheckScenarioArguments) -> Result<(), Failure> {
    let plans = arguments.files.iter().map(|file| plan(&file.to_string_lossy()));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let scenarios = plans.iter().map(Listed::of).collect();
    context.output.result(&Checked { scenarios }, || {
        let lines = plans.iter().map(|plan| {
            format!(
                "{}: {} events, {} steps\n",
                plan.scenario.name,
                plan.scenario.events.len(),
                plan.steps.len()
            )
        });
        lines.collect()
    })
}

fn plan(named: &str) -> Result<Plan, Failure> {
    let scenario = ScenarioText::read(named)?.scenario()?;
    Plan::of(&scenario, scenario::Settings::default()).map_err(|error| Failure::of(&error))
}

impl Listed {
    fn of(plan: &Plan) -> Self {
        Self {
            name: plan.scenario.name.clone(),
            question: plan.scenario.question.clone(),
            duration: plan.duration.as_secs_f64(),
        }
    }
}

impl Shown {
    fn of(plan: &Plan) -> Self {
        let steps = plan.steps.iter().map(|step| ShownStep {
            at: step.at.as_secs_f64(),
            text: plan.action(step).to_string(),
            ends: step.kind == StepKind::Ends,
        });
        Self {
            listed: Listed::of(plan),
            seed: plan.scenario.seed,
            compress: plan.compress,
            steps: steps.collect(),
        }
    }
}
